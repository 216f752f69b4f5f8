-- 宛名: who lives here, what the register said about them and when we knew it. A head row per person carries what is
-- needed everywhere and the search keys; everything the register ever said is appended to person_versions.

-- No foreign key to the municipality here: checked for every resident it costs a tenth of the import, and nobody can
-- be taken in where settings, layouts and the register of municipalities know no such municipality.
CREATE TABLE persons (
  lg_code text NOT NULL,
  person_id bigint GENERATED ALWAYS AS IDENTITY,
  addressee_number text NOT NULL COLLATE "C" CHECK (addressee_number <> '' AND length(addressee_number) <= 15),
  version integer NOT NULL CHECK (version > 0),
  name text NOT NULL,
  kana text NOT NULL,
  born_on date,
  birth_date_precision text NOT NULL CHECK (birth_date_precision IN ('day', 'month', 'year', 'unknown')),
  sex text NOT NULL CHECK (sex IN ('male', 'female', 'unknown')),
  became_resident_on date,
  ceased_resident_on date,
  ceased_reason text,
  past_residencies jsonb,
  died_on date,
  is_protected boolean NOT NULL,
  is_non_registered boolean NOT NULL,
  is_foreigner boolean NOT NULL,
  is_cancelled boolean NOT NULL,
  household_number text,
  relation text,
  postal_code text,
  address text,
  building text,
  machiaza_id text,
  block text,
  phone text,
  kana_key text NOT NULL COLLATE "C",
  name_key text NOT NULL COLLATE "C",
  address_key text COLLATE "C",
  building_key text COLLATE "C",
  phone_key text COLLATE "C",
  search_keys text NOT NULL COLLATE "C",
  search_tokens integer[] NOT NULL,
  feed_digest bytea NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (lg_code, person_id),
  UNIQUE (lg_code, addressee_number)
) WITH (fillfactor = 95);
CREATE INDEX persons_by_kana ON persons (lg_code, kana_key, born_on);
CREATE INDEX persons_by_name ON persons (lg_code, name_key);
CREATE INDEX persons_by_birth ON persons (lg_code, born_on);
CREATE INDEX persons_by_household ON persons (lg_code, household_number) WHERE household_number IS NOT NULL;
CREATE INDEX persons_by_address ON persons (lg_code, address_key) WHERE address_key IS NOT NULL;
CREATE INDEX persons_by_building ON persons (lg_code, building_key) WHERE building_key IS NOT NULL;
CREATE INDEX persons_by_phone ON persons (lg_code, phone_key) WHERE phone_key IS NOT NULL;
CREATE INDEX persons_by_token ON persons USING gin (search_tokens) WITH (gin_pending_list_limit = 16384);

COMMENT ON TABLE persons IS '個人(宛名): one head row per person with the present values; writers lock it; history stands in person_versions';
COMMENT ON COLUMN persons.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN persons.person_id IS '個人の内部番号: our own meaningless key, never shown';
COMMENT ON COLUMN persons.addressee_number IS '宛名番号(整理番号): the register''s number, up to 15 characters; never a key elsewhere';
COMMENT ON COLUMN persons.version IS '版: of the last row of person_versions; a writer who saw an older one is answered with a conflict';
COMMENT ON COLUMN persons.name IS '氏名: code point by code point as it came';
COMMENT ON COLUMN persons.kana IS '氏名カナ: as it came';
COMMENT ON COLUMN persons.born_on IS '生年月日: where month or day are unknown, the first day of the known part; null when nothing is known';
COMMENT ON COLUMN persons.birth_date_precision IS '生年月日の確かさ: day, month (日不詳), year (月日不詳), unknown (不詳)';
COMMENT ON COLUMN persons.sex IS '性別';
COMMENT ON COLUMN persons.became_resident_on IS '住民となった日: of the present or last period';
COMMENT ON COLUMN persons.ceased_resident_on IS '住民でなくなった日: of the last period; null while resident';
COMMENT ON COLUMN persons.ceased_reason IS '住民でなくなった事由: died, movedOut or the register''s own word; null while resident';
COMMENT ON COLUMN persons.past_residencies IS '過去の住民期間: [{becameOn, ceasedOn, ceasedReason}] oldest first, before the present period; derived from person_versions, null when there is none';
COMMENT ON COLUMN persons.died_on IS '死亡年月日';
COMMENT ON COLUMN persons.is_protected IS '支援措置: the address is shown to nobody without permission, reason and trace';
COMMENT ON COLUMN persons.is_non_registered IS '住登外: not in the resident register of this municipality';
COMMENT ON COLUMN persons.is_foreigner IS '外国人住民';
COMMENT ON COLUMN persons.is_cancelled IS '取消: the register took the record back; kept, found by its number only, never judged nor written to';
COMMENT ON COLUMN persons.household_number IS '世帯番号';
COMMENT ON COLUMN persons.relation IS '続柄: householder, husband, wife, child, parent or the register''s own word';
COMMENT ON COLUMN persons.postal_code IS '郵便番号';
COMMENT ON COLUMN persons.address IS '住所: as it came';
COMMENT ON COLUMN persons.building IS '方書: as it came';
COMMENT ON COLUMN persons.machiaza_id IS '町丁目の番号: for wards, areas and statistics';
COMMENT ON COLUMN persons.block IS '番地(街区)';
COMMENT ON COLUMN persons.phone IS '電話番号: as it came';
COMMENT ON COLUMN persons.kana_key IS 'カナ検索キー: normalised; searched by range';
COMMENT ON COLUMN persons.name_key IS '漢字検索キー: variants folded';
COMMENT ON COLUMN persons.address_key IS '住所検索キー: without the municipality''s name, numbers joined by hyphens';
COMMENT ON COLUMN persons.building_key IS '方書検索キー';
COMMENT ON COLUMN persons.phone_key IS '電話番号検索キー: digits only, last digit first';
COMMENT ON COLUMN persons.search_keys IS '検索キーの全部: every written and phonetic name, normalised, joined by |; what tokens found is looked at again here';
COMMENT ON COLUMN persons.search_tokens IS '検索トークン: hashes of parts of the names together with the municipality';
COMMENT ON COLUMN persons.feed_digest IS '連携行の要約値: of the last row of the feed; an unchanged row is skipped by it';
COMMENT ON COLUMN persons.updated_at IS '更新日時: when the head last changed';

-- No foreign key to the head: a feed writes both in one statement pair from the same staged row, nobody but the disposal
-- role deletes a head, and the check (which also locks the head just written) costs as much as the version itself.
CREATE TABLE person_versions (
  lg_code text NOT NULL,
  person_id bigint NOT NULL,
  version integer NOT NULL CHECK (version > 0),
  effective_on date NOT NULL,
  recorded_at timestamptz NOT NULL,
  feed_run_id bigint,
  name text NOT NULL,
  kana text NOT NULL,
  birth_text text,
  sex text NOT NULL,
  machiaza_id text,
  block text,
  branch text,
  sub_branch text,
  address text,
  building text,
  phone text,
  household_number text,
  postal_code text,
  relation text,
  is_cancelled boolean NOT NULL,
  is_non_registered boolean NOT NULL,
  is_foreigner boolean NOT NULL,
  foreign_kana text,
  foreign_name text,
  became_resident_on date,
  ceased_resident_on date,
  change_reason text,
  changed_on date,
  residency_change_reason text,
  residency_changed_on date,
  previous_address text,
  previous_building text,
  next_address text,
  next_building text,
  is_protected boolean NOT NULL,
  died_on date,
  common_name text,
  former_family_name text,
  nationality text,
  guardian_number text,
  email text,
  PRIMARY KEY (lg_code, person_id, version)
);
CREATE INDEX person_versions_by_run ON person_versions (lg_code, feed_run_id, person_id);

COMMENT ON TABLE person_versions IS '個人の履歴: everything the register said, one row per change, appended only; by effective day and by the time we knew it';
COMMENT ON COLUMN person_versions.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN person_versions.person_id IS '個人の内部番号';
COMMENT ON COLUMN person_versions.version IS '版: 1, 2, 3 … per person';
COMMENT ON COLUMN person_versions.effective_on IS '効力発生日: the day from which the register says so (the later of 異動年月日 and 住民異動年月日)';
COMMENT ON COLUMN person_versions.recorded_at IS '記録日時: when we took it in';
COMMENT ON COLUMN person_versions.feed_run_id IS '連携処理番号: the run that brought it; null when registered by hand';
COMMENT ON COLUMN person_versions.name IS '氏名漢字';
COMMENT ON COLUMN person_versions.kana IS '氏名カナ';
COMMENT ON COLUMN person_versions.birth_text IS '生年月日: YYYY-MM-DD, YYYY-MM or YYYY as far as it is known';
COMMENT ON COLUMN person_versions.sex IS '性別';
COMMENT ON COLUMN person_versions.machiaza_id IS '町丁目';
COMMENT ON COLUMN person_versions.block IS '番地';
COMMENT ON COLUMN person_versions.branch IS '枝';
COMMENT ON COLUMN person_versions.sub_branch IS '子枝';
COMMENT ON COLUMN person_versions.address IS '住所';
COMMENT ON COLUMN person_versions.building IS '方書';
COMMENT ON COLUMN person_versions.phone IS '電話番号';
COMMENT ON COLUMN person_versions.household_number IS '世帯番号';
COMMENT ON COLUMN person_versions.postal_code IS '郵便番号';
COMMENT ON COLUMN person_versions.relation IS '続柄区分';
COMMENT ON COLUMN person_versions.is_cancelled IS '取消';
COMMENT ON COLUMN person_versions.is_non_registered IS '住登外フラグ';
COMMENT ON COLUMN person_versions.is_foreigner IS '外国人フラグ';
COMMENT ON COLUMN person_versions.foreign_kana IS '外国人本名カナ';
COMMENT ON COLUMN person_versions.foreign_name IS '外国人本名漢字';
COMMENT ON COLUMN person_versions.became_resident_on IS '住民となった日';
COMMENT ON COLUMN person_versions.ceased_resident_on IS '住民でなくなった日';
COMMENT ON COLUMN person_versions.change_reason IS '異動';
COMMENT ON COLUMN person_versions.changed_on IS '異動年月日';
COMMENT ON COLUMN person_versions.residency_change_reason IS '住民異動';
COMMENT ON COLUMN person_versions.residency_changed_on IS '住民異動年月日';
COMMENT ON COLUMN person_versions.previous_address IS '転入前住所';
COMMENT ON COLUMN person_versions.previous_building IS '転入前方書';
COMMENT ON COLUMN person_versions.next_address IS '転出後住所';
COMMENT ON COLUMN person_versions.next_building IS '転出後方書';
COMMENT ON COLUMN person_versions.is_protected IS '支援措置';
COMMENT ON COLUMN person_versions.died_on IS '死亡年月日';
COMMENT ON COLUMN person_versions.common_name IS '通称';
COMMENT ON COLUMN person_versions.former_family_name IS '旧氏';
COMMENT ON COLUMN person_versions.nationality IS '国籍';
COMMENT ON COLUMN person_versions.guardian_number IS '保護者の宛名番号';
COMMENT ON COLUMN person_versions.email IS '電子メールアドレス';

CREATE TABLE address_towns (
  lg_code text NOT NULL REFERENCES municipalities (lg_code),
  town_key text NOT NULL COLLATE "C",
  PRIMARY KEY (lg_code, town_key)
);
COMMENT ON TABLE address_towns IS '町名の一覧: the towns that occur in addresses, so that a part of a town''s name finds its addresses by range';
COMMENT ON COLUMN address_towns.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN address_towns.town_key IS '町名の検索キー';

CREATE TABLE person_absences (
  lg_code text NOT NULL,
  person_id bigint NOT NULL,
  feed_run_id bigint NOT NULL,
  noticed_at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'returned', 'settled')),
  settled_at timestamptz,
  settled_by bigint,
  note text,
  PRIMARY KEY (lg_code, person_id, feed_run_id),
  FOREIGN KEY (lg_code, person_id) REFERENCES persons (lg_code, person_id)
);
CREATE UNIQUE INDEX person_absences_open ON person_absences (lg_code, person_id) WHERE state = 'open';
COMMENT ON TABLE person_absences IS '全件連携に現れなかった人: a work list; nobody is closed for being absent';
COMMENT ON COLUMN person_absences.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN person_absences.person_id IS '個人の内部番号';
COMMENT ON COLUMN person_absences.feed_run_id IS '連携処理番号: the full feed in which the person was absent';
COMMENT ON COLUMN person_absences.noticed_at IS '気付いた日時';
COMMENT ON COLUMN person_absences.state IS '状態: open 未確認, returned 後の連携に現れた, settled 職員が確認した';
COMMENT ON COLUMN person_absences.settled_at IS '確認日時';
COMMENT ON COLUMN person_absences.settled_by IS '確認した職員';
COMMENT ON COLUMN person_absences.note IS '確認の結果';

CREATE TABLE welfare_flags (
  lg_code text NOT NULL,
  welfare_flag_id bigint GENERATED ALWAYS AS IDENTITY,
  person_id bigint NOT NULL,
  valid_from date NOT NULL,
  valid_to date,
  is_public_assistance boolean NOT NULL,
  is_disabled boolean NOT NULL,
  tax_category text,
  recorded_at timestamptz NOT NULL,
  feed_run_id bigint,
  CHECK (valid_to IS NULL OR valid_to >= valid_from),
  PRIMARY KEY (lg_code, welfare_flag_id),
  FOREIGN KEY (lg_code, person_id) REFERENCES persons (lg_code, person_id)
);
CREATE INDEX welfare_flags_by_person ON welfare_flags (lg_code, person_id, valid_from, welfare_flag_id);
COMMENT ON TABLE welfare_flags IS '資格の目印: what welfare and tax say about a period; appended only, a later row of the same first day replaces the earlier; no tax data, flags only';
COMMENT ON COLUMN welfare_flags.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN welfare_flags.welfare_flag_id IS '資格の目印の内部番号: the order of arrival';
COMMENT ON COLUMN welfare_flags.person_id IS '個人の内部番号';
COMMENT ON COLUMN welfare_flags.valid_from IS '有効開始';
COMMENT ON COLUMN welfare_flags.valid_to IS '有効終了: inclusive; null while open';
COMMENT ON COLUMN welfare_flags.is_public_assistance IS '生活保護';
COMMENT ON COLUMN welfare_flags.is_disabled IS '障害者';
COMMENT ON COLUMN welfare_flags.tax_category IS '課税区分: taxed, exempt, perCapitaOnly or the sender''s own word';
COMMENT ON COLUMN welfare_flags.recorded_at IS '記録日時';
COMMENT ON COLUMN welfare_flags.feed_run_id IS '連携処理番号';

CREATE TABLE mailing_addresses (
  lg_code text NOT NULL,
  mailing_address_id bigint GENERATED ALWAYS AS IDENTITY,
  person_id bigint NOT NULL,
  recipient_name text NOT NULL,
  postal_code text NOT NULL,
  address text NOT NULL,
  building text,
  valid_from date NOT NULL,
  valid_to date,
  is_withdrawal boolean NOT NULL DEFAULT false,
  recorded_at timestamptz NOT NULL,
  recorded_by bigint,
  CHECK (valid_to IS NULL OR valid_to >= valid_from),
  PRIMARY KEY (lg_code, mailing_address_id),
  FOREIGN KEY (lg_code, person_id) REFERENCES persons (lg_code, person_id)
);
CREATE INDEX mailing_addresses_by_person ON mailing_addresses (lg_code, person_id, mailing_address_id);
COMMENT ON TABLE mailing_addresses IS '送付先: where letters go instead of the address, with validity; appended only, the last valid row counts when a letter is printed';
COMMENT ON COLUMN mailing_addresses.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN mailing_addresses.mailing_address_id IS '送付先の内部番号: the order of registration';
COMMENT ON COLUMN mailing_addresses.person_id IS '個人の内部番号';
COMMENT ON COLUMN mailing_addresses.recipient_name IS '送付先の宛名';
COMMENT ON COLUMN mailing_addresses.postal_code IS '送付先の郵便番号';
COMMENT ON COLUMN mailing_addresses.address IS '送付先の住所';
COMMENT ON COLUMN mailing_addresses.building IS '送付先の方書';
COMMENT ON COLUMN mailing_addresses.valid_from IS '有効開始';
COMMENT ON COLUMN mailing_addresses.valid_to IS '有効終了: inclusive; null while open';
COMMENT ON COLUMN mailing_addresses.is_withdrawal IS '取りやめ: true ends earlier rows from valid_from on';
COMMENT ON COLUMN mailing_addresses.recorded_at IS '記録日時';
COMMENT ON COLUMN mailing_addresses.recorded_by IS '登録した職員';

-- COPY into tables under row-level security is refused, so rows of a feed pass through here inside the transaction of
-- their import. They are gone at its end: nobody ever sees one.
CREATE UNLOGGED TABLE resident_feed_rows (
  lg_code text NOT NULL,
  feed_run_id bigint NOT NULL,
  ordinal integer NOT NULL,
  is_new boolean NOT NULL,
  person_id bigint NOT NULL DEFAULT nextval('persons_person_id_seq'),
  addressee_number text NOT NULL,
  effective_on date NOT NULL,
  feed_digest bytea NOT NULL,
  name text NOT NULL,
  kana text NOT NULL,
  birth_text text,
  born_on date,
  birth_date_precision text NOT NULL,
  sex text NOT NULL,
  machiaza_id text,
  block text,
  branch text,
  sub_branch text,
  address text,
  building text,
  phone text,
  household_number text,
  postal_code text,
  relation text,
  is_cancelled boolean NOT NULL,
  is_non_registered boolean NOT NULL,
  is_foreigner boolean NOT NULL,
  foreign_kana text,
  foreign_name text,
  became_resident_on date,
  ceased_resident_on date,
  ceased_reason text,
  change_reason text,
  changed_on date,
  residency_change_reason text,
  residency_changed_on date,
  previous_address text,
  previous_building text,
  next_address text,
  next_building text,
  is_protected boolean NOT NULL,
  died_on date,
  common_name text,
  former_family_name text,
  nationality text,
  guardian_number text,
  email text,
  kana_key text NOT NULL,
  name_key text NOT NULL,
  address_key text,
  building_key text,
  phone_key text,
  search_keys text NOT NULL,
  search_tokens integer[] NOT NULL,
  PRIMARY KEY (lg_code, feed_run_id, ordinal)
);
COMMENT ON TABLE resident_feed_rows IS '住民情報の取込中の行: changed rows of one import on their way; empty between imports';
COMMENT ON COLUMN resident_feed_rows.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN resident_feed_rows.feed_run_id IS '連携処理番号';
COMMENT ON COLUMN resident_feed_rows.ordinal IS '行番号: of the data row';
COMMENT ON COLUMN resident_feed_rows.is_new IS '新しい人';
COMMENT ON COLUMN resident_feed_rows.person_id IS '個人の内部番号: of a new person drawn here, so that head and version are written without looking it up';
COMMENT ON COLUMN resident_feed_rows.addressee_number IS '宛名番号(整理番号)';
COMMENT ON COLUMN resident_feed_rows.effective_on IS '効力発生日';
COMMENT ON COLUMN resident_feed_rows.feed_digest IS '連携行の要約値';
COMMENT ON COLUMN resident_feed_rows.name IS '氏名漢字';
COMMENT ON COLUMN resident_feed_rows.kana IS '氏名カナ';
COMMENT ON COLUMN resident_feed_rows.birth_text IS '生年月日';
COMMENT ON COLUMN resident_feed_rows.born_on IS '生年月日';
COMMENT ON COLUMN resident_feed_rows.birth_date_precision IS '生年月日の確かさ';
COMMENT ON COLUMN resident_feed_rows.sex IS '性別';
COMMENT ON COLUMN resident_feed_rows.machiaza_id IS '町丁目';
COMMENT ON COLUMN resident_feed_rows.block IS '番地';
COMMENT ON COLUMN resident_feed_rows.branch IS '枝';
COMMENT ON COLUMN resident_feed_rows.sub_branch IS '子枝';
COMMENT ON COLUMN resident_feed_rows.address IS '住所';
COMMENT ON COLUMN resident_feed_rows.building IS '方書';
COMMENT ON COLUMN resident_feed_rows.phone IS '電話番号';
COMMENT ON COLUMN resident_feed_rows.household_number IS '世帯番号';
COMMENT ON COLUMN resident_feed_rows.postal_code IS '郵便番号';
COMMENT ON COLUMN resident_feed_rows.relation IS '続柄区分';
COMMENT ON COLUMN resident_feed_rows.is_cancelled IS '取消';
COMMENT ON COLUMN resident_feed_rows.is_non_registered IS '住登外フラグ';
COMMENT ON COLUMN resident_feed_rows.is_foreigner IS '外国人フラグ';
COMMENT ON COLUMN resident_feed_rows.foreign_kana IS '外国人本名カナ';
COMMENT ON COLUMN resident_feed_rows.foreign_name IS '外国人本名漢字';
COMMENT ON COLUMN resident_feed_rows.became_resident_on IS '住民となった日';
COMMENT ON COLUMN resident_feed_rows.ceased_resident_on IS '住民でなくなった日';
COMMENT ON COLUMN resident_feed_rows.ceased_reason IS '住民でなくなった事由';
COMMENT ON COLUMN resident_feed_rows.change_reason IS '異動';
COMMENT ON COLUMN resident_feed_rows.changed_on IS '異動年月日';
COMMENT ON COLUMN resident_feed_rows.residency_change_reason IS '住民異動';
COMMENT ON COLUMN resident_feed_rows.residency_changed_on IS '住民異動年月日';
COMMENT ON COLUMN resident_feed_rows.previous_address IS '転入前住所';
COMMENT ON COLUMN resident_feed_rows.previous_building IS '転入前方書';
COMMENT ON COLUMN resident_feed_rows.next_address IS '転出後住所';
COMMENT ON COLUMN resident_feed_rows.next_building IS '転出後方書';
COMMENT ON COLUMN resident_feed_rows.is_protected IS '支援措置';
COMMENT ON COLUMN resident_feed_rows.died_on IS '死亡年月日';
COMMENT ON COLUMN resident_feed_rows.common_name IS '通称';
COMMENT ON COLUMN resident_feed_rows.former_family_name IS '旧氏';
COMMENT ON COLUMN resident_feed_rows.nationality IS '国籍';
COMMENT ON COLUMN resident_feed_rows.guardian_number IS '保護者の宛名番号';
COMMENT ON COLUMN resident_feed_rows.email IS '電子メールアドレス';
COMMENT ON COLUMN resident_feed_rows.kana_key IS 'カナ検索キー';
COMMENT ON COLUMN resident_feed_rows.name_key IS '漢字検索キー';
COMMENT ON COLUMN resident_feed_rows.address_key IS '住所検索キー';
COMMENT ON COLUMN resident_feed_rows.building_key IS '方書検索キー';
COMMENT ON COLUMN resident_feed_rows.phone_key IS '電話番号検索キー';
COMMENT ON COLUMN resident_feed_rows.search_keys IS '検索キーの全部';
COMMENT ON COLUMN resident_feed_rows.search_tokens IS '検索トークン';

CREATE UNLOGGED TABLE welfare_feed_rows (
  lg_code text NOT NULL,
  feed_run_id bigint NOT NULL,
  ordinal integer NOT NULL,
  addressee_number text NOT NULL,
  valid_from date NOT NULL,
  valid_to date,
  is_public_assistance boolean NOT NULL,
  is_disabled boolean NOT NULL,
  tax_category text,
  PRIMARY KEY (lg_code, feed_run_id, ordinal)
);
COMMENT ON TABLE welfare_feed_rows IS '資格の目印の取込中の行: rows of one import on their way; empty between imports';
COMMENT ON COLUMN welfare_feed_rows.lg_code IS '全国地方公共団体コード';
COMMENT ON COLUMN welfare_feed_rows.feed_run_id IS '連携処理番号';
COMMENT ON COLUMN welfare_feed_rows.ordinal IS '行番号';
COMMENT ON COLUMN welfare_feed_rows.addressee_number IS '宛名番号';
COMMENT ON COLUMN welfare_feed_rows.valid_from IS '有効開始';
COMMENT ON COLUMN welfare_feed_rows.valid_to IS '有効終了';
COMMENT ON COLUMN welfare_feed_rows.is_public_assistance IS '生活保護';
COMMENT ON COLUMN welfare_feed_rows.is_disabled IS '障害者';
COMMENT ON COLUMN welfare_feed_rows.tax_category IS '課税区分';
GRANT SELECT, INSERT, DELETE ON resident_feed_rows, welfare_feed_rows TO sesshu_app;
GRANT USAGE ON SEQUENCE persons_person_id_seq TO sesshu_app;

ALTER TABLE persons ENABLE ROW LEVEL SECURITY;
ALTER TABLE person_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE address_towns ENABLE ROW LEVEL SECURITY;
ALTER TABLE person_absences ENABLE ROW LEVEL SECURITY;
ALTER TABLE welfare_flags ENABLE ROW LEVEL SECURITY;
ALTER TABLE mailing_addresses ENABLE ROW LEVEL SECURITY;
CREATE POLICY municipality ON persons USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON person_versions USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON address_towns USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON person_absences USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON welfare_flags USING (lg_code = current_setting('sesshu.lg_code', true));
CREATE POLICY municipality ON mailing_addresses USING (lg_code = current_setting('sesshu.lg_code', true));

-- The key and the number of a head never change: they are in no UPDATE grant.
GRANT SELECT, INSERT ON persons TO sesshu_app;
GRANT UPDATE (
  version, name, kana, born_on, birth_date_precision, sex, became_resident_on, ceased_resident_on, ceased_reason,
  past_residencies, died_on,
  is_protected, is_non_registered, is_foreigner, is_cancelled, household_number, relation, postal_code, address, building,
  machiaza_id, block, phone, kana_key, name_key, address_key, building_key, phone_key, search_keys, search_tokens,
  feed_digest, updated_at
) ON persons TO sesshu_app;
GRANT SELECT, INSERT ON person_versions, address_towns, welfare_flags, mailing_addresses TO sesshu_app;
GRANT SELECT, INSERT ON person_absences TO sesshu_app;
GRANT UPDATE (state, settled_at, settled_by, note) ON person_absences TO sesshu_app;
GRANT SELECT ON persons, person_versions, address_towns, person_absences, welfare_flags, mailing_addresses TO sesshu_read;
GRANT SELECT, DELETE ON persons, person_versions, person_absences, welfare_flags, mailing_addresses TO sesshu_disposal;

-- Containment of tokens is no leakproof operator: under row-level security its index would not be used. This function
-- runs as the owner, is pinned to the municipality of the setting, and answers keys only.
CREATE FUNCTION find_person_ids_by_token(
  tokens integer[], needles text[], born_from date, born_to date, limit_to integer
) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
  RETURN QUERY EXECUTE format($q$
    SELECT c.person_id FROM (SELECT p.person_id, p.kana_key, p.born_on FROM %s p
    WHERE p.lg_code = %L AND p.search_tokens @> %L::integer[] AND NOT p.is_cancelled
      AND NOT EXISTS (SELECT 1 FROM unnest(%L::text[]) AS n (needle) WHERE position(n.needle IN p.search_keys) = 0)
      AND (%L::date IS NULL OR p.born_on BETWEEN %L::date AND %L::date)
    LIMIT 2000) c ORDER BY c.kana_key, c.born_on, c.person_id LIMIT %s $q$,
    'public.persons', current_setting('sesshu.lg_code'), tokens, needles,
    born_from, born_from, born_to, least(greatest(limit_to, 1), 2000));
END
$$;
COMMENT ON FUNCTION find_person_ids_by_token(integer[], text[], date, date, integer) IS '漢字の一部による検索: keys of one municipality''s people whose names hold these parts';
REVOKE ALL ON FUNCTION find_person_ids_by_token(integer[], text[], date, date, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_person_ids_by_token(integer[], text[], date, date, integer) TO sesshu_app;

-- After a feed: the tokens waiting beside their index go into it (each search would read them one by one). Where more than
-- half of the people are new, the planner learns what there is now, instead of some minutes later; of the columns it
-- chooses ways by, since the lists of tokens would cost more than all others, and from a small sample: the next vacuum takes
-- its own. Both are the owner's to do.
CREATE FUNCTION settle_person_search(changed bigint) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET default_statistics_target = 30
AS $$
BEGIN
  PERFORM pg_catalog.gin_clean_pending_list('public.persons_by_token'::regclass);
  IF changed > (SELECT reltuples FROM pg_catalog.pg_class WHERE oid = 'public.persons'::regclass) / 2 THEN
    ANALYZE public.persons (
      lg_code, person_id, addressee_number, household_number, born_on, kana_key, name_key, address_key, building_key,
      phone_key, is_cancelled, is_protected);
    ANALYZE public.address_towns;
  END IF;
END
$$;
COMMENT ON FUNCTION settle_person_search(bigint) IS '取込後の検索の準備: pending tokens into their index, and statistics after many changes; touches no row';
REVOKE ALL ON FUNCTION settle_person_search(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION settle_person_search(bigint) TO sesshu_app;
