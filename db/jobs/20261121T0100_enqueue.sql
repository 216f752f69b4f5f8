-- The application's only way into the job queue: one function, owned by the queue's role, that takes a task and ids.

COMMENT ON SCHEMA sesshu_jobs IS 'Sesshu ジョブの入口: 待ち行列へ仕事を入れる関数だけを業務に見せる';

CREATE FUNCTION sesshu_jobs.enqueue(
  task text,
  payload json,
  job_key text DEFAULT NULL,
  run_at timestamptz DEFAULT NULL,
  queue_name text DEFAULT NULL,
  max_attempts integer DEFAULT 8
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  -- A job carries its municipality, and only that of the transaction which asks for it.
  IF payload ->> 'lgCode' IS DISTINCT FROM current_setting('sesshu.lg_code', true) THEN
    RAISE EXCEPTION 'a job must carry the municipality of its transaction' USING ERRCODE = '42501';
  END IF;
  PERFORM graphile_worker.add_job(
    identifier => task, payload => payload, queue_name => queue_name, run_at => run_at, job_key => job_key,
    max_attempts => max_attempts, job_key_mode => 'replace'
  );
END
$$;
COMMENT ON FUNCTION sesshu_jobs.enqueue(text, json, text, timestamptz, text, integer) IS
  '仕事の追加: 呼び出し側と同じ取引で待ち行列に入れる。中身は番号だけで個人の情報を持たない';
REVOKE ALL ON FUNCTION sesshu_jobs.enqueue(text, json, text, timestamptz, text, integer) FROM PUBLIC;
GRANT USAGE ON SCHEMA sesshu_jobs TO sesshu_app;
GRANT EXECUTE ON FUNCTION sesshu_jobs.enqueue(text, json, text, timestamptz, text, integer) TO sesshu_app;
