-- 書き換えられる列を絞る: where a file came from, who sent it in and as what it was read never change; only how far it is
-- does. Of a ledger's head only its version does.
REVOKE UPDATE ON intake_batches, ledger_heads FROM sesshu_app;
REVOKE UPDATE ON feed_runs FROM sesshu_app, sesshu_vault;
GRANT UPDATE (state, row_count, accepted, questioned, refused, open_questions, committed, receipt, version, committed_at,
  committed_by_name, closed_at, closed_by_name, close_reason) ON intake_batches TO sesshu_app;
GRANT UPDATE (version, changed_at) ON ledger_heads TO sesshu_app;
GRANT UPDATE (state, ended_at, row_count, accepted, questioned, refused, unmapped_characters, seconds, failure)
  ON feed_runs TO sesshu_app, sesshu_vault;
