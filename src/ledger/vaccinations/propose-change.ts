import {
  type ActionContext,
  type ApprovalKind,
  type ApprovalSubject,
  requestApproval,
  requirePermission,
} from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { Conflict, type Decision, decide, type EntryId, finding, formatIsoDay, UnreadableInput } from '#kernel';
import { type Tx, withMunicipality } from '#platform/postgres';
import { correctInLedger, requireCorrection } from './correct-entry.ts';
import { deriveChangedItems, type RecordWording } from './derive-changed-items.ts';
import { type ChangeProposal, findProposal, insertProposal } from './proposal-store.ts';
import { loadEntries } from './read-entries.ts';
import { retractInLedger } from './retract-entries.ts';
import { loadLedgerVersions } from './store.ts';
import type { FactChanges } from './types.ts';

/** What of a record is to change; without `changes` it is to be taken back. */
export interface ProposedChange {
  readonly entryId: EntryId;
  readonly changes: FactChanges | null;
  readonly reason: string;
  readonly expectedVersion: number;
}

/** Keeps what is to change and asks for another person's approval (LG-04); the value is the request's number. */
export async function proposeChange(
  context: ActionContext,
  kind: ApprovalKind,
  asked: ProposedChange,
): Promise<Decision<number>> {
  const { actor } = context;
  requirePermission(actor, 'vaccinations.correct');
  if (asked.changes !== null) requireCorrection({ changes: asked.changes, reason: asked.reason });
  if (asked.reason.trim() === '') throw new UnreadableInput('理由を入力してください。');
  const proposalId = await withMunicipality(context.db, actor.lgCode, async (tx) => {
    const entry = (await loadEntries(tx, [asked.entryId])).get(asked.entryId);
    if (entry?.isCurrent !== true) throw new Conflict(alreadyChanged);
    const actId = await recordAct(tx, actor, {
      act: 'vaccinations.changeProposed',
      personIds: [entry.personId],
      details: { entry: asked.entryId, kind: asked.changes === null ? 'retraction' : 'correction' },
    });
    return await insertProposal(tx, actId, {
      entryId: asked.entryId,
      kind: asked.changes === null ? 'retraction' : 'correction',
      changes: storedChanges(asked.changes),
      reason: asked.reason,
      expectedVersion: asked.expectedVersion,
    });
  });
  return await requestApproval(context, kind, { subject: { proposalId }, reason: asked.reason });
}

const alreadyChanged = 'この接種記録は、すでに訂正または取消されています。最新の接種歴を確かめてください。';

/** Corrections and retractions that wait for another person; `wordsOf` turns codes into the office's words. */
export function recordChangeKind(wordsOf: (tx: Tx) => Promise<RecordWording>): ApprovalKind {
  return {
    kind: 'vaccinations.change',
    nameJa: '接種記録の訂正・取消',
    requestPermission: 'vaccinations.correct',
    approvePermission: 'vaccinations.approveCorrection',
    daysOpen: 14,
    describe: async (tx, subject) => await describeProposal(tx, await getProposal(tx, subject), await wordsOf(tx)),
    listPersonIds: async (tx, subject) => {
      const { entryId } = await getProposal(tx, subject);
      const entry = (await loadEntries(tx, [entryId])).get(entryId);
      return entry === undefined ? [] : [entry.personId];
    },
    findFaults: () => Promise.resolve([]),
    carryOut: async (tx, by, subject) => {
      const { entryId, kind, changes, reason, expectedVersion } = await getProposal(tx, subject);
      const entry = (await loadEntries(tx, [entryId])).get(entryId);
      if (entry?.isCurrent !== true) return decide([finding('recordChangedMeanwhile', 'refuse', null)], null);
      const recorder = {
        staffId: by.requester.staffId,
        staffName: `${by.requester.displayName}（承認 ${by.approver.staffName}）`,
      };
      const isSeen = (await loadLedgerVersions(tx, [entry.personId])).get(entry.personId) === expectedVersion;
      if (!isSeen) return decide([finding('recordChangedMeanwhile', 'refuse', null)], null);
      if (kind === 'correction') {
        await correctInLedger(tx, by.approver, { entryId, changes, reason, expectedVersion }, recorder);
      } else {
        const expectedVersions = new Map([[entry.personId, expectedVersion]]);
        await retractInLedger(tx, by.approver, { entryIds: [entryId], reason, expectedVersions }, recorder);
      }
      return decide([], null);
    },
  };
}

async function getProposal(tx: Tx, subject: ApprovalSubject): Promise<ChangeProposal> {
  const proposal = await findProposal(tx, Number(subject['proposalId']));
  if (proposal === undefined) throw new Error('the request names no proposal');
  return proposal;
}

async function describeProposal(
  tx: Tx,
  proposal: ChangeProposal,
  words: RecordWording,
): Promise<readonly (readonly [string, string])[]> {
  const entry = (await loadEntries(tx, [proposal.entryId])).get(proposal.entryId);
  const fact = entry?.fact ?? null;
  if (fact === null) return [['対象', 'すでにない記録です']];
  const head: readonly (readonly [string, string])[] = [
    ['することの種類', proposal.kind === 'correction' ? '訂正' : '取消'],
    ['対象の記録', `${formatIsoDay(fact.vaccinatedOn)} ${words.stage(fact.programme, fact.stage)}`],
  ];
  const { items, ...rest } = proposal.changes;
  const after = { ...fact, ...rest, items: { ...fact.items, ...items } };
  const changed = deriveChangedItems(fact, after, words).map(
    ({ label, before, after: then }) => [label, `${before ?? '（空）'} → ${then ?? '（空）'}`] as const,
  );
  return [...head, ...changed];
}

function storedChanges(changes: FactChanges | null): Parameters<typeof insertProposal>[2]['changes'] {
  if (changes === null) return {};
  const { vaccinatedOn, ...rest } = changes;
  return vaccinatedOn === undefined ? rest : { ...rest, vaccinatedOn: formatIsoDay(vaccinatedOn) };
}
