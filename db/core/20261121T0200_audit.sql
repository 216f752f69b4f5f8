-- 監査: who did what, who looked at whom, and why. Facts are inserted and never changed; the seals over them make a
-- change, a removal, an insertion or a new order visible. One chain per municipality and log.

CREATE SEQUENCE audit_acts_act_id_seq AS bigint;
GRANT USAGE ON SEQUENCE audit_acts_act_id_seq TO sesshu_app, sesshu_vault, sesshu_disposal;

-- Identity columns on partitioned tables need PostgreSQL 17; a sequence serves 15 as well.
CREATE TABLE audit_acts (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  recorded_on date NOT NULL,
  act_id bigint NOT NULL DEFAULT nextval('audit_acts_act_id_seq'),
  recorded_at timestamptz NOT NULL,
  act text NOT NULL CHECK (act ~ '^[a-zA-Z][a-zA-Z-]*\.[a-zA-Z][a-zA-Z]*$'),
  outcome text NOT NULL CHECK (outcome IN ('done', 'refused')),
  staff_id bigint,
  via text NOT NULL CHECK (via IN ('web', 'cli', 'job')),
  items text[] NOT NULL,
  details jsonb NOT NULL,
  salt uuid,
  personal_commitment bytea NOT NULL,
  staff_name text,
  from_address text,
  os_user text,
  reason text,
  PRIMARY KEY (lg_code, recorded_on, act_id)
) PARTITION BY RANGE (recorded_on);
CREATE INDEX audit_acts_by_staff ON audit_acts (lg_code, staff_id, recorded_on, act_id);
CREATE INDEX audit_acts_by_act ON audit_acts (lg_code, act, recorded_on, act_id);

COMMENT ON TABLE audit_acts IS '監査ログ(行為): one row per command or view; inserted only; personal fields can lawfully be erased with their salt';
COMMENT ON COLUMN audit_acts.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN audit_acts.recorded_on IS '記録日: day of recorded_at in Asia/Tokyo; the partition key';
COMMENT ON COLUMN audit_acts.act_id IS '行為の番号: our own key, no order of time';
COMMENT ON COLUMN audit_acts.recorded_at IS '記録日時: when the act was recorded, by the clock of the database';
COMMENT ON COLUMN audit_acts.act IS '行為: <room>.<past participle>';
COMMENT ON COLUMN audit_acts.outcome IS '結果: done 実行した, refused 許可がなく断った';
COMMENT ON COLUMN audit_acts.staff_id IS '職員: who; null for the system itself and for unknown visitors';
COMMENT ON COLUMN audit_acts.via IS '経路: web 画面, cli コマンド, job 自動処理';
COMMENT ON COLUMN audit_acts.items IS '対象の項目: names of the items seen or changed, never their values';
COMMENT ON COLUMN audit_acts.details IS '補足: counts, ids and codes; never names, numbers or addresses of people';
COMMENT ON COLUMN audit_acts.salt IS 'ソルト: random; null once the personal fields were lawfully erased';
COMMENT ON COLUMN audit_acts.personal_commitment IS '個人情報項目の約束値: SHA-256 over salt and the four personal fields; stays after erasure';
COMMENT ON COLUMN audit_acts.staff_name IS '職員氏名: as it was at that time';
COMMENT ON COLUMN audit_acts.from_address IS '接続元: network address or name of the terminal';
COMMENT ON COLUMN audit_acts.os_user IS 'OSの利用者名: of a command; null on the web';
COMMENT ON COLUMN audit_acts.reason IS '処理事由: why the person was looked up or the work done';

-- No foreign key: the act beside it in the same transaction has one, and a million checks cost more than the rows.
CREATE TABLE audit_persons (
  lg_code text NOT NULL,
  person_id bigint NOT NULL,
  salt uuid NOT NULL,
  person_ref uuid NOT NULL,
  PRIMARY KEY (lg_code, person_id),
  UNIQUE (lg_code, person_ref)
);
COMMENT ON TABLE audit_persons IS '監査ログの仮名対応: who stands behind a person_ref; deleting the row makes the traces anonymous and leaves the chain whole';
COMMENT ON COLUMN audit_persons.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN audit_persons.person_id IS '個人の内部番号';
COMMENT ON COLUMN audit_persons.salt IS 'ソルト: random, one per person';
COMMENT ON COLUMN audit_persons.person_ref IS '仮名: the first 128 bits of SHA-256 over lg_code, person_id and salt, so that a row cannot be given to another person';

-- No foreign keys on the narrow table: a million checks cost more than the rows, and verification finds orphans.
CREATE TABLE audit_act_persons (
  lg_code text NOT NULL,
  recorded_on date NOT NULL,
  act_id bigint NOT NULL,
  person_ref uuid NOT NULL,
  PRIMARY KEY (lg_code, recorded_on, act_id, person_ref)
) PARTITION BY RANGE (recorded_on);
CREATE INDEX audit_act_persons_by_person ON audit_act_persons (lg_code, person_ref, recorded_on, act_id);
COMMENT ON TABLE audit_act_persons IS '監査ログ(対象者): one narrow row per person touched by an act; inserted only';
COMMENT ON COLUMN audit_act_persons.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN audit_act_persons.recorded_on IS '記録日: that of the act';
COMMENT ON COLUMN audit_act_persons.act_id IS '行為の番号';
COMMENT ON COLUMN audit_act_persons.person_ref IS '対象者の仮名: see audit_persons';

CREATE TABLE audit_unsealed (
  lg_code text NOT NULL,
  recorded_on date NOT NULL,
  act_id bigint NOT NULL,
  recorded_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
  PRIMARY KEY (lg_code, recorded_on, act_id)
);
COMMENT ON TABLE audit_unsealed IS '封印待ち: acts without a seal; written with the act, removed by the sealer; so a transaction that commits late is found whatever its number';
COMMENT ON COLUMN audit_unsealed.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN audit_unsealed.recorded_on IS '記録日: that of the act';
COMMENT ON COLUMN audit_unsealed.act_id IS '行為の番号';
COMMENT ON COLUMN audit_unsealed.recorded_in IS '記録した取引: persons are added to the act in this transaction only';

CREATE TABLE audit_seals (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  seal_no bigint NOT NULL CHECK (seal_no > 0),
  sealed_at timestamptz NOT NULL,
  act_count integer NOT NULL CHECK (act_count > 0),
  act_total bigint NOT NULL,
  root bytea NOT NULL,
  previous_seal bytea NOT NULL,
  seal bytea NOT NULL,
  PRIMARY KEY (lg_code, seal_no)
);
COMMENT ON TABLE audit_seals IS '封印: a batch of acts under one Merkle root, chained to the seal before it; inserted only';
COMMENT ON COLUMN audit_seals.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN audit_seals.seal_no IS '封印番号: 1, 2, 3 … without a gap';
COMMENT ON COLUMN audit_seals.sealed_at IS '封印日時';
COMMENT ON COLUMN audit_seals.act_count IS '行為の件数: leaves below the root';
COMMENT ON COLUMN audit_seals.act_total IS '行為の累計: acts below this and all seals before it';
COMMENT ON COLUMN audit_seals.root IS 'マークル根: SHA-256 over the leaves (RFC 6962)';
COMMENT ON COLUMN audit_seals.previous_seal IS '直前の封印: 32 zero bytes before the first';
COMMENT ON COLUMN audit_seals.seal IS '封印の値: SHA-256 over all of the above';

CREATE TABLE audit_sealed_acts (
  lg_code text NOT NULL,
  recorded_on date NOT NULL,
  act_id bigint NOT NULL,
  seal_no bigint NOT NULL,
  leaf_no integer NOT NULL,
  leaf bytea NOT NULL,
  PRIMARY KEY (lg_code, recorded_on, act_id)
) PARTITION BY RANGE (recorded_on);
CREATE INDEX audit_sealed_acts_by_seal ON audit_sealed_acts (lg_code, seal_no, leaf_no);
COMMENT ON TABLE audit_sealed_acts IS '封印された行為: which seal holds an act, at which place, with which hash; inserted only';
COMMENT ON COLUMN audit_sealed_acts.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN audit_sealed_acts.recorded_on IS '記録日: that of the act';
COMMENT ON COLUMN audit_sealed_acts.act_id IS '行為の番号';
COMMENT ON COLUMN audit_sealed_acts.seal_no IS '封印番号';
COMMENT ON COLUMN audit_sealed_acts.leaf_no IS '封印の中の順番: from 0';
COMMENT ON COLUMN audit_sealed_acts.leaf IS '葉の値: SHA-256 over the canonical act and its persons';

ALTER TABLE audit_acts ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_persons ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_act_persons ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_unsealed ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_seals ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_sealed_acts ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON audit_acts USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON audit_persons USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON audit_act_persons USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON audit_unsealed USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON audit_seals USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON audit_sealed_acts USING (lg_code = current_setting('sesshu.lg_code', true));

-- The vault and the disposal role write their own acts; only the application seals.
GRANT SELECT, INSERT ON audit_acts, audit_persons, audit_act_persons TO sesshu_app;
GRANT INSERT ON audit_acts, audit_persons, audit_act_persons TO sesshu_vault, sesshu_disposal;
GRANT SELECT (lg_code, recorded_on, act_id) ON audit_acts TO sesshu_vault, sesshu_disposal;
GRANT SELECT (lg_code, recorded_on, act_id, recorded_in) ON audit_unsealed TO sesshu_vault, sesshu_disposal;
GRANT SELECT ON audit_persons TO sesshu_vault, sesshu_disposal;
GRANT SELECT (lg_code, recorded_on, act_id, person_ref) ON audit_act_persons TO sesshu_vault, sesshu_disposal;
GRANT SELECT, INSERT, DELETE ON audit_unsealed TO sesshu_app;
GRANT INSERT ON audit_unsealed TO sesshu_vault, sesshu_disposal;
GRANT SELECT, INSERT ON audit_seals, audit_sealed_acts TO sesshu_app;
-- Lawful erasure takes the personal words with their salt, and the key to a pseudonym; nothing else.
GRANT UPDATE (salt, staff_name, from_address, os_user, reason) ON audit_acts TO sesshu_disposal;
GRANT DELETE ON audit_persons TO sesshu_disposal;

-- Makes the months' partitions ahead. Asked before the first act of a month and by a daily job; CREATE and ATTACH
-- instead of PARTITION OF, because ATTACH lets readers and writers of the other months go on.
CREATE FUNCTION ensure_audit_partitions(months_ahead integer) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  first_month date := date_trunc('month', now() AT TIME ZONE 'Asia/Tokyo')::date;
  month_from date;
  parent text;
  partition_name text;
  made integer := 0;
BEGIN
  IF months_ahead NOT BETWEEN 0 AND 36 THEN
    RAISE EXCEPTION 'months_ahead must lie between 0 and 36';
  END IF;
  FOR i IN 0 .. months_ahead LOOP
    month_from := (first_month + make_interval(months => i))::date;
    FOREACH parent IN ARRAY ARRAY['audit_acts', 'audit_act_persons', 'audit_sealed_acts'] LOOP
      partition_name := parent || '_' || to_char(month_from, 'YYYYMM');
      CONTINUE WHEN to_regclass('public.' || partition_name) IS NOT NULL;
      PERFORM pg_advisory_xact_lock(hashtext('ensure_audit_partitions'));
      CONTINUE WHEN to_regclass('public.' || partition_name) IS NOT NULL;
      EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING COMMENTS)',
        partition_name, parent);
      EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', partition_name);
      EXECUTE format('REVOKE ALL ON public.%I FROM PUBLIC, sesshu_app, sesshu_vault, sesshu_disposal, sesshu_read, sesshu_jobs',
        partition_name);
      EXECUTE format('COMMENT ON TABLE public.%I IS %L', partition_name,
        '監査ログの月別区画: ' || parent || ' ' || to_char(month_from, 'YYYY-MM'));
      EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
        parent, partition_name, month_from, (month_from + interval '1 month')::date);
      made := made + 1;
    END LOOP;
  END LOOP;
  RETURN made;
END
$$;
COMMENT ON FUNCTION ensure_audit_partitions(integer) IS '監査ログの区画作成: makes the partitions of this and the coming months';
REVOKE ALL ON FUNCTION ensure_audit_partitions(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ensure_audit_partitions(integer) TO sesshu_app, sesshu_vault, sesshu_disposal;

-- The sealer asks once a second which municipalities wait, instead of opening each of hundreds. Tells codes only.
CREATE FUNCTION list_unsealed_municipalities() RETURNS SETOF text
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT m.lg_code FROM municipalities m
  WHERE EXISTS (SELECT FROM audit_unsealed u WHERE u.lg_code = m.lg_code)
$$;
COMMENT ON FUNCTION list_unsealed_municipalities() IS '封印待ちの団体: codes of municipalities with acts that wait for a seal';
REVOKE ALL ON FUNCTION list_unsealed_municipalities() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION list_unsealed_municipalities() TO sesshu_app;

SELECT ensure_audit_partitions(24);
