import { type Answer, answerWith, mayDo, redirectTo, type StaffContext, sendFile } from '#common-base/access';
import { Conflict, findTypedDay, formatIsoDay, NotFound, UnreadableInput } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { dayHelp, type FormError } from '#platform/pages';
import { sendAgain } from './deliver-messages.ts';
import { type CompanionKind, companionIds, drawCompanion, drawInstitutionList } from './draw-companion.ts';
import { getCampaign, listCampaigns } from './list-campaigns.ts';
import { getPrintJob } from './list-print-jobs.ts';
import { campaignPage, campaignsPage } from './pages/campaigns-page.ts';
import { dispatchPage } from './pages/dispatch-page.ts';
import { noticeCrumbs } from './pages/notices-pages.ts';
import { campaignPath, campaignsPath, dispatchPath, noticesPath, printJobPath } from './pages/paths.ts';
import { checkDispatch } from './pull-from-dispatch.ts';
import { findDispatch, recordDispatch } from './record-dispatch.ts';
import { inOffice, type NoticeTools, noticeContext, readNumber } from './route-parts.ts';

/** What to pull from a printed bundle before it is posted, and that it was posted. */
export async function showDispatch(
  context: StaffContext,
  tools: NoticeTools,
  errors: readonly FormError[] = [],
): Promise<Answer> {
  const { actor } = context;
  const printJobId = readNumber(context.params['printJobId']);
  const today = todayInTokyo(context.clock);
  const { job, dispatch } = await inOffice(context, async (tx) => ({
    job: await getPrintJob(tx, actor, printJobId),
    dispatch: await findDispatch(tx, actor, printJobId),
  }));
  const letters = await checkDispatch(await noticeContext(context, tools), printJobId, today);
  const typed = context.body.text('postedOn');
  const body = dispatchPage({
    ...{ job, letters, dispatch, errors, csrfToken: context.csrfToken },
    postedOn: errors.length > 0 ? typed : formatIsoDay(today),
    sentAnyway: context.body.list('sentAnyway'),
    mayRecord: mayDo(actor, 'forms.reissue'),
  });
  const crumbs = [...noticeCrumbs, { label: job.label, href: printJobPath(printJobId) }];
  const title = dispatch === undefined ? '発送の前の確かめ' : '発送の記録';
  const page = context.page({ title, body, crumbs, current: noticesPath });
  return errors.length === 0 ? page : answerWith(422, page);
}

/** Records that the bundle went to the post; what was pulled loses its number. */
export async function keepPosting(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const printJobId = readNumber(context.params['printJobId']);
  const postedOn = findTypedDay(context.body.text('postedOn'));
  if (postedOn === undefined) return showDispatch(context, tools, [{ field: 'postedOn', message: dayHelp('発送日') }]);
  const pulledSeen = readNumber(context.body.text('pulledSeen'));
  try {
    const sentAnyway = context.body.list('sentAnyway');
    await recordDispatch(await noticeContext(context, tools), { printJobId, postedOn, pulledSeen, sentAnyway });
  } catch (error) {
    if (!(error instanceof UnreadableInput || error instanceof Conflict)) throw error;
    const field = error instanceof UnreadableInput ? 'postedOn' : null;
    return showDispatch(context, tools, [{ field, message: error.message }]);
  }
  return redirectTo(dispatchPath(printJobId));
}

/** A paper that goes with the bundle. */
export async function sendCompanion(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const printJobId = readNumber(context.params['printJobId']);
  const kind = context.params['kind'] ?? '';
  if (!isCompanion(kind)) throw new NotFound('この紙はありません。');
  const notices = await noticeContext(context, tools);
  const on = todayInTokyo(context.clock);
  const letters = await checkDispatch(notices, printJobId, on);
  const { name, pdf } = await drawCompanion(notices, printJobId, kind, letters, on);
  return sendFile({ name, mediaType: 'application/pdf', chunks: pdf });
}

/** What came of what was sent, campaign by campaign. */
export async function showCampaigns(context: StaffContext): Promise<Answer> {
  const campaigns = await inOffice(context, (tx) => listCampaigns(tx, context.actor));
  const body = campaignsPage(campaigns);
  return context.page({ title: '通知の結果', body, crumbs: noticeCrumbs, current: noticesPath });
}

/** One campaign with its effect. */
export async function showCampaign(context: StaffContext, errors: readonly FormError[] = []): Promise<Answer> {
  const printJobId = readNumber(context.params['printJobId']);
  const campaign = await inOffice(context, (tx) => getCampaign(tx, context.actor, printJobId));
  if (campaign === undefined) throw new NotFound('この通知はありません。');
  const crumbs = [...noticeCrumbs, { label: '通知の結果', href: campaignsPath }];
  const body = campaignPage({
    ...{ campaign, errors, today: todayInTokyo(context.clock), csrfToken: context.csrfToken },
    maySend: mayDo(context.actor, 'notices.print'),
  });
  const page = context.page({ title: campaign.job.label, body, crumbs, current: noticesPath });
  return errors.length === 0 ? page : answerWith(409, page);
}

/** Sends once more what was not handed over. */
export async function sendCampaignAgain(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const printJobId = readNumber(context.params['printJobId']);
  const from = context.body.text('from') === 'sending' ? 'sending' : 'failed';
  try {
    await sendAgain(await noticeContext(context, tools), printJobId, from);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    return showCampaign(context, [{ field: null, message: error.message }]);
  }
  return redirectTo(campaignPath(printJobId));
}

function isCompanion(text: string): text is CompanionKind {
  return Object.hasOwn(companionIds, text);
}

/** The institutions under contract, to enclose; `programme` in the address leaves those whose contract is for it. */
export async function sendInstitutionList(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const programme = context.query.text('programme').slice(0, 60) || null;
  const today = todayInTokyo(context.clock);
  const { name, pdf } = await drawInstitutionList(await noticeContext(context, tools), today, programme);
  return sendFile({ name, mediaType: 'application/pdf', chunks: pdf, isInline: true });
}
