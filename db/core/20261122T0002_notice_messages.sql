-- 電子の通知: what is told by e-mail or the portal instead of a letter.

CREATE TABLE notice_messages (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  notice_message_id bigint GENERATED ALWAYS AS IDENTITY,
  print_job_id bigint NOT NULL,
  person_id bigint NOT NULL,
  programme text NOT NULL CHECK (programme <> ''),
  stage text NOT NULL CHECK (stage <> ''),
  dose_number integer NOT NULL CHECK (dose_number > 0),
  layout_id text NOT NULL CHECK (layout_id <> ''),
  channel text NOT NULL CHECK (channel IN ('portal', 'email')),
  issued_on date NOT NULL,
  valid_until date,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sending', 'sent', 'failed', 'cancelled')),
  outcome text,
  told_at timestamptz,
  act_id bigint NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (lg_code, notice_message_id),
  UNIQUE (lg_code, print_job_id, person_id),
  FOREIGN KEY (lg_code, person_id) REFERENCES persons (lg_code, person_id),
  FOREIGN KEY (lg_code, print_job_id) REFERENCES print_jobs (lg_code, print_job_id)
);
CREATE INDEX notice_messages_by_state ON notice_messages (lg_code, state, notice_message_id);
CREATE INDEX notice_messages_by_stage ON notice_messages (lg_code, programme, stage, person_id);
COMMENT ON TABLE notice_messages IS '電子の通知: one row per person told by e-mail or the portal instead of a letter; the text is made when it is sent and not kept';
COMMENT ON COLUMN notice_messages.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN notice_messages.notice_message_id IS '通知の番号';
COMMENT ON COLUMN notice_messages.print_job_id IS '印刷番号: the campaign it belongs to';
COMMENT ON COLUMN notice_messages.person_id IS '個人: our own key';
COMMENT ON COLUMN notice_messages.programme IS '予防接種の種類';
COMMENT ON COLUMN notice_messages.stage IS '期';
COMMENT ON COLUMN notice_messages.dose_number IS '回数: the dose it is about';
COMMENT ON COLUMN notice_messages.layout_id IS '様式: whose texts are sent';
COMMENT ON COLUMN notice_messages.channel IS '届け方: portal マイナポータル, email 電子メール';
COMMENT ON COLUMN notice_messages.issued_on IS '発行日';
COMMENT ON COLUMN notice_messages.valid_until IS '接種できる最後の日: until then the same is not told again; null = open';
COMMENT ON COLUMN notice_messages.state IS '状態: waiting 待ち, sending 送信中 (a crash leaves it so: a person decides), sent 届けた, failed 届かない, cancelled 取りやめ';
COMMENT ON COLUMN notice_messages.outcome IS '結果: why it failed or was cancelled; no personal data';
COMMENT ON COLUMN notice_messages.told_at IS '届けた日時';
COMMENT ON COLUMN notice_messages.act_id IS '行為の番号: audit act under which it was asked for';
COMMENT ON COLUMN notice_messages.recorded_at IS '登録日時';
ALTER TABLE notice_messages ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON notice_messages USING (lg_code = current_setting('sesshu.lg_code', true));
GRANT SELECT, INSERT ON notice_messages TO sesshu_app;
GRANT UPDATE (state, outcome, told_at) ON notice_messages TO sesshu_app;
GRANT SELECT ON notice_messages TO sesshu_read;
