import {
  getPerson,
  identityBanner,
  listPersonSummaries,
  personCrumbs,
  personPath,
  readPersonId,
} from '#addressees/persons';
import { type Answer, answerWith, mayDo, redirectTo, type StaffContext } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { Conflict, findTypedPastDay, formatIsoDay, NotFound, UnreadableInput } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { dayHelp, type FormError } from '#platform/pages';
import { noticeCrumbs } from './pages/notices-pages.ts';
import { noticesPath, returnsPath } from './pages/paths.ts';
import { returnsPage, sentAgain } from './pages/returns-page.ts';
import { wishPage } from './pages/wish-page.ts';
import { enterReturn, recordWish } from './record-wish.ts';
import { inOffice, type NoticeTools, noticeContext } from './route-parts.ts';
import {
  type Channel,
  loadWishes,
  type NoticeWish,
  type ReturnCause,
  returnCauses,
  selectReturns,
} from './wish-store.ts';

const returnsShown = 100;
const noWish: NoticeWish = { channel: 'post', email: null, language: 'ja', isOptedOut: false };

/** The letters that came back, and the form to enter the next. */
export async function showReturns(
  context: StaffContext,
  _tools: NoticeTools,
  errors: readonly FormError[] = [],
): Promise<Answer> {
  const { actor } = context;
  const asOf = todayInTokyo(context.clock);
  const returns = await inOffice(context, async (tx) => {
    const letters = await selectReturns(tx, returnsShown);
    const personIds = [...new Set(letters.map((letter) => letter.personId))];
    if (personIds.length > 0) await recordAct(tx, actor, { act: 'notices.returnsViewed', personIds });
    const people = new Map((await listPersonSummaries(tx, personIds, asOf)).map((one) => [one.personId, one]));
    return letters.map((letter) => ({ letter, person: people.get(letter.personId) }));
  });
  const sent = errors.length > 0 ? context.body : context.query;
  const returnedOn = sent.text('returnedOn');
  const entered = context.query.text('entered');
  const body = returnsPage({
    returns,
    returnedOn: returnedOn === '' ? formatIsoDay(asOf) : returnedOn,
    cause: sent.text('cause'),
    paper: sent.text('paper'),
    scanned: errors.length > 0 ? context.body.text('scanned') : '',
    entered: entered === '' ? null : entered,
    errors,
    mayEnter: mayDo(actor, 'notices.print'),
    csrfToken: context.csrfToken,
  });
  const page = context.page({ title: '戻った郵便', body, crumbs: noticeCrumbs, current: noticesPath });
  return errors.length === 0 ? page : answerWith(422, page);
}

/** Enters one letter; day and cause stay for the next. */
export async function enterOneReturn(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const { body } = context;
  const [scanned, cause, paper] = [body.text('scanned'), body.text('cause'), body.text('paper')];
  const returnedOn = findTypedPastDay(body.text('returnedOn'), todayInTokyo(context.clock));
  const errors: FormError[] = [];
  if (returnedOn === undefined) errors.push({ field: 'returnedOn', message: dayHelp('戻った日', '今日までの日で') });
  if (scanned === '') errors.push({ field: 'scanned', message: '封書のバーコードを読んでください。' });
  if (!isCause(cause)) errors.push({ field: 'cause', message: '戻った理由を選んでください。' });
  if (returnedOn === undefined || !isCause(cause) || errors.length > 0) return showReturns(context, tools, errors);
  try {
    const letter = { scanned, returnedOn, cause, isSentAgain: paper === sentAgain };
    const { formNumber } = await enterReturn(await noticeContext(context, tools), letter);
    const query = new URLSearchParams({ entered: formNumber, cause, paper, returnedOn: formatIsoDay(returnedOn) });
    return redirectTo(`${returnsPath}?${query.toString()}`);
  } catch (error) {
    if (!(error instanceof NotFound || error instanceof Conflict || error instanceof UnreadableInput)) throw error;
    return showReturns(context, tools, [{ field: 'scanned', message: error.message }]);
  }
}

function isCause(text: string): text is ReturnCause {
  return Object.hasOwn(returnCauses, text);
}

/** How a person wants to be told. */
export async function showWish(
  context: StaffContext,
  _tools: NoticeTools,
  errors: readonly FormError[] = [],
): Promise<Answer> {
  const personId = readPersonId(context.params['personId']);
  const today = todayInTokyo(context.clock);
  const { person, kept } = await inOffice(context, async (tx) => ({
    person: await getPerson(tx, context.actor, personId, today),
    kept: (await loadWishes(tx, [personId])).get(personId) ?? noWish,
  }));
  const body = wishPage({
    personId,
    who: identityBanner(person, today),
    wish: errors.length > 0 ? readWish(context) : kept,
    reason: context.body.text('reason'),
    errors,
    csrfToken: context.csrfToken,
    backHref: personPath(personId),
  });
  const crumbs = [...personCrumbs, { label: person.name, href: personPath(personId) }];
  const page = context.page({ title: '通知の希望', body, crumbs, current: personCrumbs[0]?.href ?? '' });
  return errors.length === 0 ? page : answerWith(422, page);
}

/** Records how a person wants to be told. */
export async function keepWish(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const personId = readPersonId(context.params['personId']);
  const reason = context.body.text('reason');
  const wish = readWish(context);
  if (reason === '') {
    return showWish(context, tools, [{ field: 'reason', message: '希望を受けた経緯を書いてください。' }]);
  }
  try {
    await recordWish(await noticeContext(context, tools), personId, { ...wish, reason });
  } catch (error) {
    if (!(error instanceof UnreadableInput)) throw error;
    return showWish(context, tools, [{ field: 'email', message: error.message }]);
  }
  return redirectTo(personPath(personId));
}

const channels: readonly Channel[] = ['post', 'portal', 'email'];

function readWish({ body }: StaffContext): NoticeWish {
  const channel = channels.find((one) => one === body.text('channel')) ?? 'post';
  const email = channel === 'email' ? body.text('email') : null;
  return { channel, email, language: body.text('language'), isOptedOut: body.text('isOptedOut') === 'yes' };
}
