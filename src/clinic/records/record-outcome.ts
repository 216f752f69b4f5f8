import { decideTicket, type InjectionCheck } from '#clinic/check';
import { closedTicket, findPatientNumbers, holdOpenTickets, type OpenTicket } from '#clinic/tickets';
import { requirePermission } from '#common-base/access';
import { type ActOf, recordActs } from '#common-base/audit';
import { answerOf, Conflict, type Decision, decide, type Finding, finding, type PersonId, type StaffId } from '#kernel';
import { wordOfReference } from '#messages';
import { todayInTokyo } from '#platform/clock';
import { type Database, gatherWork, type Settled, type Tx } from '#platform/postgres';
import { type ChairContext, type ChairState, chairOf, checkChair } from './check-injection.ts';
import { findRecord, insertRecords } from './store.ts';
import { type OutcomeTold, type RecordRevision, recordItems } from './types.ts';

const uniqueViolation = '23505';

/** What one clinic asks to be recorded. */
export interface RecordRequest {
  readonly openingId: string;
  readonly recordId: string;
  readonly told: OutcomeTold;
}

/** Records what was done with a form, and answers once it is safe on the disk. */
export type Recorder = (context: ChairContext, request: RecordRequest) => Promise<Decision<RecordRevision>>;

/**
 * Opens the one way to records: whoever asks at the same moment is recorded in one transaction, each checked and settled
 * for itself. A form that was used meanwhile is a Conflict; what the check refuses is refused, unless the dose is told to
 * have been given already (rule 7). Sent again with the same record number it answers the first record.
 */
export function openRecorder(db: Database): Recorder {
  const record = gatherWork(db, recordTogether);
  return async (context, request) => {
    const { actor } = context;
    requirePermission(actor, 'doses.record');
    const { staffId } = actor;
    if (staffId === null) throw new TypeError('only a person records');
    if (request.openingId === '') throw closedTicket();
    try {
      return await record(actor.lgCode, { ...request, context, staffId });
    } catch (error) {
      if ((error as { code?: string }).code === uniqueViolation) throw usedMeanwhile();
      throw error;
    }
  };
}

/** What became of a request, and the record that is to be written of it. */
type Judged = Settled<Decision<RecordRevision>> & { readonly record?: RecordRevision };

type Asked = RecordRequest & { readonly context: ChairContext; readonly staffId: StaffId };

/**
 * Checks once more with the people locked, then appends records, uses, outbox and acts, each in one statement. A second
 * record for a person goes in the next transaction: it is judged by what the first one wrote.
 */
async function recordTogether(tx: Tx, all: readonly Asked[]): Promise<readonly Judged[]> {
  const [first] = all;
  if (first === undefined) return [];
  const asked = all.map(({ openingId, context }) => ({ openingId, institutionCode: context.institutionCode }));
  const opened = await holdOpenTickets(tx, asked, first.context.clock.now());
  const people = new Set<string>();
  const judged: Judged[] = [];
  for (const [i, request] of all.entries()) judged.push(await judge(tx, request, { opened: opened[i], people }));
  const written = all.flatMap((request, i) => {
    const record = judged[i]?.record;
    return record === undefined ? [] : [{ ...request, record }];
  });
  if (written.length === 0) return judged;
  await insertRecords(tx, written);
  const numbers = await findPatientNumbers(
    tx,
    written.map(({ record }) => record.patientRef),
  );
  await recordActs(
    tx,
    written.map((each) => actOf(each, numbers.get(each.record.patientRef))),
  );
  return judged;
}

/** One of several; nothing is written yet. What is thrown here sends each of them into a transaction of its own. */
async function judge(
  tx: Tx,
  request: Asked,
  { opened, people }: { readonly opened: OpenTicket | undefined; readonly people: Set<string> },
): Promise<Judged> {
  if (opened === undefined) return { kind: 'failed', error: closedTicket() };
  const { patientRef } = opened.patient;
  if (people.has(patientRef)) return { kind: 'alone' };
  people.add(patientRef);
  const known = await findSentBefore(tx, request, opened);
  if (known !== undefined) return { kind: 'done', answer: decide([], known) };
  const isUsed = opened.uses.some((use) => use.formNumber === opened.ticket.formNumber);
  if (isUsed) return { kind: 'failed', error: usedMeanwhile() };
  const answer = decideRecord(request.context, chairOf(request.context, opened), request);
  return answer.answer === 'refused' ? { kind: 'done', answer } : { kind: 'done', answer, record: answer.value };
}

/** The record that a bad line sends again; undefined for a new one, and for one of another institution. */
async function findSentBefore(tx: Tx, request: Asked, opened: OpenTicket): Promise<RecordRevision | undefined> {
  if (!opened.uses.some((use) => use.recordId === request.recordId)) return undefined;
  return await findRecord(tx, request.recordId, request.context.institutionCode);
}

function decideRecord(
  context: ChairContext,
  state: ChairState,
  { recordId, told }: RecordRequest,
): Decision<RecordRevision> {
  const { findings, check } = decideTold(context, state, told);
  const answer = answerOf(findings);
  const mayGoOn = answer === 'accepted' || (told.reason !== null && (answer === 'questioned' || told.isGivenAnyway));
  if (!mayGoOn) return { answer: 'refused', findings: withReasonMissing(findings, told) };
  const record = deriveRecord(context, state, { recordId, told, check, isAgainstAdvice: answer === 'refused' });
  return { answer: 'accepted', value: record, findings };
}

function actOf(
  { context, record }: Asked & { readonly record: RecordRevision },
  personId: PersonId | undefined,
): ActOf {
  const details = {
    record: wordOfReference(record.recordId),
    outcome: record.outcome,
    patient: wordOfReference(record.patientRef),
    institution: record.institutionCode,
    isAgainstAdvice: record.isAgainstAdvice,
  };
  const personIds = personId === undefined ? [] : [personId];
  return { by: context.actor, act: { act: 'doses.recorded', personIds, items: recordItems, details } };
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
  const findings = decideTicket({ institution, ticket: state.opened.ticket, on, rules: context.rules });
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
    'この予診票は、先に記録されています（ほかの医療機関か、別の画面での記録です）。まだ接種していなければ接種せず、母子健康手帳を確かめてください。接種してしまったときは紙の予診票に記録し、自治体に電話で知らせてください。',
  );
}
