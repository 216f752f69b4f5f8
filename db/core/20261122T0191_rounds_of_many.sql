-- Rounds with other systems where one installation serves hundreds of municipalities: one look says with whom there is
-- something to speak, so that those who are not connected cost nothing. Codes and yes or no alone, of nobody anything.

CREATE FUNCTION list_national_work()
RETURNS TABLE (lg_code text, has_entries boolean, has_confirmations boolean, is_connected boolean, has_relays boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT w.* FROM (
    SELECT m.lg_code,
      EXISTS (SELECT 1 FROM public.number_entries e WHERE e.lg_code = m.lg_code AND e.state = 'approved') AS has_entries,
      EXISTS (SELECT 1 FROM number_vault.exchange_peers p WHERE p.lg_code = m.lg_code AND p.peer = 'residentNetwork')
        AND EXISTS (SELECT 1 FROM public.register_confirmations c WHERE c.lg_code = m.lg_code AND c.state = 'approved')
        AS has_confirmations,
      EXISTS (SELECT 1 FROM number_vault.exchange_peers p WHERE p.lg_code = m.lg_code AND p.peer = 'intermediate')
        AS is_connected,
      EXISTS (SELECT 1 FROM number_vault.relays r WHERE r.lg_code = m.lg_code
          AND r.state IN ('wanted', 'requested', 'prepared') AND (r.state <> 'requested' OR r.kind = 'linkCode')
          AND (r.retry_at IS NULL OR r.retry_at <= now()))
        AS has_relays
    FROM public.municipalities m) w
  WHERE w.has_entries OR w.has_confirmations OR w.is_connected
  ORDER BY w.lg_code
$$;
COMMENT ON FUNCTION list_national_work() IS '国のシステムとの連携を要する自治体: 接続の有無、手元で待っているものの有無。個人の情報は返さない';
GRANT EXECUTE ON FUNCTION list_national_work() TO sesshu_app;

CREATE FUNCTION list_history_work()
RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT m.lg_code FROM public.municipalities m
  WHERE EXISTS (SELECT 1 FROM public.history_inquiries i WHERE i.lg_code = m.lg_code AND i.state = 'released'
      AND (i.retry_at IS NULL OR i.retry_at <= now()))
    OR EXISTS (SELECT 1 FROM public.history_provisions h WHERE h.lg_code = m.lg_code AND h.state = 'approved')
  ORDER BY m.lg_code
$$;
COMMENT ON FUNCTION list_history_work() IS '接種歴の照会か回答が出ていくのを待つ自治体のコード';
GRANT EXECUTE ON FUNCTION list_history_work() TO sesshu_app;

CREATE FUNCTION list_clinic_work()
RETURNS TABLE (lg_code text, is_waiting boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
  SELECT p.lg_code, EXISTS (SELECT 1 FROM public.clinic_people_waiting w WHERE w.lg_code = p.lg_code)
  FROM public.clinic_peers p ORDER BY p.lg_code
$$;
COMMENT ON FUNCTION list_clinic_work() IS '医療機関ウェブと接続している自治体: 知らせ直す人が待っているか。個人の情報は返さない';
GRANT EXECUTE ON FUNCTION list_clinic_work() TO sesshu_app;
