import { requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import type { PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { WithoutKeys } from '../integrated-numbers.ts';
import { findPeer } from './peer-store.ts';
import { inVault, recordsOf } from './request-relays.ts';
import { countWaiting, listByProcessingNumber, listLatest, listSteps } from './trace-store.ts';
import type { ExchangePeer, Relay, RelayStep } from './types.ts';

/** A relay with everything that happened to it (追跡調査, AD-13). */
export interface TracedRelay extends Relay {
  readonly steps: readonly RelayStep[];
}

/** What the page of the road to the national systems shows. */
export interface RelayOverview {
  readonly intermediate: ExchangePeer | undefined;
  readonly network: ExchangePeer | undefined;
  /** How many wait to go out. */
  readonly waiting: number;
  readonly relays: readonly TracedRelay[];
}

const shownMax = 50;

/**
 * 追跡調査: everything of one 処理通番, or without one the last relays. Digests of what was carried are shown, never a letter.
 * Shown, so recorded with the people.
 */
export async function traceRelays(context: WithoutKeys, processingNumber: string | null): Promise<RelayOverview> {
  requirePermission(context.actor, 'numbers.requestLinkCode');
  return inVault(context, async (tx) => {
    const found =
      processingNumber === null
        ? await listLatest(tx, {}, shownMax)
        : await listByProcessingNumber(tx, processingNumber);
    const relays = await withSteps(tx, found);
    await recordTraced(tx, context, relays);
    return {
      intermediate: await findPeer(tx, 'intermediate'),
      network: await findPeer(tx, 'residentNetwork'),
      waiting: await countWaiting(tx),
      relays,
    };
  });
}

/** The relays of one person, newest first: where the code stands, what was asked. */
export async function listRelaysOf(context: WithoutKeys, personId: PersonId): Promise<readonly TracedRelay[]> {
  requirePermission(context.actor, 'numbers.requestLinkCode');
  const records = await recordsOf(context, personId);
  return inVault(context, async (tx) => {
    const found: Relay[] = [];
    for (const record of records) found.push(...(await listLatest(tx, { personId: record }, shownMax)));
    const relays = await withSteps(tx, found);
    await recordTraced(tx, context, relays);
    return relays;
  });
}

async function withSteps(tx: Tx, relays: readonly Relay[]): Promise<TracedRelay[]> {
  const traced: TracedRelay[] = [];
  for (const relay of relays) traced.push({ ...relay, steps: await listSteps(tx, relay.relayId) });
  return traced;
}

async function recordTraced(tx: Tx, { actor }: WithoutKeys, relays: readonly Relay[]): Promise<void> {
  const personIds = [...new Set(relays.flatMap(({ personId }) => (personId === null ? [] : [personId])))];
  await recordAct(tx, actor, { act: 'numbers.relaysTraced', personIds, details: { relays: relays.length } });
}
