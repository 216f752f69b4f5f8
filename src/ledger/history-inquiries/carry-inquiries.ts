import {
  findRelayedAnswer,
  letterDigest,
  listFinishedRelays,
  type RelayedAnswer,
  requestInquiry,
} from '#addressees/numbers';
import { listPersonSummaries } from '#addressees/persons';
import { type Actor, asJob } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type LgCode, type PersonId, UnreadableInput } from '#kernel';
import { type HistoryAnswerLetter, type HistoryInquiryLetter, readHistoryAnswer } from '#messages';
import { type Clock, todayInTokyo } from '#platform/clock';
import { type Database, withMunicipality } from '#platform/postgres';
import { changeInquiry, type InquiryChange, insertAnswer, listInquiries, listReady } from './inquiry-store.ts';
import type { HistoryInquiry } from './types.ts';

/** The provision by which a municipality may ask another for vaccinations under the Immunization Act. */
const basis = '番号法第19条第8号 主務省令第2条の表（予防接種法による予防接種の実施に関する事務）';

const perRound = 200;
/** Minutes after which a person whose number has not come yet is tried again. */
const numberMinutes = 10;

/** What carrying needs. */
export interface CarryContext {
  readonly db: Database;
  readonly clock: Clock;
}

/**
 * Hands what may go out to the only room that speaks with the intermediate server, and takes what came back. Each step is
 * noted in this room's own transaction; killed in between, the same is handed over again and is the same there.
 */
export async function carryInquiries(
  context: CarryContext,
  lgCode: LgCode,
): Promise<{ asked: number; answered: number }> {
  const actor = await asJob(context.db, lgCode, { job: 'histories.carry', startedBy: null });
  return { asked: await handOver(context, actor), answered: await takeAnswers(context, actor) };
}

async function handOver({ db, clock }: CarryContext, actor: Actor): Promise<number> {
  const { lgCode } = actor;
  let asked = 0;
  for (const inquiry of await withMunicipality(db, lgCode, (tx) => listReady(tx, clock.now(), perRound))) {
    const { askedOf, personId, relayRef } = inquiry;
    if (askedOf === null) continue;
    if (inquiry.note === null && (await isHidden({ db, clock }, actor, personId))) {
      // 支援措置 began after the inquiry was raised: it stops, until a superior says why it may go out.
      await note({ db, clock }, actor, inquiry, { state: 'held', because: null }, 'held');
      continue;
    }
    const letter: HistoryInquiryLetter = {
      kind: 'historyInquiry',
      version: 1,
      askedBy: lgCode,
      askedOf,
      basis,
      // The same inquiry handed over again is the same letter.
      madeAt: inquiry.raisedAt.toISOString(),
    };
    const text = JSON.stringify(letter);
    const order = { relayId: relayRef, personId, askedOf, letter: { text, digest: letterDigest(text) } };
    const decision = await requestInquiry({ db, actor, clock }, order);
    const at = clock.now();
    const because = decision.answer === 'refused' ? (decision.findings[0]?.code ?? 'refused') : null;
    const change: InquiryChange =
      because === null
        ? { state: 'asked', askedAt: at, because: null, retryAt: null }
        : { because, retryAt: new Date(at.getTime() + numberMinutes * 60_000) };
    await note({ db, clock }, actor, inquiry, change, because === null ? 'asked' : null);
    if (because === null) asked += 1;
  }
  return asked;
}

async function isHidden({ db, clock }: CarryContext, { lgCode }: Actor, personId: PersonId): Promise<boolean> {
  const today = todayInTokyo(clock);
  const [person] = await withMunicipality(db, lgCode, (tx) => listPersonSummaries(tx, [personId], today));
  return person?.isAddressHidden ?? true;
}

async function takeAnswers({ db, clock }: CarryContext, actor: Actor): Promise<number> {
  const { lgCode } = actor;
  const waiting = await withMunicipality(db, lgCode, (tx) => listInquiries(tx, ['asked'], { after: 0, limit: 5000 }));
  const context = { db, actor, clock };
  const finished = await listFinishedRelays(
    context,
    waiting.map(({ relayRef }) => relayRef),
  );
  let taken = 0;
  for (const inquiry of waiting.filter(({ relayRef }) => finished.has(relayRef)).slice(0, perRound)) {
    const answer = await findRelayedAnswer(context, inquiry.relayRef);
    if (answer === undefined) continue;
    const { change, letter } = readAnswer(inquiry, answer, clock.now());
    await note(context, actor, inquiry, change, change.state ?? null, letter);
    taken += 1;
  }
  return taken;
}

interface ReadAnswer {
  readonly change: InquiryChange;
  readonly letter: HistoryAnswerLetter | null;
}

/** What an answer means for its inquiry: the letter is believed only whole, and only from whom it was asked of. Pure. */
export function readAnswer(inquiry: HistoryInquiry, { relay, letter }: RelayedAnswer, at: Date): ReadAnswer {
  const { processingNumber } = relay;
  const frame = { processingNumber, answeredAt: at };
  const fail = (because: string): ReadAnswer => ({ change: { ...frame, state: 'failed', because }, letter: null });
  if (relay.state !== 'answered') return fail(relay.because ?? 'failed');
  if (relay.outcome === 'noRecord') return { change: { ...frame, state: 'empty' }, letter: null };
  if (relay.outcome === 'refused') return { change: { ...frame, state: 'refused' }, letter: null };
  if (letter === null) return fail('letterGone');
  if (letterDigest(letter.text) !== letter.digest) return fail('digestDiffers');
  const read = findLetter(letter.text);
  if (read === undefined) return fail('letterUnreadable');
  if (read.answeredBy !== inquiry.askedOf) return fail('answeredByAnother');
  const state = read.doses.length === 0 ? 'empty' : 'answered';
  return { change: { ...frame, state, letterDigest: letter.digest }, letter: read };
}

function findLetter(text: string): HistoryAnswerLetter | undefined {
  try {
    return readHistoryAnswer(text);
  } catch (error) {
    if (error instanceof UnreadableInput) return undefined;
    throw error;
  }
}

async function note(
  { db }: CarryContext,
  actor: Actor,
  { inquiryId, personId, state }: HistoryInquiry,
  change: InquiryChange,
  step: string | null,
  letter: HistoryAnswerLetter | null = null,
): Promise<void> {
  await withMunicipality(db, actor.lgCode, async (tx) => {
    if (!(await changeInquiry(tx, inquiryId, [state], change))) return;
    if (letter !== null) await insertAnswer(tx, inquiryId, letter.doses);
    if (step === null) return;
    await recordAct(tx, actor, {
      act: 'histories.carried',
      outcome: step === 'failed' ? 'refused' : 'done',
      personIds: [personId],
      details: { inquiry: inquiryId, step, because: change.because ?? null, records: letter?.doses.length ?? 0 },
    });
  });
}
