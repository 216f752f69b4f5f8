import { laterDay } from '#kernel';
import type { Tx } from '#platform/postgres';
import { decideAtPrinting, type MemberDecision } from './decide-member.ts';
import { dosePaperOf } from './layout-types.ts';
import { loadCalled } from './load-called.ts';
import { loadPeopleToCall, type PersonToCall } from './load-people.ts';
import type { NewMessage } from './message-store.ts';
import type { PrintSetting } from './print-setting.ts';
import type { PrintItem } from './print-store.ts';
import { loadWishes } from './wish-store.ts';

/** One place of a part with what was decided about it at the moment of printing. */
export interface DecidedItem {
  readonly item: PrintItem;
  readonly called: PersonToCall | undefined;
  readonly decision: MemberDecision;
  /** How the person is told instead of by letter. */
  readonly channel?: 'portal' | 'email';
}

/** Everybody of a part judged and addressed once more as of now, and by which way each is told. */
export async function chooseLetters(
  tx: Tx,
  setting: PrintSetting,
  items: readonly PrintItem[],
): Promise<readonly DecidedItem[]> {
  return routeLetters(tx, setting, await decideItems(tx, setting, items));
}

/**
 * Of a cohort's letters: who was told the same before is not told again, and who asked for e-mail or the portal is told
 * so. Papers that are used for a dose always go by post.
 */
async function routeLetters(
  tx: Tx,
  setting: PrintSetting,
  decided: readonly DecidedItem[],
): Promise<readonly DecidedItem[]> {
  const { layout, job, key, issueReason } = setting;
  if (issueReason !== 'cohort' || layout.document !== 'letter') return decided;
  const personIds = decided.map(({ item }) => item.personId);
  const called = await loadCalled(tx, { ...key, layoutId: layout.layoutId }, job.issuedOn, personIds);
  const wishes = await loadWishes(tx, personIds);
  return decided.map((one): DecidedItem => {
    const { decision, item } = one;
    if (!decision.isIncluded) return one;
    const { next } = decision;
    if (called.get(item.personId)?.has(next.doseNumber) === true) {
      return { ...one, decision: { isIncluded: false, reason: 'alreadyCalled', next } };
    }
    const channel = wishes.get(item.personId)?.channel ?? 'post';
    if (channel === 'post') return one;
    return { ...one, channel, decision: { isIncluded: false, reason: 'byOtherChannel', next } };
  });
}

/** The messages to those of a part who are told by e-mail or through the portal. */
export function messagesOf({ layout, key, job }: PrintSetting, decided: readonly DecidedItem[]): NewMessage[] {
  return decided.flatMap(({ item, channel, called, decision }): NewMessage[] => {
    if (channel === undefined || decision.next === null) return [];
    const validUntil = decision.next.latestOn ?? called?.forecast?.eligibleTo ?? null;
    const { personId } = item;
    const { doseNumber } = decision.next;
    const { programme, stage } = key;
    return [
      {
        personId,
        programme,
        stage,
        doseNumber,
        layoutId: layout.layoutId,
        channel,
        issuedOn: job.issuedOn,
        validUntil,
      },
    ];
  });
}

async function decideItems(
  tx: Tx,
  setting: PrintSetting,
  items: readonly PrintItem[],
): Promise<readonly DecidedItem[]> {
  const { library, layout, job } = setting;
  const days = { asOf: job.issuedOn, dueBy: laterDay(setting.dueBy, job.issuedOn) };
  const personIds = items.map((item) => item.personId);
  const people = await loadPeopleToCall(tx, library.rules, personIds, setting.key, job.issuedOn);
  return items.map((item) => {
    const called = people.get(item.personId);
    // Somebody whose record is gone is treated as a cancelled one.
    if (called === undefined) {
      return { item, called, decision: { isIncluded: false, reason: 'cancelled', next: null } };
    }
    // A reissue replaces the form that the person holds; a letter may go to somebody who holds one.
    const paper = setting.issueReason === 'cohort' ? dosePaperOf(layout) : null;
    const hasLiveForm = paper !== null && called.heldPapers.has(paper);
    const member = { ...called.member, hasLiveForm, refusal: refusalOf(setting, called.member.refusal ?? null) };
    return { item, called, decision: decideAtPrinting(member, item.chosenDose, days) };
  });
}

/** Who asked for one paper gets it; of a cohort's papers forms are not refused by the wish not to be told. */
function refusalOf(
  { issueReason, layout }: PrintSetting,
  refusal: 'optedOut' | 'returnedMail' | null,
): 'optedOut' | 'returnedMail' | null {
  if (issueReason !== 'cohort') return null;
  return refusal === 'optedOut' && dosePaperOf(layout) !== null ? null : refusal;
}
