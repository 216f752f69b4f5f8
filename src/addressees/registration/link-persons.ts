import { compareIndividualNumbers } from '#addressees/numbers';
import { decideLink, decideUnlink, loadPersonsForJudging, lockPersons, writeLink } from '#addressees/persons';
import { type ActionContext, type Actor, type ApprovalKind, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { answerOf, type Decision, decide, type Finding, finding, type PersonId } from '#kernel';
import { publish } from '#platform/outbox';
import { type Database, type Tx, withMunicipality } from '#platform/postgres';

/** Told in the transaction of a link or its parting, so that the ledger is read anew for all records of the person. */
export type LinksChanged = (tx: Tx, personIds: readonly PersonId[]) => Promise<void>;

/** Two records: the one that is read under the other, and the one that stands for both. */
export interface LinkPair {
  readonly memberId: PersonId;
  readonly principalId: PersonId;
}

interface LinkBy {
  readonly actor: Actor;
  readonly at: Date;
  readonly reason: string;
  /** Who asked; the actor approved it then. */
  readonly requesterName: string | null;
  readonly requesterId: number | null;
  readonly requestId: number | null;
}

const longestReason = 400;

/** What forbids or speaks against linking, told before anybody asks for it. */
export async function findLinkFindings(tx: Tx, db: Database, pair: LinkPair): Promise<readonly Finding[]> {
  const { member, principal } = await loadPair(tx, pair);
  const numbers = await compareIndividualNumbers(db, tx.lgCode, pair.memberId, [pair.principalId]);
  return decideLink({ member, principal, numbers: numbers.get(pair.principalId) ?? 'unknown' });
}

/**
 * Links two records as one person: a fact with its reason, both heads, audit row, outbox row and the ledgers' versions in
 * one transaction. Whoever enters a dose for either at the same time comes before it or is answered with a conflict.
 */
export async function linkPersons(
  context: ActionContext,
  pair: LinkPair,
  reason: string,
  onChanged: LinksChanged,
): Promise<Decision<null>> {
  return await changeAlone(context, reason, (tx, by) => link(tx, context.db, pair, by, onChanged));
}

/** Takes a link back: both ledgers are again as they were, since no entry ever changed its record. */
export async function unlinkPersons(
  context: ActionContext,
  memberId: PersonId,
  reason: string,
  onChanged: LinksChanged,
): Promise<Decision<null>> {
  return await changeAlone(context, reason, (tx, by) => unlink(tx, memberId, by, onChanged));
}

/** A change of links by one person, with its reason. */
async function changeAlone(
  { actor, db, clock }: ActionContext,
  reason: string,
  change: (tx: Tx, by: LinkBy) => Promise<Decision<null>>,
): Promise<Decision<null>> {
  requirePermission(actor, 'persons.link');
  const given = reason.trim().slice(0, longestReason);
  if (given === '') return decide([finding('linkReasonMissing', 'refuse', 'reason')], null);
  const by = { actor, at: clock.now(), reason: given, ...alone(actor) };
  return await withMunicipality(db, actor.lgCode, (tx) => change(tx, by));
}

/** Linking as a thing that one person asks and another approves (二人確認). */
export function linkKind(db: Database, onChanged: LinksChanged): ApprovalKind {
  return {
    kind: 'persons.link',
    nameJa: '同一人の記録の結び付け',
    requestPermission: 'persons.link',
    approvePermission: 'persons.approveLink',
    daysOpen: 30,
    describe: async (tx, subject) => describePair(tx, pairOf(subject)),
    listPersonIds: (_tx, subject) => Promise.resolve(Object.values(pairOf(subject))),
    findFaults: async (tx, _requester, subject) =>
      (await findLinkFindings(tx, db, pairOf(subject))).filter((each) => each.severity === 'refuse'),
    carryOut: async (tx, by, subject) =>
      link(
        tx,
        db,
        pairOf(subject),
        { actor: by.approver, at: by.at, reason: by.reason, ...asked(by.requester, by.requestId) },
        onChanged,
      ),
  };
}

/** Parting as a thing that one person asks and another approves. */
export function unlinkKind(onChanged: LinksChanged): ApprovalKind {
  return {
    kind: 'persons.unlink',
    nameJa: '同一人の結び付けの解除',
    requestPermission: 'persons.link',
    approvePermission: 'persons.approveLink',
    daysOpen: 30,
    describe: async (tx, subject) => describePair(tx, pairOf(subject)),
    listPersonIds: (_tx, subject) => Promise.resolve(Object.values(pairOf(subject))),
    findFaults: async (tx, _requester, subject) => decideUnlink((await loadPair(tx, pairOf(subject))).member),
    carryOut: async (tx, by, subject) =>
      unlink(
        tx,
        pairOf(subject).memberId,
        { actor: by.approver, at: by.at, reason: by.reason, ...asked(by.requester, by.requestId) },
        onChanged,
      ),
  };
}

async function link(
  tx: Tx,
  db: Database,
  pair: LinkPair,
  by: LinkBy,
  onChanged: LinksChanged,
): Promise<Decision<null>> {
  const ids = [pair.memberId, pair.principalId];
  await lockPersons(tx, ids);
  const faults = (await findLinkFindings(tx, db, pair)).filter((each) => each.severity === 'refuse');
  if (answerOf(faults) === 'refused') return decide(faults, null);
  await writeLink(tx, 'linked', { personId: pair.memberId, principalId: pair.principalId }, frameOf(by));
  await announce(tx, by, 'persons.linked', ids, onChanged);
  return decide([], null);
}

async function unlink(tx: Tx, memberId: PersonId, by: LinkBy, onChanged: LinksChanged): Promise<Decision<null>> {
  const [before] = await loadPersonsForJudging(tx, { personIds: [memberId] });
  const standing = before?.principalId ?? null;
  const ids = standing === null ? [memberId] : [memberId, standing];
  await lockPersons(tx, ids);
  const [member] = await loadPersonsForJudging(tx, { personIds: [memberId] });
  const faults = decideUnlink(member);
  const principalId = member?.principalId ?? null;
  if (faults.length > 0 || principalId === null) return decide(faults, null);
  // The ledgers first: parted, the records are no longer found through each other.
  await announce(tx, by, 'persons.unlinked', ids, onChanged);
  await writeLink(tx, 'unlinked', { personId: memberId, principalId }, frameOf(by));
  return decide([], null);
}

async function announce(
  tx: Tx,
  by: LinkBy,
  act: 'persons.linked' | 'persons.unlinked',
  personIds: readonly PersonId[],
  onChanged: LinksChanged,
): Promise<void> {
  const details = by.requestId === null ? {} : { requestId: by.requestId };
  await recordAct(tx, by.actor, { act, personIds, details });
  await onChanged(tx, personIds);
  for (const personId of personIds) await publish(tx, act, personId);
}

async function loadPair(tx: Tx, pair: LinkPair) {
  const people = await loadPersonsForJudging(tx, { personIds: [pair.memberId, pair.principalId] });
  const find = (id: PersonId) => people.find((person) => person.personId === id);
  return { member: find(pair.memberId), principal: find(pair.principalId) };
}

async function describePair(tx: Tx, pair: LinkPair): Promise<readonly (readonly [string, string])[]> {
  const { member, principal } = await loadPair(tx, pair);
  const text = (person: typeof member): string =>
    person === undefined ? '' : `${person.addresseeNumber} ${person.name}（${person.kana}）`;
  return [
    ['代表にする記録', text(principal)],
    ['結び付ける記録', text(member)],
  ];
}

function pairOf(subject: Readonly<Record<string, string | number | null>>): LinkPair {
  return { memberId: Number(subject['memberId']) as PersonId, principalId: Number(subject['principalId']) as PersonId };
}

function alone(actor: Actor) {
  return { requesterName: null, requesterId: actor.staffId, requestId: null };
}

function asked(requester: { readonly displayName: string; readonly staffId: number }, requestId: number) {
  return { requesterName: requester.displayName, requesterId: requester.staffId, requestId };
}

function frameOf(by: LinkBy) {
  return {
    reason: by.reason,
    at: by.at,
    byId: by.requesterId,
    byName: by.requesterName ?? by.actor.staffName,
    approvedByName: by.requesterName === null ? null : by.actor.staffName,
    requestId: by.requestId,
  };
}
