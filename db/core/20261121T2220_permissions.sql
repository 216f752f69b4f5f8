-- 権限: department × duty × rank, permissions lent for a time after approval, and the reviews in which people sign that
-- what is given is still needed. The permission table itself stands in the program (permission-table.ts).

CREATE TABLE departments (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  name text NOT NULL CHECK (name <> ''),
  uses_numbers boolean NOT NULL,
  PRIMARY KEY (lg_code, name)
);
COMMENT ON TABLE departments IS '所属: which departments carry out duties with individual numbers (個人番号利用事務)';
COMMENT ON COLUMN departments.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN departments.name IS '所属の名前: as written with the staff';
COMMENT ON COLUMN departments.uses_numbers IS '個人番号利用事務: staff elsewhere get no permission for individual numbers, whatever their duty';
-- Whoever has used individual numbers until now goes on.
INSERT INTO departments (lg_code, name, uses_numbers)
  SELECT DISTINCT lg_code, department, true FROM staff_members WHERE department <> '';

ALTER TABLE staff_members ADD COLUMN rank text NOT NULL DEFAULT 'member' CHECK (rank IN ('member', 'chief', 'manager'));
COMMENT ON COLUMN staff_members.rank IS '職位: member 係員, chief 係長, manager 課長; some permissions need one';
UPDATE staff_members SET rank = 'chief' WHERE 'chief' = ANY (roles);
GRANT UPDATE (rank) ON staff_members TO sesshu_app;

CREATE TABLE permission_grants (
  lg_code text NOT NULL,
  grant_id bigint GENERATED ALWAYS AS IDENTITY,
  staff_id bigint NOT NULL,
  permission text NOT NULL,
  expires_on date NOT NULL,
  request_id bigint NOT NULL,
  granted_at timestamptz NOT NULL,
  revoked_at timestamptz,
  revoked_by bigint,
  PRIMARY KEY (lg_code, grant_id),
  UNIQUE (lg_code, request_id),
  FOREIGN KEY (lg_code, staff_id) REFERENCES staff_members (lg_code, staff_id),
  FOREIGN KEY (lg_code, revoked_by) REFERENCES staff_members (lg_code, staff_id),
  FOREIGN KEY (lg_code, request_id) REFERENCES approval_requests (lg_code, request_id)
);
CREATE INDEX permission_grants_in_force ON permission_grants (lg_code, staff_id) WHERE revoked_at IS NULL;
COMMENT ON TABLE permission_grants IS '期限つきの権限: lent to a person after request and approval; a row of the permission table for a time';
COMMENT ON COLUMN permission_grants.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN permission_grants.grant_id IS '通し番号';
COMMENT ON COLUMN permission_grants.staff_id IS '借りた職員';
COMMENT ON COLUMN permission_grants.permission IS '権限の名: of the permission table';
COMMENT ON COLUMN permission_grants.expires_on IS '有効期限: last day of use';
COMMENT ON COLUMN permission_grants.request_id IS '申請番号: the request that two people agreed on';
COMMENT ON COLUMN permission_grants.granted_at IS '付与日時';
COMMENT ON COLUMN permission_grants.revoked_at IS '取消日時: null while it is in force or has expired by itself';
COMMENT ON COLUMN permission_grants.revoked_by IS '取り消した職員';

CREATE TABLE control_reviews (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  review_id bigint GENERATED ALWAYS AS IDENTITY,
  kind text NOT NULL CHECK (kind IN ('access', 'anomalies')),
  covers_from date,
  covers_to date NOT NULL,
  note text NOT NULL,
  signed_by bigint NOT NULL,
  signed_at timestamptz NOT NULL,
  PRIMARY KEY (lg_code, review_id),
  FOREIGN KEY (lg_code, signed_by) REFERENCES staff_members (lg_code, staff_id)
);
CREATE INDEX control_reviews_by_kind ON control_reviews (lg_code, kind, review_id);
COMMENT ON TABLE control_reviews IS '点検の記録: a person has looked and signed; inserted only';
COMMENT ON COLUMN control_reviews.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN control_reviews.review_id IS '通し番号';
COMMENT ON COLUMN control_reviews.kind IS '種別: access 権限の棚卸し, anomalies 異常な利用の点検';
COMMENT ON COLUMN control_reviews.covers_from IS '対象期間の初日: null for a review of the present state';
COMMENT ON COLUMN control_reviews.covers_to IS '対象期間の末日';
COMMENT ON COLUMN control_reviews.note IS '点検者の言葉';
COMMENT ON COLUMN control_reviews.signed_by IS '点検して署名した職員';
COMMENT ON COLUMN control_reviews.signed_at IS '署名日時';

CREATE TABLE control_review_lines (
  lg_code text NOT NULL,
  review_id bigint NOT NULL,
  line_no integer NOT NULL,
  staff_id bigint,
  facts jsonb NOT NULL,
  verdict text NOT NULL CHECK (verdict IN ('keep', 'stop', 'fine', 'followUp')),
  remark text NOT NULL,
  PRIMARY KEY (lg_code, review_id, line_no),
  FOREIGN KEY (lg_code, review_id) REFERENCES control_reviews (lg_code, review_id),
  FOREIGN KEY (lg_code, staff_id) REFERENCES staff_members (lg_code, staff_id)
);
COMMENT ON TABLE control_review_lines IS '点検の明細: what was seen, line by line, and what was decided; inserted only';
COMMENT ON COLUMN control_review_lines.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN control_review_lines.review_id IS '点検の通し番号';
COMMENT ON COLUMN control_review_lines.line_no IS '行番号: from 1';
COMMENT ON COLUMN control_review_lines.staff_id IS '対象の職員';
COMMENT ON COLUMN control_review_lines.facts IS '見た内容: duties, counts and days; never names or numbers of residents';
COMMENT ON COLUMN control_review_lines.verdict IS '判断: keep 継続, stop 停止, fine 問題なし, followUp 要確認';
COMMENT ON COLUMN control_review_lines.remark IS '理由・証拠';

ALTER TABLE departments ENABLE ROW LEVEL SECURITY;
ALTER TABLE permission_grants ENABLE ROW LEVEL SECURITY;
ALTER TABLE control_reviews ENABLE ROW LEVEL SECURITY;
ALTER TABLE control_review_lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON departments USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON permission_grants USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON control_reviews USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON control_review_lines USING (lg_code = current_setting('sesshu.lg_code', true));

GRANT SELECT, INSERT ON departments TO sesshu_app;
GRANT UPDATE (uses_numbers) ON departments TO sesshu_app;
GRANT SELECT, INSERT ON permission_grants TO sesshu_app;
GRANT UPDATE (revoked_at, revoked_by) ON permission_grants TO sesshu_app;
GRANT SELECT, INSERT ON control_reviews, control_review_lines TO sesshu_app;
