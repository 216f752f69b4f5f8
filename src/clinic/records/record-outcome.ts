import { decideTicket, type InjectionCheck } from '#clinic/check';
import { requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { answerOf, Conflict, type Decision, decide, type Finding, finding } from '#kernel';
import { wordOfReference } from '#messages';
import { todayInTokyo } from '#platform/clock';
import { type Tx, withMunicipality } from '#platform/postgres';
import { type ChairContext, type ChairState, checkChair, loadChair } from './check-injection.ts';
import { findRecord, insertRecord } from './store.ts';
import type { OutcomeTold, RecordRevision } from './types.ts';

const uniqueViolation = '23505';

/**
 * Records what was done with a form: checked once more with the person locked, then record, use, outbox and act in one
 * transaction. Sent again with the same record number it answers the first record. A form that was used meanwhile is a
 * Conflict; what the check refuses is refused, unless the dose is told to have been given already (rule 7).
 */
export async function recordOutcome(
  context: ChairContext,
  request: { readonly openingId: string; readonly recordId: string; readonly told: OutcomeTold },
): Promise<Decision<RecordRevision>> {
  requirePermission(context.actor, 'doses.record');
  const { actor, db, institutionCode } = context;
  try {
    return await withMunicipality(db, actor.lgCode, async (tx) => {
      const state = await loadChair(tx, context, request.openingId, { forRecord: true });
      const isSentAgain = state.opened.uses.some((use) => use.recordId === request.recordId);
      const known = isSentAgain ? await findRecord(tx, request.recordId, institutionCode) : undefined;
      if (known !== undefined) return decide([], known);
      const { formNumber } = state.opened.ticket;
      if (state.opened.uses.some((use) => use.formNumber === formNumber)) throw usedMeanwhile();
      return await decideAndAppend(tx, context, state, request);
    });
  } catch (error) {
    if ((error as { code?: string }).code === uniqueViolation) throw usedMeanwhile();
    throw error;
  }
}

async function decideAndAppend(
  tx: Tx,
  context: ChairContext,
  state: ChairState,
  { recordId, told }: { readonly recordId: string; readonly told: OutcomeTold },
): Promise<Decision<RecordRevision>> {
  const { actor } = context;
  const { staffId } = actor;
  if (staffId === null) throw new TypeError('only a person records');
  const { findings, check } = decideTold(context, state, told);
  const answer = answerOf(findings);
  const mayGoOn = answer === 'accepted' || (told.reason !== null && (answer === 'questioned' || told.isGivenAnyway));
  if (!mayGoOn) return { answer: 'refused', findings: withReasonMissing(findings, told) };
  const record = deriveRecord(context, state, { recordId, told, check, isAgainstAdvice: answer === 'refused' });
  await insertRecord(tx, record, staffId);
  const details = {
    record: wordOfReference(recordId),
    outcome: told.outcome,
    patient: wordOfReference(record.patientRef),
    institution: record.institutionCode,
    isAgainstAdvice: record.isAgainstAdvice,
  };
  await recordAct(tx, actor, { act: 'doses.recorded', details });
  return { answer: 'accepted', value: record, findings };
}

/** What the check says of what was told; an interview without a dose needs a form that holds, nothing else. */
export function decideTold(
  context: ChairContext,
  state: ChairState,
  told: OutcomeTold,
): { findings: readonly Finding[]; check: InjectionCheck | null } {
  if (told.plan !== null) {
    const check = checkChair(context, state, told.plan);
    return { findings: check.findings, check };
  }
  const on = todayInTokyo(context.clock);
  const { institution } = state;
  const findings = decideTicket({ institution, ticket: state.opened.ticket, on });
  if (told.outcome === 'screeningOnly' && told.reason === null) {
    findings.push(finding('screeningReasonMissing', 'refuse', 'reason'));
  }
  return { findings, check: null };
}

/** The record as it will stand, from the form, the check and what was told. */
export function deriveRecord(
  context: ChairContext,
  state: ChairState,
  given: {
    readonly recordId: string;
    readonly told: OutcomeTold;
    readonly check: InjectionCheck | null;
    readonly isAgainstAdvice: boolean;
  },
): RecordRevision {
  const { ticket, patient } = state.opened;
  const { told, check } = given;
  const judged = check?.judged ?? null;
  const isOfForm = judged !== null && judged.programme === ticket.programme && judged.stage !== null;
  return {
    recordId: given.recordId,
    revision: 1,
    kind: 'record',
    formNumber: ticket.formNumber,
    patientRef: patient.patientRef,
    institutionCode: context.institutionCode,
    outcome: told.outcome,
    vaccinatedOn: todayInTokyo(context.clock),
    programme: ticket.programme,
    stage: isOfForm ? (judged.stage ?? ticket.stage) : ticket.stage,
    doseNumber: isOfForm ? (judged.doseNumber ?? ticket.doseNumber) : ticket.doseNumber,
    product: told.plan?.product ?? null,
    lotNumber: told.plan?.lotNumber ?? null,
    expiresOn: told.plan?.expiresOn ?? null,
    manufacturerCode: told.manufacturerCode,
    doseVolumeMl: told.doseVolumeMl,
    physician: told.physician,
    bodyTemperature: told.bodyTemperature,
    reason: told.reason,
    findings: check?.findings ?? [],
    isAgainstAdvice: given.isAgainstAdvice,
    staffName: context.actor.staffName,
    recordedAt: context.clock.now(),
  };
}

function withReasonMissing(findings: readonly Finding[], told: OutcomeTold): readonly Finding[] {
  const needsReason = told.reason === null && (answerOf(findings) === 'questioned' || told.isGivenAnyway);
  return needsReason ? [...findings, finding('reasonMissing', 'refuse', 'reason')] : findings;
}

function usedMeanwhile(): Conflict {
  return new Conflict(
    'この予診票は、先に記録されています（ほかの医療機関か、別の画面での記録です）。接種していなければ接種せず、母子健康手帳を確かめてください。',
  );
}
