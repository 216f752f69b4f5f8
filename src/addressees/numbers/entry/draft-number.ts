import { timingSafeEqual } from 'node:crypto';
import { listPersonSummaries } from '#addressees/persons';
import { type ApprovalKind, isSamePerson, requestApproval, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type Decision, decide, type Finding, finding, isIndividualNumber, type PersonId } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { withMunicipality } from '#platform/postgres';
import { withNumberKeys } from '../number-keys.ts';
import { findNumberState } from '../store.ts';
import type { VaultContext } from '../types.ts';
import {
  deleteDraft,
  type EntryKind,
  findDraft,
  findEntry,
  insertDraft,
  insertEntry,
  listEntriesOf,
  markApproved,
  markChecked,
  settleEntry,
} from './entry-store.ts';

/** What the first person types. */
export interface TypedNumber {
  readonly individualNumber: string;
  readonly branchNumber: string;
  readonly kind: string;
  readonly grounds: string;
}

const kinds: Readonly<Record<EntryKind, string>> = {
  first: '初めての登録',
  correction: '誤りの訂正',
  changed: '番号の変更',
};

/** Drafts are sealed as of no row of the history: what lies there can never pass for one. */
export const draftVersion = 0;

/** 個人番号の手入力: typed by one person, typed again by another, who then approves; written into the vault after that. */
export function numberEntryKind(now: () => Date): ApprovalKind {
  return {
    kind: 'numbers.entry',
    nameJa: '個人番号の手入力',
    requestPermission: 'numbers.enter',
    approvePermission: 'numbers.approveEntry',
    daysOpen: 14,
    describe: async (tx, subject) => {
      const entry = await findEntry(tx, Number(subject['entryId']));
      const personIds = entry === undefined ? [] : [entry.personId];
      const [person] = await listPersonSummaries(tx, personIds, todayInTokyo({ now }));
      if (entry === undefined || person === undefined) return [['対象', 'すでにない手入力です']];
      return [
        ['宛名番号', person.addresseeNumber],
        ['種類', kinds[entry.kind]],
        ['枝番', entry.branchNumber ?? 'なし'],
        ['番号を確かめた書類', entry.grounds],
        [
          '二人目の入力',
          entry.checkedByName === null
            ? 'まだです。この人の個人番号の画面で、書類を見て同じ番号を入れてから承認してください'
            : `${entry.checkedByName}（一人目と同じ番号でした）`,
        ],
      ];
    },
    listPersonIds: async (tx, subject) => {
      const entry = await findEntry(tx, Number(subject['entryId']));
      return entry === undefined ? [] : [entry.personId];
    },
    findFaults: async (tx, _requester, subject) => {
      const entry = await findEntry(tx, Number(subject['entryId']));
      return entry?.state === 'drafted' ? [] : [finding('entryGone', 'refuse', null)];
    },
    carryOut: async (tx, by, subject) => {
      const entry = await findEntry(tx, Number(subject['entryId']), { isLocking: true });
      if (entry?.state !== 'drafted') return decide([finding('entryGone', 'refuse', null)], null);
      // Whoever approves has typed the number from the paper: nobody approves what nobody else saw.
      if (entry.checkedBy === null || entry.checkedBy !== by.approver.staffId) {
        return decide([finding('entryNotTypedTwice', 'refuse', null)], null);
      }
      await markApproved(tx, entry.entryId, by.at);
      const details = { entry: entry.entryId, requestId: by.requestId };
      await recordAct(tx, by.approver, { act: 'numbers.entryApproved', personIds: [entry.personId], details });
      return decide([], null);
    },
  };
}

/**
 * Takes a number that one person typed from a paper: checked, sealed at once, never shown again. The value is the request's
 * number.
 */
export async function draftNumber(
  context: VaultContext,
  kind: ApprovalKind,
  personId: PersonId,
  typed: TypedNumber,
): Promise<Decision<number>> {
  const { db, actor, clock } = context;
  requirePermission(actor, 'numbers.enter');
  const { staffId } = actor;
  if (staffId === null) throw new TypeError('only a person types a number');
  const faults = findFaults(typed);
  if (faults.length > 0) return decide(faults, 0);
  const { individualNumber, grounds } = typed;
  const state = await withMunicipality(db, actor.lgCode, (tx) => findNumberState(tx, personId), { role: 'vault' });
  const entryKind = typed.kind as EntryKind;
  if (state.isOnRecord === (entryKind === 'first')) return decide([finding('entryKindWrong', 'refuse', 'kind')], 0);
  const open = await withMunicipality(db, actor.lgCode, (tx) => listEntriesOf(tx, personId));
  if (open.some((each) => each.state === 'approved')) return decide([finding('entryUnderWay', 'refuse', null)], 0);
  for (const each of open.filter(({ state: at }) => at === 'drafted')) await giveUp(context, each.entryId);
  const branchNumber = typed.branchNumber === '' ? null : typed.branchNumber;
  const entryId = await withMunicipality(db, actor.lgCode, async (tx) => {
    const draftedBy = { draftedAt: clock.now(), draftedBy: staffId, draftedByName: actor.staffName };
    const kept = await insertEntry(tx, { personId, kind: entryKind, branchNumber, grounds, ...draftedBy });
    await recordAct(tx, actor, { act: 'numbers.entryDrafted', personIds: [personId], details: { entry: kept } });
    return kept;
  });
  await withNumberKeys(context, (keys) =>
    withMunicipality(
      db,
      actor.lgCode,
      async (tx) => {
        await keys.requireNewest(tx);
        await insertDraft(tx, entryId, {
          personId,
          sealed: keys.seal(individualNumber, personId, draftVersion),
          keyVersion: keys.encryptionVersion,
          numberIndex: keys.index(individualNumber),
          indexKeyVersion: keys.indexVersion,
        });
      },
      { role: 'vault' },
    ),
  );
  return requestApproval(context, kind, { subject: { entryId }, reason: grounds });
}

/** A new draft takes the place of one that nobody approved: its number is let go, and its request comes to nothing. */
async function giveUp({ db, actor, clock }: VaultContext, entryId: number): Promise<void> {
  await withMunicipality(db, actor.lgCode, (tx) => deleteDraft(tx, entryId), { role: 'vault' });
  await withMunicipality(db, actor.lgCode, (tx) => settleEntry(tx, entryId, 'replaced', clock.now()));
}

function findFaults({ individualNumber, branchNumber, kind, grounds }: TypedNumber): Finding[] {
  const faults: Finding[] = [];
  const isFiller = /^0*$/u.test(individualNumber);
  if (isFiller || !isIndividualNumber(individualNumber)) {
    faults.push(finding('numberMistyped', 'refuse', 'individualNumberEntry'));
  }
  if (!/^\d{0,4}$/u.test(branchNumber)) faults.push(finding('entryBranchWrong', 'refuse', 'branchNumber'));
  if (!Object.hasOwn(kinds, kind)) faults.push(finding('entryKindWrong', 'refuse', 'kind'));
  if (grounds.trim() === '') faults.push(finding('entryGroundsMissing', 'refuse', 'grounds'));
  return faults;
}

/** The second person types the number from the paper; where it is not the same, that is all that is said. */
export async function checkDraft(
  context: VaultContext,
  entryId: number,
  individualNumber: string,
): Promise<Decision<null>> {
  const { db, actor, clock } = context;
  requirePermission(actor, 'numbers.approveEntry');
  const { staffId, staffName } = actor;
  if (staffId === null) throw new TypeError('only a person types a number');
  const { entry, isOwn } = await withMunicipality(db, actor.lgCode, async (tx) => {
    const found = await findEntry(tx, entryId);
    return { entry: found, isOwn: await isSamePerson(tx, found?.draftedBy ?? null, staffId) };
  });
  if (entry?.state !== 'drafted') return decide([finding('entryGone', 'refuse', null)], null);
  if (isOwn) return decide([finding('entryOwn', 'refuse', null)], null);
  if (!isIndividualNumber(individualNumber))
    return decide([finding('numberMistyped', 'refuse', 'individualNumberAgain')], null);
  const isSame = await withNumberKeys(context, async (keys) => {
    const draft = await withMunicipality(db, actor.lgCode, (tx) => findDraft(tx, entryId), { role: 'vault' });
    if (draft === undefined) return false;
    const index = keys.indexes(individualNumber).get(draft.indexKeyVersion);
    return index !== undefined && timingSafeEqual(index, draft.numberIndex);
  });
  await withMunicipality(db, actor.lgCode, async (tx) => {
    if (isSame) await markChecked(tx, entryId, { staffId, staffName, at: clock.now() });
    await recordAct(tx, actor, {
      act: 'numbers.entryChecked',
      outcome: isSame ? 'done' : 'refused',
      personIds: [entry.personId],
      details: { entry: entryId },
    });
  });
  return decide(isSame ? [] : [finding('entryDiffers', 'refuse', 'individualNumberAgain')], null);
}
