import { requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { Conflict } from '#kernel';
import type { WithoutKeys } from '../integrated-numbers.ts';
import { letterDigest } from './letter-digest.ts';
import { findLetter, findRelay, keepLetter, takeStep } from './relay-store.ts';
import { inVault, letterKeptUntil, shortRelay } from './request-relays.ts';
import { listLatest } from './trace-store.ts';
import type { Letter, Relay } from './types.ts';

/** What another municipality asks of a person of this office; the letter is as that one wrote it. */
export interface AskedOfUs {
  readonly relay: Relay;
  readonly letter: Letter | null;
}

/** Questions of other municipalities that wait for this one's answer, with their letters. */
export async function listAskedOfUs(context: WithoutKeys, limit: number): Promise<AskedOfUs[]> {
  requirePermission(context.actor, 'relays.carry');
  return inVault(context, async (tx) => {
    const asked: AskedOfUs[] = [];
    for (const relay of await listLatest(tx, { kind: 'provision', states: ['asked'] }, limit)) {
      asked.push({ relay, letter: (await findLetter(tx, relay.relayId, 'asked')) ?? null });
    }
    return asked;
  });
}

/**
 * 情報提供 (AD-13): gives the business system's answer to be carried on as it is. Only once, and only to what was asked.
 */
export async function prepareProvision(
  context: WithoutKeys,
  relayId: string,
  answer: { readonly outcome: 'provided' | 'noRecord' | 'refused'; readonly letter: Letter | null },
): Promise<void> {
  requirePermission(context.actor, 'relays.carry');
  const at = context.clock.now();
  await inVault(context, async (tx) => {
    const relay = await findRelay(tx, relayId, { isLocking: true });
    if (relay?.kind !== 'provision') throw new Conflict('この照会は受けていません。');
    if (relay.state === 'prepared' || relay.state === 'sent') return;
    const { letter, outcome } = answer;
    const computedDigest = letter === null ? null : letterDigest(letter.text);
    if (letter !== null) {
      if (computedDigest !== letter.digest) throw new Conflict('回答の内容と要約値が合いません。');
      await keepLetter(tx, relayId, 'answered', letter, letterKeptUntil(at));
    }
    const step = { step: 'prepared', letterDigest: letter?.digest ?? null, computedDigest };
    await takeStep(tx, relayId, step, { at, byName: context.actor.staffName }, { state: 'prepared', outcome });
    const personIds = relay.personId === null ? [] : [relay.personId];
    const details = { relay: shortRelay(relayId), outcome, askedBy: relay.counterpart };
    await recordAct(tx, context.actor, { act: 'numbers.provisionTaken', personIds, details });
  });
}
