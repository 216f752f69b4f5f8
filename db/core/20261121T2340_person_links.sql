-- 同一人の記録の結び付け: two records of one person are linked, never merged. What was linked and parted stands in facts that
-- nobody changes; persons.principal_id says what holds now, so that whoever reads a head knows it without another look.

ALTER TABLE persons ADD COLUMN principal_id bigint;
COMMENT ON COLUMN persons.principal_id IS '代表の記録: where records of one person are linked, the one that stands for all (itself too); null for everybody else';
CREATE INDEX persons_by_principal ON persons (lg_code, principal_id) WHERE principal_id IS NOT NULL;
GRANT UPDATE (principal_id) ON persons TO sesshu_app;

CREATE TABLE person_links (
  lg_code text NOT NULL,
  link_id bigint GENERATED ALWAYS AS IDENTITY,
  kind text NOT NULL CHECK (kind IN ('linked', 'unlinked')),
  person_id bigint NOT NULL,
  principal_id bigint NOT NULL,
  reason text NOT NULL CHECK (reason <> ''),
  recorded_at timestamptz NOT NULL,
  recorded_by bigint,
  recorded_by_name text NOT NULL,
  approved_by_name text,
  request_id bigint,
  CHECK (person_id <> principal_id),
  PRIMARY KEY (lg_code, link_id),
  FOREIGN KEY (lg_code, person_id) REFERENCES persons (lg_code, person_id),
  FOREIGN KEY (lg_code, principal_id) REFERENCES persons (lg_code, person_id)
);
CREATE INDEX person_links_by_person ON person_links (lg_code, person_id, link_id);
CREATE INDEX person_links_by_principal ON person_links (lg_code, principal_id, link_id);
COMMENT ON TABLE person_links IS '同一人の結び付けと解除: facts, appended only; the last one of a record says whether it is linked';
COMMENT ON COLUMN person_links.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN person_links.link_id IS '結び付けの番号: the order of events';
COMMENT ON COLUMN person_links.kind IS '種類: linked 結び付けた, unlinked 解除した';
COMMENT ON COLUMN person_links.person_id IS '結び付けられた記録: the record that is read under the other one';
COMMENT ON COLUMN person_links.principal_id IS '代表の記録: the record that stands for both';
COMMENT ON COLUMN person_links.reason IS '理由: how it is known that they are, or are not, one person';
COMMENT ON COLUMN person_links.recorded_at IS '記録日時';
COMMENT ON COLUMN person_links.recorded_by IS '行った職員: who asked for it where two people do it';
COMMENT ON COLUMN person_links.recorded_by_name IS '行った職員の氏名: as it was at that time';
COMMENT ON COLUMN person_links.approved_by_name IS '承認した職員の氏名: null where the settings ask for one person only';
COMMENT ON COLUMN person_links.request_id IS '申請番号: of the approval; null where the settings ask for one person only';
ALTER TABLE person_links ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON person_links USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON person_links TO sesshu_app;
GRANT SELECT ON person_links TO sesshu_read;
GRANT SELECT, DELETE ON person_links TO sesshu_disposal;
