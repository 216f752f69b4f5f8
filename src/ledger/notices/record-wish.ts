import { mailingNameAndAddress } from '#addressees/persons';
import { requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { Conflict, type Day, formatIsoDay, NotFound, type PersonId, UnreadableInput } from '#kernel';
import { cancelForms, type FormOnRecord, findForm, formatFormNumber, lockRegister } from '#ledger/forms';
import { todayInTokyo } from '#platform/clock';
import { type Tx, withMunicipality } from '#platform/postgres';
import { findPrintedPlace, isPrintedAt } from './find-printed-place.ts';
import type { NoticeContext } from './library.ts';
import {
  digestPlace,
  insertReturn,
  insertWish,
  type NoticeWish,
  type ReturnCause,
  returnCauses,
} from './wish-store.ts';

/** The languages in which somebody may ask to be told; papers in a language exist only where a layout brings them. */
export const languageNames = {
  ja: '日本語',
  en: '英語',
  zh: '中国語',
  ko: '韓国語',
  vi: 'ベトナム語',
  pt: 'ポルトガル語',
} as const;

/** An address of e-mail as the standard's simple form has it; nothing that could begin another header. */
const emailForm = /^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/u;

/** Records how, in which language, and whether at all a person wants to be told (通知の希望). */
export async function recordWish(
  context: NoticeContext,
  personId: PersonId,
  wish: NoticeWish & { readonly reason: string },
): Promise<void> {
  const { actor, db } = context;
  requirePermission(actor, 'notices.print');
  const reason = wish.reason.trim();
  if (reason === '') throw new UnreadableInput('希望を受けた経緯（窓口、電話など）を入力してください。');
  if (!Object.hasOwn(languageNames, wish.language)) throw new UnreadableInput('言語を選んでください。');
  if (wish.channel === 'email' && !emailForm.test(wish.email ?? '')) {
    throw new UnreadableInput('メールアドレスを半角で正しく入力してください。');
  }
  const email = wish.channel === 'email' ? wish.email : null;
  await withMunicipality(db, actor.lgCode, async (tx) => {
    const details = { channel: wish.channel, language: wish.language, isOptedOut: wish.isOptedOut };
    const actId = await recordAct(tx, actor, { act: 'notices.wishRecorded', personIds: [personId], details });
    await insertWish(tx, { actId, staffId: actor.staffId, staffName: actor.staffName }, personId, {
      ...{ ...wish, email, reason },
    });
  });
}

/** A letter entered as returned. */
export interface EnteredReturn {
  readonly formNumber: string;
  readonly personId: PersonId;
}

/**
 * Enters a letter that the post brought back, by the bar code on it (返戻郵便). No other letter goes to the place that stood
 * on it until the register or a 送付先 says another; the paper lies in the office, so its number is cancelled and a new one
 * can be printed. A number that is not ours or was entered before is refused.
 */
export async function enterReturn(
  context: NoticeContext,
  letter: {
    readonly scanned: string;
    readonly returnedOn: Day;
    readonly cause: ReturnCause;
    /** Whether the same envelope goes out once more: then its number stays valid. */
    readonly isSentAgain?: boolean;
  },
): Promise<EnteredReturn> {
  const { actor, db } = context;
  requirePermission(actor, 'notices.print');
  if (!Object.hasOwn(returnCauses, letter.cause)) throw new UnreadableInput('戻った理由を選んでください。');
  return withMunicipality(db, actor.lgCode, async (tx) => {
    await lockRegister(tx);
    const form = await findForm(tx, letter.scanned);
    if (form === undefined) {
      throw new NotFound('その番号の紙は発行していません。バーコードをもう一度読むか、12桁の番号を入力してください。');
    }
    const { formNumber, personId } = form;
    if (letter.returnedOn < form.issuedOn) throw new UnreadableInput('戻った日は、発行した日より後にしてください。');
    const place = await findReturnPlace(tx, form, letter.returnedOn);
    const details = { cause: letter.cause, returnedOn: formatIsoDay(letter.returnedOn) };
    const actId = await recordAct(tx, actor, { act: 'notices.letterReturned', personIds: [personId], details });
    const frame = { actId, staffId: actor.staffId, staffName: actor.staffName };
    const { returnedOn, cause } = letter;
    const isNew = await insertReturn(tx, frame, { formNumber, personId, returnedOn, cause, place });
    if (!isNew) throw new Conflict(`${formatFormNumber(formNumber)} は、すでに戻った郵便として登録してあります。`);
    const reason = `郵便が戻った（${returnCauses[cause]}）`;
    const isVoid = !letter.isSentAgain && form.state === 'issued';
    if (isVoid) await cancelForms(tx, actor, actId, [{ formNumber, reason }], todayInTokyo(context.clock));
    return { formNumber, personId };
  });
}

/**
 * The place that stood on a returned letter, as it is remembered: where the person lives now, if that is what was printed,
 * else what was printed. Never the new home of somebody who moved after the printing.
 */
async function findReturnPlace(tx: Tx, form: FormOnRecord, on: Day): Promise<string | null> {
  const { personId } = form;
  const mailing = (await mailingNameAndAddress(tx, [personId], on)).get(personId);
  const address = mailing?.address ?? null;
  const now = mailing === undefined || address === null ? null : { ...mailing, address };
  const printed = await findPrintedPlace(tx, form);
  if (now !== null && (printed === undefined || isPrintedAt(printed, now))) return digestPlace(personId, now);
  if (printed === undefined) return null;
  return digestPlace(personId, { ...printed, postalCode: printed.postalCode.replaceAll('-', '') });
}
