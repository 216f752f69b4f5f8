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

/** How many records are looked at, and how many each rule finds. */
export async function countAccuracy(
  tx: Tx,
  asOf: Day,
): Promise<{ readonly people: number; readonly found: ReadonlyMap<AccuracyRuleCode, number> }> {
  const counts = accuracyRules.map((each) => `count(*) FILTER (WHERE ${conditionOf(each)})::integer`);
  const { rows } = await tx.client.query<number[]>({
    text: `SELECT count(*)::integer, ${counts.join(', ')} FROM persons p WHERE ${lookedAt}`,
    values: [tx.lgCode, formatIsoDay(asOf)],
    rowMode: 'array',
  });
  const [people = 0, ...found] = rows[0] ?? [];
  return { people, found: new Map(accuracyRules.map((each, i) => [each.code, found[i] ?? 0])) };
}

/** The records that a rule finds, a page at a time in the order of ids: the correction list. */
export async function listInaccurate(
  tx: Tx,
  code: AccuracyRuleCode,
  page: { readonly asOf: Day; readonly after: number; readonly limit: number },
): Promise<PersonId[]> {
  const wanted = accuracyRules.find((each) => each.code === code);
  if (wanted === undefined) return [];
  const { rows } = await tx.client.query<{ person_id: PersonId }>(
    `SELECT p.person_id FROM persons p WHERE ${lookedAt} AND ${conditionOf(wanted)} AND p.person_id > $3
     ORDER BY p.person_id LIMIT $4`,
    [tx.lgCode, formatIsoDay(page.asOf), page.after, page.limit],
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
