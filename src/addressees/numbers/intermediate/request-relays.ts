import { listRecordsOf } from '#addressees/persons';
import { requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type Decision, decide, finding, type PersonId } from '#kernel';
import { type Tx, withMunicipality } from '#platform/postgres';
import type { WithoutKeys } from '../integrated-numbers.ts';
import { letterDigest } from './letter-digest.ts';
import {
  findLetter,
  findRecordWithNumber,
  findRelay,
  insertRelay,
  keepLetter,
  listFinished,
  takeStep,
} from './relay-store.ts';
import type { Letter, Relay } from './types.ts';

/** Days for which letters are kept when nothing waits for them any more (照会結果の自動削除). */
const letterDays = 30;

/** Begins 符号取得 in the caller's transaction; false where a code is there or on its way. */
export async function beginLinkCode(
  tx: Tx,
  { actor, clock }: Pick<WithoutKeys, 'actor' | 'clock'>,
  personId: PersonId,
  relayId: string,
): Promise<boolean> {
  const at = clock.now();
  const relay = { relayId, kind: 'linkCode', personId, counterpart: null, state: 'wanted' } as const;
  if (!(await insertRelay(tx, relay, at))) return false;
  await takeStep(tx, relayId, { step: 'made' }, { at, byName: actor.staffName });
  return true;
}

/** What a business system of this office asks another municipality; `relayId` is its own and makes it once. */
export interface InquiryOrder {
  readonly relayId: string;
  readonly personId: PersonId;
  readonly askedOf: string;
  readonly letter: Letter;
}

/**
 * 情報照会 (AD-13): takes a letter of a business system to be carried on as it is. Refused where nobody gave the person a
 * number (no 団体内統合宛名番号), and where the letter is not what its digest says. The same order again changes nothing.
 */
export async function requestInquiry(context: WithoutKeys, order: InquiryOrder): Promise<Decision<null>> {
  requirePermission(context.actor, 'relays.carry');
  const { relayId, askedOf, letter } = order;
  const records = await recordsOf(context, order.personId);
  const at = context.clock.now();
  return inVault(context, async (tx) => {
    const computedDigest = letterDigest(letter.text);
    if (computedDigest !== letter.digest) return decide([finding('letterDigestDiffers', 'refuse', null)], null);
    const personId = await findRecordWithNumber(tx, records);
    if (personId === undefined) return decide([finding('inquiryNeedsNumber', 'refuse', null)], null);
    const relay = { relayId, kind: 'inquiry', personId, counterpart: askedOf, state: 'wanted' } as const;
    if (!(await insertRelay(tx, relay, at))) return decide([], null);
    await keepLetter(tx, relayId, 'asked', letter, daysAfter(at, letterDays));
    const step = { step: 'made', letterDigest: letter.digest, computedDigest };
    await takeStep(tx, relayId, step, { at, byName: context.actor.staffName });
    await recordAct(tx, context.actor, {
      act: 'numbers.inquiryTaken',
      personIds: [personId],
      details: { relay: shortRelay(relayId), askedOf, digest: letter.digest },
    });
    return decide([], null);
  });
}

/** A relay with what came back, for the business system that began it. */
export interface RelayedAnswer {
  readonly relay: Relay;
  /** The other side's letter; null where none came or its time was over. */
  readonly letter: Letter | null;
}

/** What became of an inquiry; undefined where none was taken under that id. */
export async function findRelayedAnswer(context: WithoutKeys, relayId: string): Promise<RelayedAnswer | undefined> {
  requirePermission(context.actor, 'relays.carry');
  return inVault(context, async (tx) => {
    const relay = await findRelay(tx, relayId);
    if (relay?.kind !== 'inquiry') return undefined;
    return { relay, letter: (await findLetter(tx, relayId, 'answered')) ?? null };
  });
}

/** Of these inquiries those at their end: answered, refused, failed. */
export async function listFinishedRelays(
  context: WithoutKeys,
  relayIds: readonly string[],
): Promise<ReadonlySet<string>> {
  requirePermission(context.actor, 'relays.carry');
  if (relayIds.length === 0) return new Set();
  return inVault(context, (tx) => listFinished(tx, relayIds));
}

/** The instant some days later. */
function daysAfter(at: Date, days: number): Date {
  return new Date(at.getTime() + days * 86_400_000);
}

/** When a letter that arrives at an instant may be erased. */
export function letterKeptUntil(at: Date): Date {
  return daysAfter(at, letterDays);
}

/** A relay's name in the log: its letters alone, since in full one in a hundred looks like a 個人番号. */
export function shortRelay(relayId: string): string {
  return relayId.slice(0, 8);
}

/** A person's record and those linked with it, the one that stands for all first. */
export function recordsOf(context: WithoutKeys, personId: PersonId): Promise<readonly PersonId[]> {
  return withMunicipality(context.db, context.actor.lgCode, (tx) => listRecordsOf(tx, personId));
}

/** Works in the vault's role for the municipality of whoever acts. */
export function inVault<T>(context: WithoutKeys, work: (tx: Tx) => Promise<T>): Promise<T> {
  return withMunicipality(context.db, context.actor.lgCode, work, { role: 'vault' });
}
