import { randomUUID } from 'node:crypto';
import { listPersonSummaries, sexWord } from '#addressees/persons';
import { type ActionContext, type ApprovalKind, requestApproval, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type Decision, decide, finding, hasIndividualNumber, type PersonId } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { withMunicipality } from '#platform/postgres';
import { insertConfirmation, keepSettlement, listConfirmationsOf } from './confirmation-store.ts';

/**
 * 本人確認情報の照会 (AD-18): one person fixes about whom, another confirms that it is this one; only then 市町村CS is asked.
 * What is asked goes out afterwards, by the worker.
 */
export function registerConfirmationKind(now: () => Date): ApprovalKind {
  return {
    kind: 'numbers.registerConfirmation',
    nameJa: '住基ネットでの本人確認の対象者の確定',
    requestPermission: 'numbers.askRegister',
    approvePermission: 'numbers.approveRegisterQuestion',
    daysOpen: 7,
    describe: async (tx, subject) => {
      const personId = Number(subject['personId']) as PersonId;
      const [person] = await listPersonSummaries(tx, [personId], todayInTokyo({ now }));
      if (person === undefined) return [['対象', 'すでにない記録です']];
      return [
        ['宛名番号', person.addresseeNumber],
        ['氏名', person.name],
        ['カナ', person.kana],
        ['生年月日', person.birthText],
        ['性別', sexWord(person.sex)],
        [
          '住所',
          person.isAddressHidden ? '支援措置のため表示しません（住所は照会に使いません）' : (person.address ?? 'なし'),
        ],
      ];
    },
    listPersonIds: (_tx, subject) => Promise.resolve([Number(subject['personId']) as PersonId]),
    findFaults: async (tx, _requester, subject) => {
      const asked = await listConfirmationsOf(tx, [Number(subject['personId']) as PersonId]);
      return asked.some(({ state }) => state === 'approved') ? [finding('registerAskedAlready', 'refuse', null)] : [];
    },
    carryOut: async (tx, by, subject) => {
      const personId = Number(subject['personId']) as PersonId;
      const { requester, approver, reason, at } = by;
      if (approver.staffId === null) throw new TypeError('only a person confirms a subject');
      const confirmationId = await insertConfirmation(
        tx,
        {
          personId,
          reason,
          askedBy: { staffId: requester.staffId, name: requester.displayName },
          confirmedBy: { staffId: approver.staffId, name: approver.staffName },
          requestRef: randomUUID(),
        },
        at,
      );
      const details = { confirmation: confirmationId, requestId: by.requestId };
      await recordAct(tx, approver, { act: 'numbers.registerQuestionFixed', personIds: [personId], details });
      return decide([], null);
    },
  };
}

/** Fixes about whom 市町村CS is to be asked, and why; the value is the request's number. */
export async function askAtRegister(
  context: ActionContext,
  kind: ApprovalKind,
  personId: PersonId,
  reason: string,
): Promise<Decision<number>> {
  return requestApproval(context, kind, { subject: { personId }, reason });
}

/** Says how a difference was settled; it leaves the work list and stays on record. */
export async function settleDifference(
  { db, actor, clock }: ActionContext,
  confirmationId: number,
  note: string,
): Promise<Decision<null>> {
  requirePermission(actor, 'numbers.askRegister');
  const said = note.trim().slice(0, 400);
  if (said === '') return decide([finding('differenceNoteMissing', 'refuse', 'note')], null);
  if (hasIndividualNumber(said)) return decide([finding('differenceNoteNumber', 'refuse', 'note')], null);
  return withMunicipality(db, actor.lgCode, async (tx) => {
    const by = { staffId: actor.staffId, name: actor.staffName, at: clock.now(), note: said };
    const personId = await keepSettlement(tx, confirmationId, by);
    if (personId === undefined) return decide([finding('differenceGone', 'refuse', null)], null);
    const details = { confirmation: confirmationId };
    await recordAct(tx, actor, { act: 'numbers.registerDifferenceSettled', personIds: [personId], details });
    return decide([], null);
  });
}
