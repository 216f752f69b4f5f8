-- 自分のアカウントの変更の知らせ (ASVS 6.3.7): whoever's means of signing in were changed is told on every page until they have
-- seen it, and by mail where the municipality names addresses. Kept beside the log, which people do not read themselves.
CREATE TABLE account_notices (
  lg_code text NOT NULL,
  notice_id bigint GENERATED ALWAYS AS IDENTITY,
  staff_id bigint NOT NULL,
  change text NOT NULL CHECK (change ~ '^[a-zA-Z]{1,40}$'),
  changed_at timestamptz NOT NULL,
  changed_by_name text NOT NULL,
  changed_from text NOT NULL,
  seen_at timestamptz,
  mailed_at timestamptz,
  PRIMARY KEY (lg_code, notice_id),
  FOREIGN KEY (lg_code, staff_id) REFERENCES staff_members (lg_code, staff_id)
);
CREATE INDEX account_notices_by_staff ON account_notices (lg_code, staff_id, notice_id);
CREATE INDEX account_notices_unseen ON account_notices (lg_code, staff_id) WHERE seen_at IS NULL;
CREATE INDEX account_notices_unmailed ON account_notices (lg_code, notice_id) WHERE mailed_at IS NULL;
COMMENT ON TABLE account_notices IS 'アカウントの変更の知らせ: what changed in how a person signs in, until the person has seen it';
COMMENT ON COLUMN account_notices.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN account_notices.notice_id IS '通し番号';
COMMENT ON COLUMN account_notices.staff_id IS '職員番号(内部): whose account';
COMMENT ON COLUMN account_notices.change IS '変更の種類: passwordChanged, factorEnrolled, …';
COMMENT ON COLUMN account_notices.changed_at IS '変更日時';
COMMENT ON COLUMN account_notices.changed_by_name IS '変更した人の氏名: その時の';
COMMENT ON COLUMN account_notices.changed_from IS '変更した接続元';
COMMENT ON COLUMN account_notices.seen_at IS '本人が確かめた日時: null while it is shown on every page';
COMMENT ON COLUMN account_notices.mailed_at IS '本人へ電子メールを送った日時';

ALTER TABLE account_notices ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON account_notices USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON account_notices TO sesshu_app;
GRANT UPDATE (seen_at, mailed_at) ON account_notices TO sesshu_app;
