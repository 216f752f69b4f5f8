-- 翻訳シート: sheets that go behind letters of the same file.
ALTER TABLE print_files
  ADD COLUMN insert_pages integer NOT NULL DEFAULT 0 CHECK (insert_pages BETWEEN 0 AND pages);
COMMENT ON COLUMN print_files.insert_pages IS '同封紙の枚数: of the pages, those that go behind letters (翻訳シート); letters = pages - insert pages';
