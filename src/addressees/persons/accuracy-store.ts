import { type Day, formatIsoDay, type PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';

/**
 * What the periodic check of accuracy and freshness (AD-21) looks for. Each rule is one condition on the head row `p`
 * ($1 municipality, $2 the day); what it finds is no fault in itself but somebody to be asked about.
 */
export const accuracyRules = [
  rule(
    'addressMissing',
    '住所か郵便番号がない',
    '住民記録の担当課に確かめる',
    'p.address IS NULL OR p.postal_code IS NULL',
    true,
  ),
  rule('birthUncertain', '生年月日の一部か全部が不詳', '本人か戸籍で確かめる', "p.birth_date_precision <> 'day'"),
  rule('sexUnknown', '性別が不明', '住民記録の担当課に確かめる', "p.sex = 'unknown'"),
  rule('kanaNotKana', 'カナに漢字が混じっている', '住民記録の担当課に確かめる', "p.kana ~ '[一-龥]'"),
  rule(
    'veryOld',
    '115歳をこえる',
    '死亡の届けがもれていないかを確かめる',
    "p.born_on < $2::date - INTERVAL '115 years'",
  ),
  rule(
    'householderMissing',
    '同じ世帯に世帯主がいない',
    '世帯の異動がもれていないかを確かめる',
    `p.household_number IS NOT NULL AND NOT EXISTS (SELECT 1 FROM persons h WHERE h.lg_code = $1
       AND h.household_number = p.household_number AND h.relation = 'householder' AND NOT h.is_cancelled
       AND h.died_on IS NULL AND (h.ceased_resident_on IS NULL OR h.ceased_resident_on > $2::date))`,
    true,
  ),
  rule(
    'absentFromFeed',
    '住民記録の全件にいなかった',
    '転出や死亡の異動がもれていないかを確かめる',
    `EXISTS (SELECT 1 FROM person_absences a WHERE a.lg_code = $1 AND a.person_id = p.person_id AND a.state = 'open')`,
  ),
  rule(
    'sameAsAnother',
    'カナ・生年月日・性別の同じ記録がほかにある',
    '「同じ人の記録」の画面でくらべ、同じ人なら結び付ける',
    `p.principal_id IS NULL AND p.birth_date_precision = 'day' AND EXISTS (SELECT 1 FROM persons o WHERE o.lg_code = $1
       AND o.kana_key = p.kana_key AND o.born_on = p.born_on AND o.sex = p.sex AND o.person_id <> p.person_id
       AND NOT o.is_cancelled)`,
  ),
  rule(
    'registrationOver',
    '住登外者の有効な期間が終わった',
    '期間を延ばすか、そのまま終わりにするかを決める',
    'p.is_non_registered AND p.ceased_resident_on <= $2::date',
  ),
] as const;

/** One of them. */
export type AccuracyRuleCode = (typeof accuracyRules)[number]['code'];

/** Who is looked at: everybody alive who is not cancelled and has not left; 住登外者 also after their time. */
const lookedAt = `p.lg_code = $1 AND NOT p.is_cancelled AND (p.died_on IS NULL OR p.died_on > $2::date)
  AND (p.is_non_registered OR p.ceased_resident_on IS NULL OR p.ceased_resident_on > $2::date)`;

/** What a count of the register found. */
export interface AccuracyCount {
  readonly countId: number;
  readonly countedAt: Date;
  readonly countedByName: string;
  readonly people: number;
  readonly found: Readonly<Partial<Record<AccuracyRuleCode, number>>>;
}

/** So many ids are looked at between two reports. */
const idsPerPage = 50_000;

/**
 * Looks at every record by every rule, keeps whom each rule found, and lets go of the people of the counts before.
 * `onProgress` gets ids done and all; it may throw to stop, then nothing is kept. Seconds at a million people.
 */
export async function countAccuracy(
  tx: Tx,
  by: { readonly staffId: number | null; readonly staffName: string },
  at: { readonly now: Date; readonly asOf: Day },
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<AccuracyCount> {
  const day = formatIsoDay(at.asOf);
  const { rows: bounds } = await tx.client.query<{ count_id: number; last: number; people: number }>(
    `SELECT nextval(pg_get_serial_sequence('accuracy_counts', 'count_id')) AS count_id,
       (SELECT coalesce(max(person_id), 0) FROM persons WHERE lg_code = $1) AS last,
       (SELECT count(*)::integer FROM persons p WHERE ${lookedAt}) AS people`,
    [tx.lgCode, day],
  );
  const { count_id: countId = 0, last = 0, people = 0 } = bounds[0] ?? {};
  await tx.client.query('DELETE FROM accuracy_findings WHERE lg_code = $1', [tx.lgCode]);
  const rules = accuracyRules.map((each) => `('${each.code}', ${conditionOf(each)})`).join(', ');
  for (let from = 0; from < last; from += idsPerPage) {
    onProgress(from, last);
    await tx.client.query(
      `INSERT INTO accuracy_findings (lg_code, count_id, rule, person_id)
       SELECT $1, $3, r.rule, p.person_id FROM persons p CROSS JOIN LATERAL (VALUES ${rules}) AS r (rule, is_found)
       WHERE ${lookedAt} AND p.person_id > $4 AND p.person_id <= $5 AND r.is_found`,
      [tx.lgCode, day, countId, from, from + idsPerPage],
    );
  }
  const { rows } = await tx.client.query<{ counted_at: Date; found: AccuracyCount['found'] }>(
    `INSERT INTO accuracy_counts (lg_code, count_id, counted_at, as_of, counted_by, counted_by_name, people, found)
     OVERRIDING SYSTEM VALUE
     SELECT $1, $3, $4, $2::date, $5, $6, $7, coalesce(jsonb_object_agg(f.rule, f.n), '{}') FROM (
       SELECT rule, count(*) AS n FROM accuracy_findings WHERE lg_code = $1 AND count_id = $3 GROUP BY rule) f
     RETURNING counted_at, found`,
    [tx.lgCode, day, countId, at.now, by.staffId, by.staffName, people],
  );
  onProgress(last, last);
  return { countId, countedAt: at.now, countedByName: by.staffName, people, found: rows[0]?.found ?? {} };
}

/** The newest count; undefined where the register was never counted. */
export async function findLastAccuracyCount(tx: Tx): Promise<AccuracyCount | undefined> {
  const { rows } = await tx.client.query<AccuracyCount>(
    `SELECT count_id AS "countId", counted_at AS "countedAt", counted_by_name AS "countedByName", people, found
     FROM accuracy_counts WHERE lg_code = $1 ORDER BY count_id DESC LIMIT 1`,
    [tx.lgCode],
  );
  return rows[0];
}

/**
 * The records that a rule found at the newest count and finds still, a page at a time in the order of ids: the correction
 * list. Who was put right since then is in it no more.
 */
export async function listInaccurate(
  tx: Tx,
  code: AccuracyRuleCode,
  page: { readonly asOf: Day; readonly after: number; readonly limit: number },
): Promise<PersonId[]> {
  const wanted = accuracyRules.find((each) => each.code === code);
  if (wanted === undefined) return [];
  const { rows } = await tx.client.query<{ person_id: PersonId }>(
    `SELECT p.person_id FROM accuracy_findings f JOIN persons p ON p.lg_code = $1 AND p.person_id = f.person_id
     WHERE f.lg_code = $1 AND f.rule = $5 AND f.person_id > $3
       AND f.count_id = (SELECT max(count_id) FROM accuracy_counts WHERE lg_code = $1)
       AND ${lookedAt} AND ${conditionOf(wanted)}
     ORDER BY f.person_id LIMIT $4`,
    [tx.lgCode, formatIsoDay(page.asOf), page.after, page.limit, code],
  );
  return rows.map((row) => row.person_id);
}

function conditionOf(each: (typeof accuracyRules)[number]): string {
  return each.isOfResidents ? `(NOT p.is_non_registered AND (${each.condition}))` : `(${each.condition})`;
}

/** `isOfResidents`: 住登外者 need not have it. */
function rule<const Code extends string>(
  code: Code,
  nameJa: string,
  whatToDo: string,
  condition: string,
  isOfResidents = false,
) {
  return { code, nameJa, whatToDo, condition, isOfResidents };
}
