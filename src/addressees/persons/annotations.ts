import { loadItemCatalogue } from '#common-base/linkage';
import { type Day, formatIsoDay, type PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';
import { dayColumn } from './person-store.ts';

/** What a kind of 付記 needs beside its validity: another person's record, a text, or nothing. */
type Needs = 'person' | 'text' | 'nothing';

interface KindRow {
  readonly kind: string;
  readonly nameJa: string;
  readonly needs: Needs;
  /** Says why somebody is kept who is not in the resident register (住登外者の区分). */
  readonly isCategory: boolean;
}

/** Every kind of 付記 (annotation) that staff may add to a record, in the order of the form. */
export const annotationKinds = [
  row('guardian', '保護者', 'person'),
  row('adultGuardian', '成年後見人', 'person'),
  row('relative', '親族', 'person'),
  row('caution', '注意情報', 'text'),
  row('email', '電子メール（本人の同意あり）', 'text'),
  row('familyCircumstances', '家庭環境等', 'text'),
  row('occupation', '職業・職歴', 'text'),
  row('facilityUsed', '利用施設', 'text'),
  row('travelHistory', '渡航歴', 'text'),
  row('subsidyRecipient', '助成対象者', 'nothing', true),
  row('healthDamageParty', '健康被害関係者', 'nothing', true),
  row('physicianConcerned', '関係医師', 'nothing', true),
  row('evacuee', '被災避難者', 'nothing', true),
  row('unregisteredChild', '戸籍・住民票に記載のない児童', 'nothing', true),
  row('stayingHere', '里帰り・長期の滞在', 'nothing', true),
  row('facilityResident', '施設の入所者', 'nothing', true),
  row('relatedOnly', '保護者・後見人・親族としてだけ登録する人', 'nothing', true),
] as const satisfies readonly KindRow[];

/** One of them. */
export type AnnotationKind = (typeof annotationKinds)[number]['kind'];

/** The row of a kind; undefined for a word that is none. */
export function findAnnotationKind(kind: string): (typeof annotationKinds)[number] | undefined {
  return annotationKinds.find((each) => each.kind === kind);
}

/** A 付記 as it is on record, withdrawn ones too. */
export interface Annotation {
  readonly annotationId: number;
  readonly personId: PersonId;
  readonly kind: AnnotationKind;
  readonly relatedPersonId: PersonId | null;
  readonly relatedName: string | null;
  readonly content: string | null;
  readonly validFrom: Day;
  readonly validTo: Day | null;
  readonly reason: string;
  readonly recordedAt: Date;
  readonly recordedByName: string;
  /** The day from which it holds no longer because it was withdrawn; null while it was not. */
  readonly withdrawnFrom: Day | null;
  readonly withdrawnReason: string | null;
}

/** A 付記 to be added, or the withdrawal of one. */
export interface NewAnnotation {
  readonly personId: PersonId;
  readonly kind: AnnotationKind;
  readonly relatedPersonId: PersonId | null;
  readonly content: string | null;
  readonly validFrom: Day;
  readonly validTo: Day | null;
  readonly withdraws: number | null;
  readonly reason: string;
}

/** Every 付記 of a person that the municipality may hold, newest first. */
export async function listAnnotations(tx: Tx, personId: PersonId): Promise<Annotation[]> {
  const { rows } = await tx.client.query<Annotation>(
    `SELECT a.annotation_id AS "annotationId", a.person_id AS "personId", a.kind,
       a.related_person_id AS "relatedPersonId", r.name AS "relatedName", a.content,
       ${dayColumn('a.valid_from', '"validFrom"')}, ${dayColumn('a.valid_to', '"validTo"')}, a.reason,
       a.recorded_at AS "recordedAt", a.recorded_by_name AS "recordedByName",
       ${dayColumn('w.valid_from', '"withdrawnFrom"')}, w.reason AS "withdrawnReason"
     FROM person_annotations a
     LEFT JOIN person_annotations w ON w.lg_code = $1 AND w.withdraws = a.annotation_id
     LEFT JOIN persons r ON r.lg_code = $1 AND r.person_id = a.related_person_id
     WHERE a.lg_code = $1 AND a.person_id = $2 AND a.withdraws IS NULL ORDER BY a.annotation_id DESC`,
    [tx.lgCode, personId],
  );
  const { mayHold } = await loadItemCatalogue(tx);
  return rows.filter(({ kind }) => mayHold(`annotations.${kind}`));
}

/** Kinds that tell where a person is, or who could tell it. */
const tellingPlace: ReadonlySet<AnnotationKind> = new Set([
  'guardian',
  'adultGuardian',
  'relative',
  'email',
  'facilityUsed',
  'facilityResident',
  'stayingHere',
]);

/** What of the 付記 may be shown: of a person whose place is withheld (支援措置) nothing that tells a place. */
export function discloseAnnotations(annotations: readonly Annotation[], isHidden: boolean): readonly Annotation[] {
  return isHidden ? annotations.filter(({ kind }) => !tellingPlace.has(kind)) : annotations;
}

/** Whether a 付記 holds on a day. */
export function isAnnotationValid(annotation: Annotation, on: Day): boolean {
  if (annotation.validFrom > on || (annotation.validTo !== null && annotation.validTo < on)) return false;
  return annotation.withdrawnFrom === null || annotation.withdrawnFrom > on;
}

/** Appends a 付記 or a withdrawal. */
export async function insertAnnotation(
  tx: Tx,
  annotation: NewAnnotation,
  by: { readonly at: Date; readonly staffId: number | null; readonly staffName: string },
): Promise<void> {
  await tx.client.query(
    `INSERT INTO person_annotations (lg_code, person_id, kind, related_person_id, content, valid_from, valid_to, withdraws,
       reason, recorded_at, recorded_by, recorded_by_name) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      tx.lgCode,
      annotation.personId,
      annotation.kind,
      annotation.relatedPersonId,
      annotation.content,
      formatIsoDay(annotation.validFrom),
      annotation.validTo === null ? null : formatIsoDay(annotation.validTo),
      annotation.withdraws,
      annotation.reason,
      by.at,
      by.staffId,
      by.staffName,
    ],
  );
}

/**
 * SQL (columns person_id, name): the registered 保護者 of these people ($2) that holds on the day ($3), the last registered
 * first; who died, left or was cancelled is none.
 */
export const registeredGuardiansSql = `
  SELECT DISTINCT ON (a.person_id) a.person_id, g.person_id AS guardian_id, g.name
  FROM person_annotations a JOIN persons g ON g.lg_code = $1 AND g.person_id = a.related_person_id
  WHERE a.lg_code = $1 AND a.person_id = ANY($2) AND a.kind = 'guardian' AND a.withdraws IS NULL
    AND a.valid_from <= $3::date AND (a.valid_to IS NULL OR a.valid_to >= $3::date)
    AND NOT EXISTS (SELECT 1 FROM person_annotations w
      WHERE w.lg_code = $1 AND w.withdraws = a.annotation_id AND w.valid_from <= $3::date)
    AND NOT g.is_cancelled AND (g.died_on IS NULL OR g.died_on > $3::date)
  ORDER BY a.person_id, a.annotation_id DESC`;

/** The registered 保護者 of a person on a day. */
export async function findRegisteredGuardian(
  tx: Tx,
  personId: PersonId,
  asOf: Day,
): Promise<{ readonly personId: PersonId; readonly name: string } | undefined> {
  const { rows } = await tx.client.query<{ personId: PersonId; name: string }>(
    `SELECT guardian_id AS "personId", name FROM (${registeredGuardiansSql}) g`,
    [tx.lgCode, [personId], formatIsoDay(asOf)],
  );
  return rows[0];
}

function row<const K extends string>(
  kind: K,
  nameJa: string,
  needs: Needs,
  isCategory = false,
): KindRow & { readonly kind: K } {
  return { kind, nameJa, needs, isCategory };
}
