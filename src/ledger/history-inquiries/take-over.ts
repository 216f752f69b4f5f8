import { loadPersonsForJudging } from '#addressees/persons';
import type { ActionContext, ApprovalKind, ApprovalSubject, ApprovedBy } from '#common-base/access';
import { requestApproval } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type Day, type Decision, decide, type Finding, finding } from '#kernel';
import { appendEntries, loadHistories, loadLedgerVersions, recordWordingOf } from '#ledger/vaccinations';
import { todayInTokyo } from '#platform/clock';
import type { Tx } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { decideRecord, type RecordVerdict } from './decide-take-over.ts';
import { changeInquiry, findInquiry, listAnswer, markTakenOver } from './inquiry-store.ts';
import type { AnswerRecord, HistoryInquiry } from './types.ts';

/** A record with what became or would become of it. */
export interface ComparedRecord extends AnswerRecord {
  readonly verdict: RecordVerdict;
}

/** An answer beside the person's own doses. */
export interface ComparedAnswer {
  readonly inquiry: HistoryInquiry;
  readonly records: readonly ComparedRecord[];
  readonly addresseeNumber: string;
  /** Of the person's ledger at this moment. */
  readonly version: number;
}

/** Holds an answer against the ledger as it is now; undefined where there is no such inquiry. */
export async function compareAnswer(
  tx: Tx,
  inquiryId: number,
  given: { readonly rules: RuleSet; readonly today: Day; readonly isLocking?: boolean },
): Promise<ComparedAnswer | undefined> {
  const inquiry = await findInquiry(tx, inquiryId, { isLocking: given.isLocking === true });
  if (inquiry === undefined) return undefined;
  const { personId, askedOf, processingNumber } = inquiry;
  const [person] = await loadPersonsForJudging(tx, { personIds: [personId] });
  const own = (await loadHistories(tx, [personId])).get(personId) ?? [];
  const bornOn = person?.isBirthDateUncertain === true ? null : (person?.bornOn ?? null);
  const { rules, today } = given;
  const records = (await listAnswer(tx, inquiryId)).map((record) => {
    const against = { personId, bornOn, today, askedOf: askedOf ?? '', processingNumber, own, rules };
    return { ...record, verdict: decideRecord(record, against) };
  });
  const addresseeNumber = person?.addresseeNumber ?? '';
  return { inquiry, records, addresseeNumber, version: (await loadLedgerVersions(tx, [personId])).get(personId) ?? 0 };
}

/** Asks another person to take over the records that were chosen; the value is the request's number. */
export async function proposeTakeOver(
  context: ActionContext,
  kind: ApprovalKind,
  asked: {
    readonly inquiryId: number;
    readonly ordinals: readonly number[];
    readonly version: number;
    readonly reason: string;
  },
): Promise<Decision<number>> {
  const { inquiryId, ordinals, version, reason } = asked;
  if (ordinals.length === 0) return decide([finding('nothingChosen', 'refuse', 'ordinals')], 0);
  const subject = { inquiryId, ordinals: ordinals.toSorted((a, b) => a - b).join(','), version };
  return requestApproval(context, kind, { subject, reason });
}

/**
 * Taking records of another municipality into the ledger: one person compares them with the person's own doses and
 * chooses, another looks again and approves. A ledger or an answer that changed meanwhile is looked at anew.
 */
export function takeOverKind(rulesInForce: (tx: Tx) => Promise<RuleSet>, now: () => Date): ApprovalKind {
  const load = async (tx: Tx, subject: ApprovalSubject, isLocking: boolean): Promise<ComparedAnswer | undefined> => {
    const given = { rules: await rulesInForce(tx), today: todayInTokyo({ now }), isLocking };
    return compareAnswer(tx, Number(subject['inquiryId']), given);
  };
  return {
    kind: 'histories.takeOver',
    nameJa: '転出元の接種記録の台帳への登録',
    requestPermission: 'histories.compare',
    approvePermission: 'histories.approveTakeOver',
    daysOpen: 14,
    describe: async (tx, subject) => {
      const compared = await load(tx, subject, false);
      if (compared === undefined) return [['対象', 'すでにない照会です']];
      const words = recordWordingOf(await rulesInForce(tx));
      const chosen = chosenOf(compared, subject);
      return [
        ['宛名番号', compared.addresseeNumber],
        ['転出元の団体コード', compared.inquiry.askedOf ?? ''],
        ['処理通番', compared.inquiry.processingNumber ?? ''],
        ['登録する記録', `${chosen.length}件（回答は${compared.records.length}件）`],
        ...chosen.map(
          ({ dose, ordinal }) =>
            [
              `記録 ${ordinal}`,
              `${dose.vaccinatedOn} ${words.stage(dose.programme, dose.stage)}${dose.doseNumber === null ? '' : ` ${dose.doseNumber}回目`}${dose.lotNumber === null ? '' : `　ロット ${dose.lotNumber}`}`,
            ] as const,
        ),
      ];
    },
    listPersonIds: async (tx, subject) => {
      const inquiry = await findInquiry(tx, Number(subject['inquiryId']));
      return inquiry === undefined ? [] : [inquiry.personId];
    },
    findFaults: async (tx, _requester, subject) => faultsOf(await load(tx, subject, false), subject),
    carryOut: async (tx, by, subject) => {
      const compared = await load(tx, subject, true);
      const faults = faultsOf(compared, subject);
      if (faults.length > 0 || compared === undefined) return decide(faults, null);
      await enter(tx, by, compared, subject);
      return decide([], null);
    },
  };
}

function faultsOf(compared: ComparedAnswer | undefined, subject: ApprovalSubject): Finding[] {
  if (compared?.inquiry.state !== 'answered') return [finding('answerGone', 'refuse', null)];
  if (compared.version !== Number(subject['version'])) return [finding('ledgerChangedMeanwhile', 'refuse', null)];
  const chosen = chosenOf(compared, subject);
  const isWhole = chosen.length === String(subject['ordinals']).split(',').length;
  return isWhole && chosen.every(({ verdict }) => verdict.kind === 'new')
    ? []
    : [finding('recordNotNew', 'refuse', null)];
}

function chosenOf({ records }: ComparedAnswer, subject: ApprovalSubject): ComparedRecord[] {
  const ordinals = new Set(String(subject['ordinals']).split(',').map(Number));
  return records.filter(({ ordinal }) => ordinals.has(ordinal));
}

async function enter(tx: Tx, by: ApprovedBy, compared: ComparedAnswer, subject: ApprovalSubject): Promise<void> {
  const { inquiryId, personId } = compared.inquiry;
  const chosen = chosenOf(compared, subject).flatMap(({ ordinal, verdict }) =>
    verdict.kind === 'new' ? [{ ordinal, entry: verdict.entry }] : [],
  );
  const closedByName = `${by.requester.displayName}（承認 ${by.approver.staffName}）`;
  const { entryIds } = await appendEntries(
    tx,
    by.approver,
    chosen.map(({ entry }) => entry),
    {
      act: 'histories.takenOver',
      expectedVersions: new Map([[personId, compared.version]]),
      recorder: { staffId: by.requester.staffId, staffName: closedByName },
    },
  );
  for (const [i, { ordinal }] of chosen.entries()) {
    const entryId = entryIds[i];
    if (entryId !== undefined) await markTakenOver(tx, inquiryId, ordinal, entryId);
  }
  await changeInquiry(tx, inquiryId, ['answered'], { state: 'takenOver', closedAt: by.at, closedByName });
  await recordAct(tx, by.approver, {
    act: 'histories.closed',
    personIds: [personId],
    details: { inquiry: inquiryId, records: chosen.length, requestId: by.requestId },
  });
}
