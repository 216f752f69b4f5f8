import { type AskedOfUs, listAskedOfUs, prepareProvision } from '#addressees/numbers';
import { type Actor, asJob } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type LgCode, UnreadableInput } from '#kernel';
import { readHistoryInquiry } from '#messages';
import { withMunicipality } from '#platform/postgres';
import type { CarryContext } from '../carry-inquiries.ts';
import { insertProvision, listProvisions, markHandedOver } from './provision-store.ts';

const perRound = 50;

/**
 * Takes what other municipalities ask from the only room that speaks with the intermediate server, and hands back what two
 * people answered. Killed in between, the same is taken or handed over again and is the same there.
 */
export async function carryProvisions(context: CarryContext, lgCode: LgCode): Promise<void> {
  const actor = await asJob(context.db, lgCode, { job: 'histories.carry', startedBy: null });
  await takeQuestions(context, actor);
  await handAnswersOver(context, actor);
}

async function takeQuestions({ db, clock }: CarryContext, actor: Actor): Promise<void> {
  for (const asked of await listAskedOfUs({ db, actor, clock }, perRound)) {
    const { relayId, personId, counterpart, processingNumber, madeAt } = asked.relay;
    if (counterpart === null || processingNumber === null) continue;
    const question = { personId, askedBy: counterpart, processingNumber, askedAt: madeAt };
    const isReadable = isAsAgreed(asked, actor.lgCode);
    await withMunicipality(db, actor.lgCode, async (tx) => {
      if (!(await insertProvision(tx, { relayRef: relayId, ...question, isReadable }))) return;
      const personIds = personId === null ? [] : [personId];
      const details = { askedBy: counterpart, isReadable };
      await recordAct(tx, actor, { act: 'histories.askedOfUs', personIds, details });
    });
  }
}

/** The letter must say itself who asks whom: what stands around it proves nothing of its writer. */
function isAsAgreed({ relay, letter }: AskedOfUs, lgCode: LgCode): boolean {
  if (letter === null) return false;
  try {
    const read = readHistoryInquiry(letter.text);
    return read.askedBy === relay.counterpart && read.askedOf === lgCode;
  } catch (error) {
    if (error instanceof UnreadableInput) return false;
    throw error;
  }
}

async function handAnswersOver({ db, clock }: CarryContext, actor: Actor): Promise<void> {
  const approved = await withMunicipality(db, actor.lgCode, (tx) => listProvisions(tx, ['approved'], perRound));
  for (const { relayRef, outcome, letter, letterDigest } of approved) {
    const given = letter === null || letterDigest === null ? null : { text: letter, digest: letterDigest };
    await prepareProvision({ db, actor, clock }, relayRef, { outcome: outcome ?? 'refused', letter: given });
    await withMunicipality(db, actor.lgCode, (tx) => markHandedOver(tx, relayRef, clock.now()));
  }
}
