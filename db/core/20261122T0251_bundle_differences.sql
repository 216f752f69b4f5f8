-- A difference that somebody looked into is no difference any more: one form went to another city, a clinic counted wrong.
ALTER TABLE paper_bundles ADD COLUMN difference_note text CHECK (difference_note <> '');
COMMENT ON COLUMN paper_bundles.difference_note IS '差異を確かめた結果: why the counts may differ, or what became of rows sent back; null = nothing was noted';
GRANT UPDATE (difference_note) ON paper_bundles TO sesshu_app;

ALTER TABLE bundle_events DROP CONSTRAINT bundle_events_kind_check;
ALTER TABLE bundle_events ADD CONSTRAINT bundle_events_kind_check
  CHECK (kind IN ('expected', 'received', 'claimed', 'reminded', 'handedOver', 'linked', 'explained'));
