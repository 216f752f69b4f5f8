import {
  type Annotation,
  findAnnotationKind,
  findPersonIdByAddresseeNumber,
  insertAnnotation,
  isAnnotationValid,
  listAnnotations,
  lockPersons,
  type NewAnnotation,
} from '#addressees/persons';
import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { loadItemCatalogue } from '#common-base/linkage';
import { type Day, type Decision, decide, type Finding, findIsoDay, finding, type PersonId } from '#kernel';
import { publish } from '#platform/outbox';
import { withMunicipality } from '#platform/postgres';
import { loadRegistrationSettings } from './registration-settings.ts';

/** A 付記 as typed into its form. */
export interface AnnotationForm {
  readonly kind: string;
  readonly relatedNumber: string;
  readonly content: string;
  readonly validFrom: string;
  readonly validTo: string;
  readonly reason: string;
}

const longestText = 200;

/** Adds a 付記 to a record: who stands for the person, what the person is to the office, what staff must mind (AD-04, 15, 19). */
export async function annotatePerson(
  context: ActionContext,
  personId: PersonId,
  form: AnnotationForm,
): Promise<Decision<null>> {
  const { db, actor, clock } = context;
  requirePermission(actor, 'persons.register');
  const { related, without, catalogue } = await withMunicipality(db, actor.lgCode, async (tx) => ({
    related: await findPersonIdByAddresseeNumber(tx, form.relatedNumber.trim()),
    without: (await loadRegistrationSettings(tx)).withoutAnnotations,
    catalogue: await loadItemCatalogue(tx),
  }));
  if (without.some((kind) => kind === form.kind) || !catalogue.mayHold(`annotations.${form.kind}`)) {
    return decide([finding('annotationNotDeclared', 'refuse', 'kind')], null);
  }
  const decision = decideAnnotation(personId, form, related);
  if (decision.answer === 'refused') return decision;
  await withMunicipality(db, actor.lgCode, async (tx) => {
    await lockPersons(tx, [personId]);
    const { staffId, staffName } = actor;
    await insertAnnotation(tx, decision.value, { at: clock.now(), staffId, staffName });
    const personIds = related === undefined || related === personId ? [personId] : [personId, related];
    await recordAct(tx, actor, { act: 'persons.annotated', personIds, items: [decision.value.kind] });
    await publish(tx, 'persons.annotated', personId);
  });
  return decide([], null);
}

/** Takes a 付記 back from a day on; it stays on record. */
export async function withdrawAnnotation(
  context: ActionContext,
  personId: PersonId,
  annotationId: number,
  given: { readonly from: Day; readonly reason: string },
): Promise<Decision<null>> {
  const { db, actor, clock } = context;
  requirePermission(actor, 'persons.register');
  const reason = given.reason.trim().slice(0, longestText);
  if (reason === '') return decide([finding('annotationReasonMissing', 'refuse', 'reason')], null);
  return await withMunicipality(db, actor.lgCode, async (tx) => {
    await lockPersons(tx, [personId]);
    const annotation = (await listAnnotations(tx, personId)).find((each) => each.annotationId === annotationId);
    if (annotation === undefined || !mayBeWithdrawn(annotation, given.from)) {
      return decide([finding('annotationGone', 'refuse', null)], null);
    }
    const { kind, relatedPersonId, content } = annotation;
    const { staffId, staffName } = actor;
    await insertAnnotation(
      tx,
      {
        personId,
        kind,
        relatedPersonId,
        content,
        validFrom: given.from,
        validTo: null,
        withdraws: annotationId,
        reason,
      },
      { at: clock.now(), staffId, staffName },
    );
    await recordAct(tx, actor, { act: 'persons.annotationWithdrawn', personIds: [personId], items: [kind] });
    await publish(tx, 'persons.annotated', personId);
    return decide([], null);
  });
}

/** Whether a 付記 still holds on a day or will. */
export function mayBeWithdrawn(annotation: Annotation, on: Day): boolean {
  return annotation.withdrawnFrom === null && (isAnnotationValid(annotation, on) || annotation.validFrom > on);
}

function decideAnnotation(
  personId: PersonId,
  form: AnnotationForm,
  related: PersonId | undefined,
): Decision<NewAnnotation> {
  const findings: Finding[] = [];
  const kind = findAnnotationKind(form.kind);
  const content = form.content.trim().slice(0, longestText);
  if (kind === undefined) findings.push(finding('annotationKindMissing', 'refuse', 'kind'));
  if (kind?.needs === 'person' && (related === undefined || related === personId)) {
    findings.push(finding('annotationPersonMissing', 'refuse', 'relatedNumber'));
  }
  if (kind?.needs === 'text' && content === '') findings.push(finding('annotationContentMissing', 'refuse', 'content'));
  if (kind?.kind === 'email' && content !== '' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/u.test(content)) {
    findings.push(finding('annotationEmailWrong', 'refuse', 'content'));
  }
  const validFrom = findIsoDay(form.validFrom);
  const validTo = form.validTo === '' ? null : findIsoDay(form.validTo);
  const areDaysWrong = validFrom === undefined || validTo === undefined || (validTo !== null && validTo < validFrom);
  if (areDaysWrong) findings.push(finding('annotationDaysWrong', 'refuse', 'validFrom'));
  const reason = form.reason.trim().slice(0, longestText);
  if (reason === '') findings.push(finding('annotationReasonMissing', 'refuse', 'reason'));
  if (kind === undefined || areDaysWrong || findings.length > 0) return { answer: 'refused', findings };
  return decide([], {
    personId,
    kind: kind.kind,
    relatedPersonId: kind.needs === 'person' ? (related ?? null) : null,
    content: kind.needs === 'text' ? content : null,
    validFrom,
    validTo,
    withdraws: null,
    reason,
  });
}
