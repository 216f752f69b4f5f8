import { randomUUID } from 'node:crypto';
import { asJob } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import type { LgCode } from '#kernel';
import { numbersIntermediateVersion, type ToIntermediate, type ToNumbers } from '#messages';
import { CallFailed } from '#platform/exchange';
import { leaseRow, releaseRow, type Tx, withMunicipality } from '#platform/postgres';
import { callIntermediate, type PeerCall, resting } from './call-peer.ts';
import { findPeer, leaseOf } from './peer-store.ts';
import {
  deferRelay,
  eraseOldLetters,
  findLetter,
  findNumberOfRecord,
  findRelay,
  listSendable,
  type RelayChange,
  type SendableRelay,
  takeStep,
} from './relay-store.ts';
import { beginLinkCode, shortRelay } from './request-relays.ts';
import { sendLinkCodeOn } from './send-link-code-on.ts';
import { takeNotice } from './take-notice.ts';
import type { NationalContext, Relay, Round } from './types.ts';

/** What one round did. */
export interface RelayRound {
  readonly sent: number;
  readonly received: number;
}

const leaseSeconds = 120;
const relaysPerLook = 50;
const noticesPerMessage = 100;
/** Seconds after which something that failed is tried again; the rest goes on meanwhile. */
const retrySeconds = 60;

/**
 * One round with the intermediate server of a municipality: what is wanted goes out, news come in, until nothing is left.
 * Undefined where none is connected or another worker is at it; a failure is noted for the office's page and thrown.
 */
export async function exchangeWithIntermediate(
  context: NationalContext,
  lgCode: LgCode,
): Promise<RelayRound | undefined> {
  const { db } = context;
  const intermediate = await inVault(context, lgCode, async (tx) => {
    const found = await findPeer(tx, 'intermediate');
    return found !== undefined && (await leaseRow(tx, leaseOf('intermediate'), leaseSeconds)) ? found : undefined;
  });
  if (intermediate === undefined) return undefined;
  const by = await asJob(db, lgCode, { job: 'numbers.exchange', startedBy: null });
  const round: Round = { ...context, lgCode, by, intermediate };
  let failure: string | null = null;
  try {
    let [sent, received] = [await sendAll(round), 0];
    // What an answer made possible (a code that was obtained) goes out in the same round.
    for (let news = await collectNotices(round); news > 0 && !isEnding(round); news = await collectNotices(round)) {
      received += news;
      sent += await sendAll(round);
    }
    await inVault(context, lgCode, (tx) => eraseOldLetters(tx, context.clock.now()));
    return { sent, received };
  } catch (error) {
    failure = error instanceof CallFailed ? error.message : 'an error of our own; see the log';
    throw error;
  } finally {
    await inVault(context, lgCode, (tx) => releaseRow(tx, leaseOf('intermediate'), failure));
  }
}

async function sendAll(round: Round): Promise<number> {
  let sent = 0;
  while (!isEnding(round)) {
    const relays = await inVault(round, round.lgCode, (tx) => listSendable(tx, round.clock.now(), relaysPerLook));
    if (relays.length === 0) break;
    for (const relay of relays) {
      if (isEnding(round)) return sent;
      await sendOne(round, relay);
      sent += 1;
    }
  }
  return sent;
}

/** Sends one; where that fails it waits a minute and the failure ends the round. */
async function sendOne(round: Round, relay: SendableRelay): Promise<void> {
  try {
    if (relay.kind === 'inquiry') await sendInquiry(round, relay);
    else if (relay.kind === 'provision') await sendProvision(round, relay);
    else if (relay.state === 'wanted') await sendLinkCodeRequest(round, relay);
    else await sendLinkCodeOn(round, relay);
  } catch (error) {
    const until = new Date(round.clock.now().getTime() + retrySeconds * 1000);
    await inVault(round, round.lgCode, (tx) => deferRelay(tx, relay.relayId, until));
    throw error;
  }
}

async function sendLinkCodeRequest(round: Round, relay: Relay): Promise<void> {
  const integratedNumber = await numberOf(round, relay);
  if (integratedNumber === undefined) return fail(round, relay, 'numberGone');
  const message = { kind: 'linkCodeRequest', requestId: relay.relayId, integratedNumber } as const;
  await send(round, relay, message);
}

async function sendInquiry(round: Round, relay: SendableRelay): Promise<void> {
  if (relay.linkState === null) {
    const { personId } = relay;
    if (personId === null) return fail(round, relay, 'numberGone');
    await inVault(round, round.lgCode, (tx) =>
      beginLinkCode(
        tx,
        { actor: { ...round.by, roles: [], permissions: new Set() }, clock: round.clock },
        personId,
        randomUUID(),
      ),
    );
    return;
  }
  if (relay.linkState !== 'obtained') return fail(round, relay, 'linkCodeFailed');
  const integratedNumber = await numberOf(round, relay);
  const letter = await inVault(round, round.lgCode, (tx) => findLetter(tx, relay.relayId, 'asked'));
  if (integratedNumber === undefined || letter === undefined) return fail(round, relay, 'letterGone');
  await send(round, relay, {
    kind: 'inquiry',
    requestId: relay.relayId,
    integratedNumber,
    askedOf: relay.counterpart ?? '',
    letter: letter.text,
    letterDigest: letter.digest,
  });
}

async function sendProvision(round: Round, relay: Relay): Promise<void> {
  const letter = await inVault(round, round.lgCode, (tx) => findLetter(tx, relay.relayId, 'answered'));
  await send(round, relay, {
    kind: 'provision',
    requestId: relay.relayId,
    processingNumber: relay.processingNumber ?? '',
    outcome: relay.outcome ?? 'refused',
    letter: letter?.text ?? null,
    letterDigest: letter?.digest ?? null,
  });
}

type Said = ToIntermediate extends infer Each
  ? Each extends ToIntermediate
    ? Omit<Each, 'version' | 'lgCode'>
    : never
  : never;

/** Sends, and keeps what was answered. Killed in between, the same goes out again and is the same thing there. */
async function send(round: Round, relay: Relay, said: Said): Promise<void> {
  const answer = await say(round, said);
  if (answer.kind === 'busy') throw resting();
  if (answer.kind === 'notices' || answer.requestId !== relay.relayId) {
    throw new CallFailed('the answer belongs to another request');
  }
  const letterDigest = 'letterDigest' in said ? said.letterDigest : null;
  if (answer.kind === 'notAccepted') {
    await settle(round, relay, 'refused', { state: 'refused', because: answer.because }, letterDigest);
    return;
  }
  const { processingNumber } = answer;
  const state = relay.kind === 'provision' ? 'sent' : 'requested';
  await settle(round, relay, state, { state, processingNumber }, letterDigest);
}

async function say(round: Round, said: Said): Promise<ToNumbers> {
  const call: PeerCall = { ...round, peer: round.intermediate };
  return callIntermediate(call, {
    version: numbersIntermediateVersion,
    lgCode: round.lgCode,
    ...said,
  });
}

function fail(round: Round, relay: Relay, because: string): Promise<void> {
  return settle(round, relay, 'failed', { state: 'failed', because }, null);
}

/** A step with its row in the log. */
async function settle(
  round: Round,
  relay: Relay,
  step: string,
  change: RelayChange,
  letterDigest: string | null,
): Promise<void> {
  await inVault(round, round.lgCode, async (tx) => {
    const held = await findRelay(tx, relay.relayId, { isLocking: true });
    if (held?.state !== relay.state) return;
    const by = { at: round.clock.now(), byName: round.by.staffName };
    await takeStep(tx, relay.relayId, { step, letterDigest, computedDigest: letterDigest }, by, change);
    await recordAct(tx, round.by, {
      act: 'numbers.relayed',
      outcome: change.state === 'refused' || change.state === 'failed' ? 'refused' : 'done',
      personIds: relay.personId === null ? [] : [relay.personId],
      details: { kind: relay.kind, step, relay: shortRelay(relay.relayId), because: change.because ?? null },
    });
  });
}

async function collectNotices(round: Round): Promise<number> {
  let taken: string[] = [];
  let received = 0;
  for (;;) {
    const limit = isEnding(round) ? 0 : noticesPerMessage;
    const answer = await say(round, { kind: 'collect', taken, limit });
    if (answer.kind === 'busy') throw resting();
    if (answer.kind !== 'notices') throw new CallFailed('the answer to collect holds no news');
    for (const notice of answer.notices) {
      // Safe here before the other side is told so by the next message.
      if (await takeNotice(round, notice)) received += 1;
    }
    taken = answer.notices.map(({ noticeId }) => noticeId);
    if (taken.length === 0) return received;
  }
}

function isEnding({ signal }: Round): boolean {
  return signal?.aborted === true;
}

async function numberOf(round: Round, { personId }: Relay): Promise<string | undefined> {
  return personId === null ? undefined : inVault(round, round.lgCode, (tx) => findNumberOfRecord(tx, personId));
}

function inVault<T>(context: Pick<NationalContext, 'db'>, lgCode: LgCode, work: (tx: Tx) => Promise<T>): Promise<T> {
  return withMunicipality(context.db, lgCode, work, { role: 'vault' });
}
