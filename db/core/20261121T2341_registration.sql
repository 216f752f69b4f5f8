-- 住登外者の登録 and 付記: what staff adds to the register by hand, beside the feeds.

CREATE TABLE registration_drafts (
  lg_code text NOT NULL,
  draft_id bigint GENERATED ALWAYS AS IDENTITY,
  name text NOT NULL CHECK (name <> ''),
  kana text NOT NULL CHECK (kana <> ''),
  birth_text text,
  sex text NOT NULL CHECK (sex IN ('male', 'female', 'unknown')),
  postal_code text,
  address text,
  building text,
  phone text,
  common_name text,
  foreign_name text,
  foreign_kana text,
  nationality text,
  is_foreigner boolean NOT NULL,
  is_protected boolean NOT NULL,
  category text NOT NULL,
  grounds text NOT NULL CHECK (grounds <> ''),
  valid_from date NOT NULL,
  valid_to date,
  candidates_seen integer NOT NULL CHECK (candidates_seen >= 0),
  drafted_at timestamptz NOT NULL,
  drafted_by bigint,
  drafted_by_name text NOT NULL,
  person_id bigint,
  registered_at timestamptz,
  CHECK (valid_to IS NULL OR valid_to >= valid_from),
  CHECK ((person_id IS NULL) = (registered_at IS NULL)),
  PRIMARY KEY (lg_code, draft_id),
  FOREIGN KEY (lg_code, person_id) REFERENCES persons (lg_code, person_id)
);
COMMENT ON TABLE registration_drafts IS '住登外者の登録の申請: what one person took from paper and another checks before it enters the register';
COMMENT ON COLUMN registration_drafts.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN registration_drafts.draft_id IS '申請の内部番号';
COMMENT ON COLUMN registration_drafts.name IS '氏名漢字';
COMMENT ON COLUMN registration_drafts.kana IS '氏名カナ';
COMMENT ON COLUMN registration_drafts.birth_text IS '生年月日: YYYY-MM-DD, YYYY-MM or YYYY as far as it is known';
COMMENT ON COLUMN registration_drafts.sex IS '性別';
COMMENT ON COLUMN registration_drafts.postal_code IS '郵便番号';
COMMENT ON COLUMN registration_drafts.address IS '住所';
COMMENT ON COLUMN registration_drafts.building IS '方書';
COMMENT ON COLUMN registration_drafts.phone IS '電話番号';
COMMENT ON COLUMN registration_drafts.common_name IS '通称';
COMMENT ON COLUMN registration_drafts.foreign_name IS '外国人本名漢字';
COMMENT ON COLUMN registration_drafts.foreign_kana IS '外国人本名カナ';
COMMENT ON COLUMN registration_drafts.nationality IS '国籍';
COMMENT ON COLUMN registration_drafts.is_foreigner IS '外国人';
COMMENT ON COLUMN registration_drafts.is_protected IS '支援措置';
COMMENT ON COLUMN registration_drafts.category IS '区分: why the person is kept though not in the resident register (annotation kind)';
COMMENT ON COLUMN registration_drafts.grounds IS '登録の根拠: which paper says so';
COMMENT ON COLUMN registration_drafts.valid_from IS '有効開始';
COMMENT ON COLUMN registration_drafts.valid_to IS '有効終了: inclusive; null while open';
COMMENT ON COLUMN registration_drafts.candidates_seen IS '見た候補の数: records like this one that were shown and found to be others';
COMMENT ON COLUMN registration_drafts.drafted_at IS '申請日時';
COMMENT ON COLUMN registration_drafts.drafted_by IS '申請した職員';
COMMENT ON COLUMN registration_drafts.drafted_by_name IS '申請した職員の氏名: as it was at that time';
COMMENT ON COLUMN registration_drafts.person_id IS '登録された人: null until somebody else approved';
COMMENT ON COLUMN registration_drafts.registered_at IS '登録日時';

CREATE TABLE person_annotations (
  lg_code text NOT NULL,
  annotation_id bigint GENERATED ALWAYS AS IDENTITY,
  person_id bigint NOT NULL,
  kind text NOT NULL CHECK (kind ~ '^[a-z][a-zA-Z]*$'),
  related_person_id bigint,
  content text,
  valid_from date NOT NULL,
  valid_to date,
  withdraws bigint,
  reason text NOT NULL CHECK (reason <> ''),
  recorded_at timestamptz NOT NULL,
  recorded_by bigint,
  recorded_by_name text NOT NULL,
  CHECK (valid_to IS NULL OR valid_to >= valid_from),
  CHECK (related_person_id <> person_id),
  PRIMARY KEY (lg_code, annotation_id),
  FOREIGN KEY (lg_code, person_id) REFERENCES persons (lg_code, person_id),
  FOREIGN KEY (lg_code, related_person_id) REFERENCES persons (lg_code, person_id),
  FOREIGN KEY (lg_code, withdraws) REFERENCES person_annotations (lg_code, annotation_id)
);
CREATE INDEX person_annotations_by_person ON person_annotations (lg_code, person_id, annotation_id);
CREATE INDEX person_annotations_by_related ON person_annotations (lg_code, related_person_id, annotation_id)
  WHERE related_person_id IS NOT NULL;
CREATE UNIQUE INDEX person_annotations_withdrawn_once ON person_annotations (lg_code, withdraws) WHERE withdraws IS NOT NULL;
COMMENT ON TABLE person_annotations IS '付記: 保護者, 成年後見人, 区分, 注意情報, 電子メール, each with its validity; appended only, a row may withdraw another';
COMMENT ON COLUMN person_annotations.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN person_annotations.annotation_id IS '付記の内部番号: the order of registration';
COMMENT ON COLUMN person_annotations.person_id IS '個人の内部番号';
COMMENT ON COLUMN person_annotations.kind IS '付記の種別: guardian 保護者, adultGuardian 成年後見人, caution 注意情報 …';
COMMENT ON COLUMN person_annotations.related_person_id IS '相手の内部番号: of kinds that name another person';
COMMENT ON COLUMN person_annotations.content IS '内容: of kinds that say something';
COMMENT ON COLUMN person_annotations.valid_from IS '有効開始';
COMMENT ON COLUMN person_annotations.valid_to IS '有効終了: inclusive; null while open';
COMMENT ON COLUMN person_annotations.withdraws IS '取りやめる付記: that one holds no longer from valid_from on';
COMMENT ON COLUMN person_annotations.reason IS '登録・取りやめの理由';
COMMENT ON COLUMN person_annotations.recorded_at IS '記録日時';
COMMENT ON COLUMN person_annotations.recorded_by IS '登録した職員';
COMMENT ON COLUMN person_annotations.recorded_by_name IS '登録した職員の氏名: as it was at that time';

ALTER TABLE registration_drafts ENABLE ROW LEVEL SECURITY;
ALTER TABLE person_annotations ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON registration_drafts USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON person_annotations USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON registration_drafts, person_annotations TO sesshu_app;
GRANT UPDATE (person_id, registered_at) ON registration_drafts TO sesshu_app;
GRANT SELECT ON person_annotations TO sesshu_read;
GRANT SELECT, DELETE ON registration_drafts, person_annotations TO sesshu_disposal;
