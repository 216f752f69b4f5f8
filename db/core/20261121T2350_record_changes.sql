-- 訂正・取消の申請 (LG-04): what one person proposes of a record and another approves. The request for approval names
-- this row only, since what is to be changed may hold a doctor's name. A proposal is never changed.

CREATE TABLE record_change_proposals (
  lg_code text NOT NULL,
  proposal_id bigint GENERATED ALWAYS AS IDENTITY,
  entry_id bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('correction', 'retraction')),
  changes jsonb NOT NULL,
  reason text NOT NULL CHECK (reason <> ''),
  expected_version integer NOT NULL,
  act_id bigint NOT NULL,
  proposed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, proposal_id),
  FOREIGN KEY (lg_code, entry_id) REFERENCES ledger_entries (lg_code, entry_id),
  CHECK ((kind = 'retraction') = (changes = '{}'))
);
CREATE INDEX record_change_proposals_by_entry ON record_change_proposals (lg_code, entry_id);
COMMENT ON TABLE record_change_proposals IS '訂正・取消の申請の内容: what a request for approval means to change of one record';
COMMENT ON COLUMN record_change_proposals.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN record_change_proposals.proposal_id IS '申請の内容の番号: the subject of the request for approval';
COMMENT ON COLUMN record_change_proposals.entry_id IS '対象の記録番号';
COMMENT ON COLUMN record_change_proposals.kind IS '種類: correction 訂正, retraction 取消';
COMMENT ON COLUMN record_change_proposals.changes IS '訂正する項目と値: as FactChanges; empty for a retraction';
COMMENT ON COLUMN record_change_proposals.reason IS '理由: becomes the reason of the entry';
COMMENT ON COLUMN record_change_proposals.expected_version IS '見た台帳の版: the person''s ledger as the proposer saw it';
COMMENT ON COLUMN record_change_proposals.act_id IS '行為の番号: audit act under which it was proposed';
COMMENT ON COLUMN record_change_proposals.proposed_at IS '申請日時';

ALTER TABLE record_change_proposals ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON record_change_proposals USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON record_change_proposals TO sesshu_app;
GRANT SELECT ON record_change_proposals TO sesshu_read;

-- 異動リスト: corrections and retractions among millions of entries, newest first.
CREATE INDEX ledger_entries_changes ON ledger_entries (lg_code, entry_id) WHERE kind <> 'entry';
