-- 副反応疑い報告 (LG-07) and 間違い接種報告: what is reported of a dose, appended; a changed report is a new version.

CREATE TABLE safety_reports (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  version_id bigint GENERATED ALWAYS AS IDENTITY,
  report_id bigint,
  kind text NOT NULL CHECK (kind IN ('adverseReaction', 'vaccinationError')),
  person_id bigint NOT NULL,
  entry_id bigint NOT NULL,
  category text NOT NULL,
  occurred_on date NOT NULL,
  description text NOT NULL CHECK (description <> ''),
  outcome text NOT NULL,
  reported_by text NOT NULL,
  reported_on date NOT NULL,
  measures text,
  submitted_on date,
  submitted_to text,
  is_withdrawn boolean NOT NULL DEFAULT false,
  reason text,
  act_id bigint NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  recorded_by_name text NOT NULL,
  PRIMARY KEY (lg_code, version_id),
  FOREIGN KEY (lg_code, person_id) REFERENCES persons (lg_code, person_id),
  FOREIGN KEY (lg_code, entry_id) REFERENCES ledger_entries (lg_code, entry_id),
  FOREIGN KEY (lg_code, report_id) REFERENCES safety_reports (lg_code, version_id)
);
CREATE INDEX safety_reports_by_report ON safety_reports (lg_code, report_id, version_id);
CREATE INDEX safety_reports_by_person ON safety_reports (lg_code, person_id);
COMMENT ON TABLE safety_reports IS '副反応疑い報告・間違い接種報告: versions of reports; the newest one of a report holds';
COMMENT ON COLUMN safety_reports.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN safety_reports.version_id IS '版の番号: our own key';
COMMENT ON COLUMN safety_reports.report_id IS '報告の番号: the version_id of its first version; null on that one itself';
COMMENT ON COLUMN safety_reports.kind IS '種類: adverseReaction 副反応疑い報告, vaccinationError 間違い接種報告';
COMMENT ON COLUMN safety_reports.person_id IS '個人の内部番号';
COMMENT ON COLUMN safety_reports.entry_id IS '記録番号: the dose that is reported';
COMMENT ON COLUMN safety_reports.category IS '区分: the symptom, or the kind of error';
COMMENT ON COLUMN safety_reports.occurred_on IS '発生日・判明日';
COMMENT ON COLUMN safety_reports.description IS '経過・内容';
COMMENT ON COLUMN safety_reports.outcome IS '転帰・健康への影響';
COMMENT ON COLUMN safety_reports.reported_by IS '報告者';
COMMENT ON COLUMN safety_reports.reported_on IS '報告を受けた日';
COMMENT ON COLUMN safety_reports.measures IS '対応・再発防止';
COMMENT ON COLUMN safety_reports.submitted_on IS '提出日: to the prefecture or the state';
COMMENT ON COLUMN safety_reports.submitted_to IS '提出先';
COMMENT ON COLUMN safety_reports.is_withdrawn IS '取下げ';
COMMENT ON COLUMN safety_reports.reason IS '変更の理由';
COMMENT ON COLUMN safety_reports.act_id IS '行為の番号';
COMMENT ON COLUMN safety_reports.recorded_at IS '登録日時';
COMMENT ON COLUMN safety_reports.recorded_by_name IS '登録者名';

ALTER TABLE safety_reports ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON safety_reports USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON safety_reports TO sesshu_app;
GRANT SELECT ON safety_reports TO sesshu_read;
