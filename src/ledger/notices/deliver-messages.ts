import { asJob, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { findSettings, getMunicipality } from '#common-base/municipalities';
import { Conflict, formatJapaneseEra, type LgCode, laterDay } from '#kernel';
import { type Clock, todayInTokyo } from '#platform/clock';
import { enqueue, type Job } from '#platform/jobs';
import { withoutReadings } from '#platform/pdf';
import { type Tx, withMunicipality } from '#platform/postgres';
import { nameOfProgramme, nameOfStage, type RuleSet } from '#schedule';
import { decideAtPrinting } from './decide-member.ts';
import { fillText } from './form-fields.ts';
import { getFormLayout, type NoticeContext, type NoticeLibrary } from './library.ts';
import { loadPeopleToCall } from './load-people.ts';
import { type NoticeMessage, settleMessage, takeMessage, waitAgain } from './message-store.ts';
import { labelOfReason } from './notice-reasons.ts';
import { loadWishes } from './wish-store.ts';

/** The worker's task that sends the notices which wait. */
export const deliverTask = 'notices.deliver';

/** A notice ready to send: no name and no number of anybody stands in it. */
export interface ElectronicNotice {
  readonly lgCode: LgCode;
  readonly noticeMessageId: number;
  readonly municipalityName: string;
  /** The address of e-mail; null on the portal, which knows its people by itself. */
  readonly to: string | null;
  /** The sender of e-mail as the municipality's settings name it. */
  readonly from: string | null;
  readonly subject: string;
  readonly text: string;
}

/** The ways out: each throws where it could not hand the notice over. */
export interface NoticeChannels {
  sendEmail(notice: ElectronicNotice): Promise<void>;
  putOnPortal(notice: ElectronicNotice): Promise<void>;
}

/** What the worker lends to the sending. */
export interface DeliverTools {
  readonly clock: Clock;
  readonly library: NoticeLibrary;
  readonly channels: NoticeChannels;
  rulesOf(lgCode: LgCode): Promise<RuleSet>;
}

/** Sends what waits, one after another; asked for with each printed part, and again every few minutes. */
export function createDeliverTask(
  tools: DeliverTools,
): (job: Pick<Job, 'db' | 'lgCode' | 'log' | 'signal'>) => Promise<void> {
  return async ({ db, lgCode, log, signal }) => {
    const actor = await asJob(db, lgCode, { job: deliverTask, startedBy: null, name: '自動処理(通知の送信)' });
    const library = { ...tools.library, rules: await tools.rulesOf(lgCode) };
    const context = { db, actor, clock: tools.clock, log, library };
    while (!signal.aborted && (await deliverNext(context, tools.channels)));
  };
}

/**
 * Sends the next notice that waits. It is marked before it is handed over: what a crash interrupts is not sent a
 * second time but waits for a person. Who was vaccinated meanwhile, died or moved is told nothing any more.
 */
export async function deliverNext(context: NoticeContext, channels: NoticeChannels): Promise<boolean> {
  const { actor, db, clock } = context;
  const { lgCode } = actor;
  const message = await withMunicipality(db, lgCode, takeMessage);
  if (message === undefined) return false;
  const settle = (state: 'sent' | 'failed' | 'cancelled', outcome: string | null) =>
    withMunicipality(db, lgCode, async (tx) => {
      await settleMessage(tx, message.noticeMessageId, { state, outcome, at: clock.now() });
      const { printJobId, personId, channel } = message;
      const act = { act: 'notices.messageSettled', personIds: [personId], details: { printJobId, channel, state } };
      await recordAct(tx, actor, act);
    });
  const composed = await withMunicipality(db, lgCode, (tx) => compose(tx, context, message));
  if ('cancelledFor' in composed) {
    await settle('cancelled', composed.cancelledFor);
    return true;
  }
  try {
    await (message.channel === 'email' ? channels.sendEmail(composed) : channels.putOnPortal(composed));
  } catch (error) {
    context.log?.warn({ noticeMessageId: message.noticeMessageId }, 'a notice could not be handed over');
    await settle('failed', error instanceof Error ? error.name : 'Error');
    return true;
  }
  await settle('sent', null);
  return true;
}

/**
 * Sends once more what was not handed over, after a person has seen why: the wish of the person, the dose and the residence
 * are asked again before each, as ever. Refused where nothing is left to send.
 */
export async function sendAgain(
  context: NoticeContext,
  printJobId: number,
  from: 'failed' | 'sending',
): Promise<number> {
  const { actor, db, clock } = context;
  requirePermission(actor, 'notices.print');
  return withMunicipality(db, actor.lgCode, async (tx) => {
    const messages = await waitAgain(tx, printJobId, from, clock.now());
    if (messages === 0)
      throw new Conflict('もう一度送る通知はありません。途中で止まった通知は、1時間たつと送り直せます。');
    await recordAct(tx, actor, { act: 'notices.messagesSentAgain', details: { printJobId, messages, from } });
    const { lgCode } = actor;
    await enqueue(tx, deliverTask, { lgCode }, { jobKey: `${deliverTask}:${lgCode}` });
    return messages;
  });
}

async function compose(
  tx: Tx,
  context: NoticeContext,
  message: NoticeMessage,
): Promise<ElectronicNotice | { readonly cancelledFor: string }> {
  const { library, clock } = context;
  const { personId, layoutId, doseNumber, channel } = message;
  const today = laterDay(todayInTokyo(clock), message.issuedOn);
  const person = (await loadPeopleToCall(tx, library.rules, [personId], message, today)).get(personId);
  if (person === undefined) return { cancelledFor: labelOfReason('cancelled') };
  // No letter goes anywhere: where it would go does not matter.
  const member = { ...person.member, hasLiveForm: false, post: 'address', refusal: null } as const;
  const decision = decideAtPrinting(member, doseNumber, { asOf: today, dueBy: today });
  if (!decision.isIncluded) return { cancelledFor: labelOfReason(decision.reason) };
  const wish = (await loadWishes(tx, [personId])).get(personId);
  if (wish === undefined || wish.isOptedOut || wish.channel !== channel) return { cancelledFor: '希望が変わった' };
  const layout = await getFormLayout(tx, library, layoutId, message.issuedOn);
  const { next, forecast } = { next: decision.next, forecast: person.forecast };
  const last = next.latestOn ?? forecast?.eligibleTo ?? null;
  const about = [
    `予防接種　${nameOfProgramme(library.rules, message.programme)}　${nameOfStage(library.rules, message.programme, message.stage)}　${doseNumber}回目`,
    `接種できる期間　${formatJapaneseEra(laterDay(next.earliestOn, today))}から${last === null ? '' : `${formatJapaneseEra(last)}まで`}`,
  ];
  const { name } = await getMunicipality(tx);
  const parts = [layout.texts['body'], about.join('\n'), layout.texts['advice'], `${name}　予防接種の窓口`];
  const text = parts.filter((part) => part !== undefined && part !== '').join('\n\n');
  return {
    lgCode: tx.lgCode,
    noticeMessageId: message.noticeMessageId,
    municipalityName: name,
    to: channel === 'email' ? wish.email : null,
    from: await findSender(tx),
    subject: plain(layout.texts['heading'] ?? layout.title),
    text: plain(text),
  };
}

/** The sender named in `mail.json` of the municipality's settings; null where there is none. */
async function findSender(tx: Tx): Promise<string | null> {
  const text = await findSettings(tx, 'mail.json');
  if (text === undefined) return null;
  const value: unknown = JSON.parse(text);
  const from = typeof value === 'object' && value !== null && 'from' in value ? value.from : null;
  return typeof from === 'string' && from !== '' ? from : null;
}

/** A text without readings in braces and without fields of a person, which no mail may carry. */
function plain(text: string): string {
  return fillText(withoutReadings(text), {});
}
