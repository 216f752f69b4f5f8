import { recordAct } from '#common-base/audit';
import type { PersonId } from '#kernel';
import type { IntermediateNotice } from '#messages';
import { type Tx, withMunicipality } from '#platform/postgres';
import { findPersonIdByIntegratedNumber } from '../integrated-numbers.ts';
import { letterDigest } from './letter-digest.ts';
import { findRelay, insertRelay, keepLetter, type RelayChange, takeNoticeOnce, takeStep } from './relay-store.ts';
import { letterKeptUntil, shortRelay } from './request-relays.ts';
import type { Relay, RelayStep, Round } from './types.ts';

/** What a piece of news does to its relay. */
interface Effect {
  readonly relay: Pick<Relay, 'relayId' | 'kind' | 'personId'>;
  readonly step: Pick<RelayStep, 'step'> & Partial<RelayStep>;
  readonly change: RelayChange;
  readonly isRefused?: boolean;
}

/**
 * Takes one piece of news of the intermediate server, once: delivered again it changes nothing. A letter whose digest is
 * not the one that was said is not handed on; both digests stay for 追跡調査. Answers whether it was new.
 */
export async function takeNotice(round: Round, notice: IntermediateNotice): Promise<boolean> {
  const { db, lgCode, clock, by } = round;
  return withMunicipality(
    db,
    lgCode,
    async (tx) => {
      const at = clock.now();
      if (!(await takeNoticeOnce(tx, notice.noticeId, at))) return false;
      const effect = await effectOf(tx, notice, at);
      if (effect === undefined) {
        await recordAct(tx, by, {
          act: 'numbers.noticeRefused',
          outcome: 'refused',
          details: { kind: notice.kind, notice: shortRelay(notice.noticeId) },
        });
        return true;
      }
      const { relay, step, change } = effect;
      const { processingNumber } = notice;
      await takeStep(tx, relay.relayId, { ...step, processingNumber }, { at, byName: by.staffName }, change);
      await recordAct(tx, by, {
        act: 'numbers.relayed',
        outcome: effect.isRefused === true ? 'refused' : 'done',
        personIds: relay.personId === null ? [] : [relay.personId],
        details: {
          kind: relay.kind,
          step: step.step,
          relay: shortRelay(relay.relayId),
          because: change.because ?? null,
        },
      });
      return true;
    },
    { role: 'vault' },
  );
}

/** Undefined for news of something that this office never began or that is over. */
async function effectOf(tx: Tx, notice: IntermediateNotice, at: Date): Promise<Effect | undefined> {
  if (notice.kind === 'provisionRequest') return askedEffect(tx, notice, at);
  const relay = await findRelay(tx, notice.requestId, { isLocking: true });
  if (relay === undefined || relay.processingNumber !== notice.processingNumber) return undefined;
  if (notice.kind === 'linkCode') {
    // The network may be faster than the note that the number was sent on.
    const isOpen = relay.kind === 'linkCode' && (relay.state === 'requested' || relay.state === 'sentOn');
    if (!isOpen) return undefined;
    return notice.state === 'obtained'
      ? { relay, step: { step: 'obtained' }, change: { state: 'obtained' } }
      : { relay, step: { step: 'failed' }, change: { state: 'failed', because: 'linkCodeNotGiven' }, isRefused: true };
  }
  const isAsked = relay.kind === 'inquiry' && relay.state === 'requested' && relay.counterpart === notice.answeredBy;
  return isAsked ? answerEffect(tx, relay, notice, at) : undefined;
}

async function answerEffect(
  tx: Tx,
  relay: Relay,
  notice: Extract<IntermediateNotice, { kind: 'answer' }>,
  at: Date,
): Promise<Effect> {
  const { letter, letterDigest: said, outcome } = notice;
  const computed = letter === null ? null : letterDigest(letter);
  const digests = { letterDigest: said, computedDigest: computed };
  const isWhole = computed === said && (outcome === 'provided') === (letter !== null);
  if (!isWhole) {
    const change = { state: 'failed', because: 'digestDiffers' } as const;
    return { relay, step: { step: 'digestDiffers', ...digests }, change, isRefused: true };
  }
  if (letter !== null && computed !== null) {
    await keepLetter(tx, relay.relayId, 'answered', { text: letter, digest: computed }, letterKeptUntil(at));
  }
  return { relay, step: { step: 'answered', ...digests }, change: { state: 'answered', outcome } };
}

/** Another municipality asks: kept under the news' own id, for the business system to answer. */
async function askedEffect(
  tx: Tx,
  notice: Extract<IntermediateNotice, { kind: 'provisionRequest' }>,
  at: Date,
): Promise<Effect> {
  const { noticeId, askedBy, letter, processingNumber } = notice;
  const computed = letterDigest(letter);
  const isWhole = computed === notice.letterDigest;
  const personId: PersonId | undefined = await findPersonIdByIntegratedNumber(tx, notice.integratedNumber);
  const relay = { relayId: noticeId, kind: 'provision', personId: personId ?? null } as const;
  await insertRelay(tx, { ...relay, counterpart: askedBy, state: 'asked', processingNumber }, at);
  const digests = { letterDigest: notice.letterDigest, computedDigest: computed };
  if (!isWhole) {
    const change = { state: 'failed', because: 'digestDiffers' } as const;
    return { relay, step: { step: 'digestDiffers', ...digests }, change, isRefused: true };
  }
  await keepLetter(tx, noticeId, 'asked', { text: letter, digest: computed }, letterKeptUntil(at));
  return { relay, step: { step: 'asked', ...digests }, change: {} };
}
