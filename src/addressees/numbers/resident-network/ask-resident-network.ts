import { listPersonSummaries, type PersonSummary } from '#addressees/persons';
import { type Actor, asJob } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { formatIsoDay, type LgCode } from '#kernel';
import { numbersResidentNetworkVersion, type RegisterConfirmed } from '#messages';
import { todayInTokyo } from '#platform/clock';
import { CallFailed } from '#platform/exchange';
import { leaseRow, releaseRow, withMunicipality } from '#platform/postgres';
import { callResidentNetwork, resting } from '../intermediate/call-peer.ts';
import { findPeer, leaseOf } from '../intermediate/peer-store.ts';
import type { ExchangePeer, NationalContext } from '../intermediate/types.ts';
import { withNumberKeys } from '../number-keys.ts';
import { openNumberOf } from '../open-number.ts';
import { keepAnswer, keepFailure, listToAsk } from './confirmation-store.ts';
import { type AskedItems, fitAnswer, isDifferent, listAskedItems } from './decide-confirmation.ts';
import type { RegisterAnswer, RegisterConfirmation } from './types.ts';

const leaseSeconds = 120;
const perRound = 50;

/**
 * Asks 市町村CS what two people agreed to ask (AD-18), of somebody without a number by the 4情報. The number is opened for this
 * one message; of the answer only agreements are kept. Answers how many were asked; undefined where no network is connected or another worker is at it.
 */
export async function askResidentNetwork(context: NationalContext, lgCode: LgCode): Promise<number | undefined> {
  const { db } = context;
  const peer = await withMunicipality(
    db,
    lgCode,
    async (tx) => {
      const found = await findPeer(tx, 'residentNetwork');
      return found !== undefined && (await leaseRow(tx, leaseOf('residentNetwork'), leaseSeconds)) ? found : undefined;
    },
    { role: 'vault' },
  );
  if (peer === undefined) return undefined;
  let failure: string | null = null;
  let asked = 0;
  try {
    const actor = await asJob(db, lgCode, { job: 'numbers.askRegister', startedBy: null });
    for (const confirmation of await withMunicipality(db, lgCode, (tx) => listToAsk(tx, perRound))) {
      if (context.signal?.aborted === true) break;
      await askOne(context, actor, peer, confirmation);
      asked += 1;
    }
    return asked;
  } catch (error) {
    failure = error instanceof CallFailed ? error.message : 'an error of our own; see the log';
    throw error;
  } finally {
    await withMunicipality(db, lgCode, (tx) => releaseRow(tx, leaseOf('residentNetwork'), failure), { role: 'vault' });
  }
}

async function askOne(
  context: NationalContext,
  actor: Actor,
  peer: ExchangePeer,
  confirmation: RegisterConfirmation,
): Promise<void> {
  const { db, clock, key } = context;
  const { lgCode } = actor;
  const { personId, requestRef } = confirmation;
  const today = todayInTokyo(clock);
  const [person] = await withMunicipality(db, lgCode, (tx) => listPersonSummaries(tx, [personId], today));
  const place = { db, lgCode };
  const individualNumber = await withNumberKeys({ ...context, actor }, (keys) => openNumberOf(place, keys, personId));
  if (person === undefined) return fail(context, actor, confirmation);
  const asked = askedOf(person, individualNumber ?? null);
  // Without a number and without a birth date it could be anybody of that name.
  if (asked.individualNumber === null && asked.birthDate === null) return fail(context, actor, confirmation);
  const answer = await callResidentNetwork(
    { key, clock, lgCode, peer },
    {
      version: numbersResidentNetworkVersion,
      lgCode,
      kind: 'confirmation',
      requestId: requestRef,
      ...asked,
    },
  );
  if (answer.kind === 'busy') throw resting();
  if (answer.kind !== 'confirmed' || answer.requestId !== requestRef) throw new CallFailed('the answer is another’s');
  await take(context, actor, confirmation, asked, answerOf(answer));
}

/** What is compared; the place of a protected person does not leave the office. */
function askedOf(person: PersonSummary, individualNumber: string | null): AskedItems {
  const { name, kana, bornOn, birthDatePrecision, sex, address, isAddressHidden } = person;
  return {
    individualNumber,
    name: name === '' ? kana : name,
    birthDate: bornOn === null || birthDatePrecision !== 'day' ? null : formatIsoDay(bornOn),
    sex: sex === 'unknown' ? null : sex,
    address: isAddressHidden || address === null || address === '' ? null : address,
  };
}

function answerOf(given: RegisterConfirmed): RegisterAnswer {
  const { number, name, birthDate, sex, address, previousMunicipality } = given;
  return { number, name, birthDate, sex, address, previousMunicipality };
}

async function take(
  { db, clock }: NationalContext,
  actor: Actor,
  { confirmationId, personId, reason }: RegisterConfirmation,
  asked: AskedItems,
  given: RegisterAnswer,
): Promise<void> {
  const answer = fitAnswer(asked, given);
  const isDifference = isDifferent(asked, answer);
  await withMunicipality(db, actor.lgCode, async (tx) => {
    if (!(await keepAnswer(tx, confirmationId, answer, { at: clock.now(), isDifference }))) return;
    await recordAct(
      tx,
      { ...actor, reason },
      {
        act: 'numbers.registerAsked',
        personIds: [personId],
        items: listAskedItems(asked),
        details: { confirmation: confirmationId, number: answer.number, isDifference },
      },
    );
  });
}

async function fail({ db, clock }: NationalContext, actor: Actor, asked: RegisterConfirmation): Promise<void> {
  const { confirmationId, personId } = asked;
  await withMunicipality(db, actor.lgCode, async (tx) => {
    await keepFailure(tx, confirmationId, 'tooLittleKnown', clock.now());
    await recordAct(tx, actor, {
      act: 'numbers.registerAsked',
      outcome: 'refused',
      personIds: [personId],
      details: { confirmation: confirmationId, because: 'tooLittleKnown' },
    });
  });
}
