-- 登録を待つ受付: the start page counts the files whose questions are all answered; they are few among twenty years of files.
CREATE INDEX intake_batches_reviewed ON intake_batches (lg_code, batch_id) WHERE state = 'reviewed';
