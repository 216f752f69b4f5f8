import { recordAct } from '#common-base/audit';
import { numbersResidentNetworkVersion } from '#messages';
import { CallFailed } from '#platform/exchange';
import { releaseRow, withMunicipality } from '#platform/postgres';
import { withNumberKeys } from '../number-keys.ts';
import { openNumberOf } from '../open-number.ts';
import { callResidentNetwork, resting } from './call-peer.ts';
import { findPeer, leaseOf } from './peer-store.ts';
import { deferRelay, findRelay, takeStep } from './relay-store.ts';
import { shortRelay } from './request-relays.ts';
import type { Relay, Round } from './types.ts';

/** Seconds after which it is looked again whether 住基GW is connected. */
const unconnectedSeconds = 300;

/**
 * Takes a 処理通番 on to 住基GW (AD-12) with the person's individual number, the only thing by which the person is known
 * there. It is opened for this one message and stands nowhere else.
 */
export async function sendLinkCodeOn(round: Round, relay: Relay): Promise<void> {
  const { db, lgCode, clock } = round;
  const { personId, processingNumber, relayId } = relay;
  const network = await withMunicipality(db, lgCode, (tx) => findPeer(tx, 'residentNetwork'), { role: 'vault' });
  if (network === undefined || personId === null || processingNumber === null) {
    const until = new Date(clock.now().getTime() + unconnectedSeconds * 1000);
    await withMunicipality(db, lgCode, (tx) => deferRelay(tx, relayId, until), { role: 'vault' });
    return;
  }
  const actor = { ...round.by, roles: [], permissions: new Set<never>() };
  const individualNumber = await withNumberKeys({ ...round, actor }, (keys) => openNumberOf(round, keys, personId));
  if (individualNumber === undefined) return await keepStep(round, relay, 'failed', 'numberGone');
  const message = { kind: 'linkCodeRelay', requestId: relayId, processingNumber, individualNumber } as const;
  const call = { ...round, peer: network };
  const frame = { version: numbersResidentNetworkVersion, lgCode } as const;
  const note = (failure: string | null): Promise<void> =>
    withMunicipality(db, lgCode, (tx) => releaseRow(tx, leaseOf('residentNetwork'), failure), { role: 'vault' });
  try {
    const answer = await callResidentNetwork(call, { ...frame, ...message });
    if (answer.kind === 'busy') throw resting();
    if (answer.kind !== 'taken' || answer.requestId !== relayId) throw new CallFailed('the answer is another’s');
  } catch (error) {
    await note(error instanceof CallFailed ? error.message : 'an error of our own; see the log');
    throw error;
  }
  await note(null);
  await keepStep(round, relay, 'sentOn', null);
}

async function keepStep(round: Round, relay: Relay, state: 'sentOn' | 'failed', because: string | null): Promise<void> {
  const { db, lgCode, clock, by } = round;
  await withMunicipality(
    db,
    lgCode,
    async (tx) => {
      // The answer may have come before this was noted: then the code is there already.
      const held = await findRelay(tx, relay.relayId, { isLocking: true });
      if (held?.state !== 'requested') return;
      const change = because === null ? { state } : { state, because };
      await takeStep(tx, relay.relayId, { step: state }, { at: clock.now(), byName: by.staffName }, change);
      const personIds = relay.personId === null ? [] : [relay.personId];
      const items = state === 'sentOn' ? ['individualNumber'] : [];
      const details = { kind: relay.kind, step: state, relay: shortRelay(relay.relayId), because };
      await recordAct(tx, by, { act: 'numbers.relayed', personIds, items, details });
    },
    { role: 'vault' },
  );
}
