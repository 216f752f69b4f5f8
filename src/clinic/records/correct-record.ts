import { type ClinicContext, getOpenTicketOfRecord, listNumbersOf } from '#clinic/tickets';
import { requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { answerOf, Conflict, type Decision, NotFound, UnreadableInput } from '#kernel';
import { wordOfReference } from '#messages';
import { todayInTokyo } from '#platform/clock';
import { type Tx, withMunicipality } from '#platform/postgres';
import type { ChairContext, ChairState } from './check-injection.ts';
import { decideTold, deriveRecord } from './record-outcome.ts';
import { findRecord, insertRevision, lockUse } from './store.ts';
import { type OutcomeTold, type RecordRevision, recordItems } from './types.ts';

/** Which record is corrected, and which revision of it was looked at. */
export interface RevisionRequest {
  readonly recordId: string;
  readonly expectedRevision: number;
  readonly reason: string;
}

/**
 * Corrects a record of one's own institution on the day it was made: a further revision with a reason, which the office
 * hears of. What happened is corrected even where the check now refuses it: it is marked, and a person looks.
 */
export async function correctRecord(
  context: ChairContext,
  request: RevisionRequest & { readonly told: OutcomeTold },
): Promise<Decision<RecordRevision>> {
  requirePermission(context.actor, 'doses.record');
  const { actor, db } = context;
  return withMunicipality(db, actor.lgCode, async (tx) => {
    const before = await lockForChange(tx, context, request);
    const state = await loadChairOfRecord(tx, context, before);
    const told = { ...request.told, reason: request.reason.trim(), manufacturerCode: makerOf(request.told, before) };
    const { findings, check } = decideTold(context, state, told);
    const isAgainstAdvice = told.outcome === 'administered' && answerOf(findings) === 'refused';
    const drawn = deriveRecord(context, state, { recordId: before.recordId, told, check, isAgainstAdvice });
    const revision = { ...drawn, revision: before.revision + 1, vaccinatedOn: before.vaccinatedOn };
    await append(tx, context, revision, 'doses.corrected');
    return { answer: 'accepted', value: revision, findings };
  });
}

/** The maker was read off the package and stands on no page: it stays with its product. */
function makerOf(told: OutcomeTold, before: RecordRevision): string | null {
  const isSameProduct = told.plan !== null && told.plan.product === before.product;
  return told.manufacturerCode ?? (isSameProduct ? before.manufacturerCode : null);
}

/** Withdraws a record of one's own institution on the day it was made: the form can be used again. */
export async function withdrawRecord(context: ClinicContext, request: RevisionRequest): Promise<RecordRevision> {
  requirePermission(context.actor, 'doses.record');
  const { actor, db, clock } = context;
  return withMunicipality(db, actor.lgCode, async (tx) => {
    const before = await lockForChange(tx, context, request);
    const revision: RecordRevision = {
      ...before,
      kind: 'withdrawal',
      revision: before.revision + 1,
      reason: request.reason.trim(),
      staffName: actor.staffName,
      recordedAt: clock.now(),
    };
    await append(tx, context, revision, 'doses.withdrawn');
    return revision;
  });
}

async function lockForChange(tx: Tx, context: ClinicContext, request: RevisionRequest): Promise<RecordRevision> {
  if (request.reason.trim() === '') throw new UnreadableInput('訂正・取消の理由を入力してください。');
  const isThere = await lockUse(tx, request.recordId);
  const before = await getOwnRecord(tx, context, request.recordId);
  if (!isThere || before.kind === 'withdrawal') throw new Conflict('この記録は、すでに取り消されています。');
  if (before.revision !== request.expectedRevision) {
    throw new Conflict('この記録は、別の画面で訂正されました。最新の内容を確かめてください。');
  }
  if (before.vaccinatedOn !== todayInTokyo(context.clock)) {
    throw new Conflict('訂正と取消は記録した当日だけできます。翌日からは、自治体の予防接種担当に連絡してください。');
  }
  return before;
}

/** A record of one's own institution; throws NotFound for every other. */
export async function getOwnRecord(tx: Tx, context: ClinicContext, recordId: string): Promise<RecordRevision> {
  const record = recordId === '' ? undefined : await findRecord(tx, recordId, context.institutionCode);
  if (record === undefined) throw new NotFound('この記録は見つかりません。一覧から選び直してください。');
  return record;
}

async function loadChairOfRecord(tx: Tx, context: ClinicContext, before: RecordRevision): Promise<ChairState> {
  const found = await getOpenTicketOfRecord(tx, before.formNumber, context.institutionCode);
  if (found === undefined) {
    throw new Conflict('この予診票は、自治体側で使えなくなりました。訂正は自治体の予防接種担当に連絡してください。');
  }
  const { patient } = found.opened;
  // The office may have told us of this very dose already: it is judged as if it were given now, not beside itself.
  const told = patient.doses.findIndex((dose) => dose.product === before.product && dose.on === before.vaccinatedOn);
  const doses = patient.doses.filter((_dose, i) => i !== told);
  return { ...found, opened: { ...found.opened, patient: { ...patient, doses } } };
}

async function append(tx: Tx, { actor }: ClinicContext, revision: RecordRevision, act: string): Promise<void> {
  const { staffId } = actor;
  if (staffId === null) throw new TypeError('only a person records');
  await insertRevision(tx, { record: revision, staffId });
  const record = wordOfReference(revision.recordId);
  const details = { record, revision: revision.revision, patient: wordOfReference(revision.patientRef) };
  const personIds = await listNumbersOf(tx, [revision.patientRef]);
  await recordAct(tx, actor, {
    act,
    personIds,
    items: recordItems,
    details: { ...details, outcome: revision.outcome },
  });
}
