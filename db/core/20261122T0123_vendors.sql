-- 委託先の作業: contracts down to 再々委託, the named accounts of the people who work under them, and every direct work in the
-- system: asked for, allowed by the office, begun, ended. While a work is under way, and on its day only, its person holds the
-- permissions that were allowed for it, and none besides.
CREATE TABLE contractors (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  contractor_id bigint GENERATED ALWAYS AS IDENTITY,
  tier smallint NOT NULL CHECK (tier BETWEEN 1 AND 3),
  parent_id bigint,
  name text NOT NULL CHECK (name <> '' AND length(name) <= 100),
  contract text NOT NULL CHECK (contract <> '' AND length(contract) <= 200),
  contract_from date NOT NULL,
  contract_to date NOT NULL,
  permitted_on date,
  registered_by bigint NOT NULL,
  registered_at timestamptz NOT NULL,
  ended_on date,
  ended_note text,
  PRIMARY KEY (lg_code, contractor_id),
  CHECK (contract_from <= contract_to),
  CHECK ((tier = 1) = (parent_id IS NULL)),
  CHECK ((tier = 1) = (permitted_on IS NULL)),
  FOREIGN KEY (lg_code, parent_id) REFERENCES contractors (lg_code, contractor_id),
  FOREIGN KEY (lg_code, registered_by) REFERENCES staff_members (lg_code, staff_id)
);
COMMENT ON TABLE contractors IS '委託先の管理簿: contracts and the chain of subcontracts below them';
COMMENT ON COLUMN contractors.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN contractors.contractor_id IS '委託先番号';
COMMENT ON COLUMN contractors.tier IS '段: 1 委託先、2 再委託先、3 再々委託先';
COMMENT ON COLUMN contractors.parent_id IS '委託の元: 再委託先と再々委託先の、一つ上の委託先';
COMMENT ON COLUMN contractors.name IS '事業者の名称';
COMMENT ON COLUMN contractors.contract IS '委託する業務: what the contract is for';
COMMENT ON COLUMN contractors.contract_from IS '契約の始まり';
COMMENT ON COLUMN contractors.contract_to IS '契約の終わり: last day';
COMMENT ON COLUMN contractors.permitted_on IS '再委託を許可した日: 再委託先と再々委託先だけ';
COMMENT ON COLUMN contractors.registered_by IS '登録した職員';
COMMENT ON COLUMN contractors.registered_at IS '登録日時';
COMMENT ON COLUMN contractors.ended_on IS '終わらせた日: before the contract''s own end';
COMMENT ON COLUMN contractors.ended_note IS '終わらせた理由';

CREATE TABLE vendor_workers (
  lg_code text NOT NULL,
  staff_id bigint NOT NULL,
  contractor_id bigint NOT NULL,
  pledged_on date NOT NULL,
  registered_by bigint NOT NULL,
  registered_at timestamptz NOT NULL,
  PRIMARY KEY (lg_code, staff_id),
  FOREIGN KEY (lg_code, staff_id) REFERENCES staff_members (lg_code, staff_id),
  FOREIGN KEY (lg_code, contractor_id) REFERENCES contractors (lg_code, contractor_id),
  FOREIGN KEY (lg_code, registered_by) REFERENCES staff_members (lg_code, staff_id)
);
CREATE INDEX vendor_workers_by_contractor ON vendor_workers (lg_code, contractor_id);
COMMENT ON TABLE vendor_workers IS '委託先の作業者: one account is one person of one contractor';
COMMENT ON COLUMN vendor_workers.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN vendor_workers.staff_id IS '作業者のアカウント';
COMMENT ON COLUMN vendor_workers.contractor_id IS '委託先番号';
COMMENT ON COLUMN vendor_workers.pledged_on IS '誓約書の日';
COMMENT ON COLUMN vendor_workers.registered_by IS '登録した職員';
COMMENT ON COLUMN vendor_workers.registered_at IS '登録日時';

CREATE TABLE vendor_works (
  lg_code text NOT NULL,
  work_id bigint GENERATED ALWAYS AS IDENTITY,
  staff_id bigint NOT NULL,
  work_on date NOT NULL,
  operations text[] NOT NULL CHECK (cardinality(operations) > 0),
  purpose text NOT NULL CHECK (purpose <> ''),
  instruction text,
  asked_at timestamptz NOT NULL,
  allowed_by bigint,
  allowed_at timestamptz,
  started_at timestamptz,
  started_from text,
  finished_at timestamptz,
  finished_by bigint,
  result text,
  PRIMARY KEY (lg_code, work_id),
  -- 抽出は指示があるときだけ.
  CHECK (NOT 'exports.request' = ANY (operations) OR coalesce(instruction, '') <> ''),
  CHECK ((allowed_by IS NULL) = (allowed_at IS NULL)),
  CHECK (allowed_by <> staff_id),
  CHECK (started_at IS NULL OR allowed_at IS NOT NULL),
  CHECK (finished_at IS NULL OR (started_at IS NOT NULL AND result <> '')),
  FOREIGN KEY (lg_code, staff_id) REFERENCES vendor_workers (lg_code, staff_id),
  FOREIGN KEY (lg_code, allowed_by) REFERENCES staff_members (lg_code, staff_id),
  FOREIGN KEY (lg_code, finished_by) REFERENCES staff_members (lg_code, staff_id)
);
CREATE INDEX vendor_works_under_way ON vendor_works (lg_code, staff_id) WHERE started_at IS NOT NULL AND finished_at IS NULL;
COMMENT ON TABLE vendor_works IS '委託先の作業の記録: each direct work in the system, with who allowed it';
COMMENT ON COLUMN vendor_works.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN vendor_works.work_id IS '作業番号';
COMMENT ON COLUMN vendor_works.staff_id IS '作業者';
COMMENT ON COLUMN vendor_works.work_on IS '作業の日: permissions hold on this day only';
COMMENT ON COLUMN vendor_works.operations IS '作業に要る権限: names of the permission table';
COMMENT ON COLUMN vendor_works.purpose IS '作業の内容';
COMMENT ON COLUMN vendor_works.instruction IS '指示書の番号: データの抽出には必ず要る';
COMMENT ON COLUMN vendor_works.asked_at IS '申請日時';
COMMENT ON COLUMN vendor_works.allowed_by IS '許可した職員';
COMMENT ON COLUMN vendor_works.allowed_at IS '許可日時';
COMMENT ON COLUMN vendor_works.started_at IS '開始日時';
COMMENT ON COLUMN vendor_works.started_from IS '作業した端末のアドレス';
COMMENT ON COLUMN vendor_works.finished_at IS '終了日時';
COMMENT ON COLUMN vendor_works.finished_by IS '終わらせた人: the worker, or whoever stopped the work';
COMMENT ON COLUMN vendor_works.result IS '作業の結果';

ALTER TABLE contractors ENABLE ROW LEVEL SECURITY;
ALTER TABLE vendor_workers ENABLE ROW LEVEL SECURITY;
ALTER TABLE vendor_works ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON contractors USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON vendor_workers USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON vendor_works USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON contractors, vendor_workers, vendor_works TO sesshu_app;
GRANT UPDATE (ended_on, ended_note) ON contractors TO sesshu_app;
GRANT UPDATE (allowed_by, allowed_at, started_at, started_from, finished_at, finished_by, result) ON vendor_works TO sesshu_app;
GRANT SELECT ON contractors, vendor_workers, vendor_works TO sesshu_read;
