-- What was sent and not heard of is noted before it is sent: changed back meanwhile it must be sent again all the same.
COMMENT ON COLUMN clinic_tickets.digest IS '要約値: 送った内容のSHA-256。空は、送る直前から返事を聞くまで(相手がどちらを持つか分からない)';
COMMENT ON COLUMN clinic_peers.masters_digest IS '一覧の要約値: 最後に相手が受け取った医療機関・包装・回収の一覧。NULLは、送る直前から返事を聞くまで';
