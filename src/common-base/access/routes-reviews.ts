import { addDays, type Finding, findIsoDay, finding, formatIsoDay } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import type { FormFields } from '#platform/http';
import { withMunicipality } from '#platform/postgres';
import { type Answer, answerWith, redirectTo } from './answers.ts';
import { explainErrors } from './explain-errors.ts';
import { anomalyPage } from './pages/anomaly-page.ts';
import { accessReviewPage } from './pages/review-pages.ts';
import { listAnomalies } from './reviews/anomaly-rules.ts';
import { listReviews } from './reviews/review-store.ts';
import { listAccountsToReview, signAccessReview } from './reviews/sign-access-review.ts';
import { type AnomalyVerdict, signAnomalyReview } from './reviews/sign-anomaly-review.ts';
import { addStaffRoute, type StaffApp } from './staff-app.ts';
import type { StaffContext } from './staff-route.ts';

/** Reviews that a person signs: whether what is given is still needed. */
export function addReviewRoutes(app: StaffApp): void {
  const access = { url: '/reviews/access', permission: 'permissions.review' } as const;
  addStaffRoute(app, {
    method: 'GET',
    ...access,
    handler: async (context: StaffContext) => await showAccess(context, new Map(), []),
  });
  addStaffRoute(app, { method: 'POST', ...access, needsFreshSignIn: true, handler: takeAccess });
  const anomalies = { url: '/reviews/anomalies', permission: 'audit.reviewAnomalies' } as const;
  addStaffRoute(app, {
    method: 'GET',
    ...anomalies,
    handler: async (context: StaffContext) =>
      await showAnomalies(context, readPeriod(context, context.query), new Map(), []),
  });
  addStaffRoute(app, { method: 'POST', ...anomalies, needsFreshSignIn: true, handler: takeAnomalies });
}

async function takeAccess(context: StaffContext): Promise<Answer> {
  const { body } = context;
  const verdicts = new Map<number, string>();
  for (const name of body.names()) {
    const staffId = /^verdict-(\d{1,15})$/u.exec(name)?.[1];
    if (staffId !== undefined) verdicts.set(Number(staffId), body.text(name));
  }
  const decision = await signAccessReview(context, { verdicts, note: body.text('note') });
  return decision.answer === 'refused'
    ? await showAccess(context, verdicts, decision.findings)
    : redirectTo('/reviews/access');
}

async function showAccess(
  context: StaffContext,
  verdicts: ReadonlyMap<number, string>,
  findings: readonly Finding[],
): Promise<Answer> {
  const { clock, csrfToken } = context;
  const today = formatIsoDay(todayInTokyo(clock));
  const known = await withMunicipality(context.db, context.lgCode, async (tx) => ({
    accounts: await listAccountsToReview(tx, clock.now(), today),
    reviews: await listReviews(tx, 'access'),
  }));
  const body = accessReviewPage({ ...known, verdicts, csrfToken, errors: await explainErrors(findings) });
  const page = context.page({ title: '権限の棚卸し', body });
  return findings.length === 0 ? page : answerWith(422, page);
}

interface Period {
  readonly recordedFrom: string;
  readonly recordedTo: string;
}

/** A quarter at most: what is signed has been read. */
const periodDaysMax = 93;

/** The period that was asked for; the last 31 days where nothing was. */
function readPeriod({ clock }: StaffContext, fields: FormFields): Period {
  const today = todayInTokyo(clock);
  const recordedFrom = fields.day('from') || formatIsoDay(addDays(today, -30));
  return { recordedFrom, recordedTo: fields.day('to') || formatIsoDay(today) };
}

function findPeriodFault({ recordedFrom, recordedTo }: Period): Finding[] {
  const [from, to] = [findIsoDay(recordedFrom), findIsoDay(recordedTo)];
  const isFit = from !== undefined && to !== undefined && from <= to && to - from < periodDaysMax;
  return isFit ? [] : [finding('reviewPeriodInvalid', 'refuse', 'from')];
}

async function takeAnomalies(context: StaffContext): Promise<Answer> {
  const { body } = context;
  const period = readPeriod(context, body);
  const verdicts = new Map<string, AnomalyVerdict>();
  for (const name of body.names()) {
    const key = /^verdict\.(.{1,200})$/u.exec(name)?.[1];
    if (key !== undefined) verdicts.set(key, { verdict: body.text(name), remark: body.text(`remark.${key}`) });
  }
  if (findPeriodFault(period).length > 0) return await showAnomalies(context, period, verdicts, []);
  const given = { ...period, verdicts, note: body.text('note') };
  const decision = await signAnomalyReview(context, context.settings, given);
  return decision.answer === 'refused'
    ? await showAnomalies(context, period, verdicts, decision.findings)
    : redirectTo('/reviews/anomalies');
}

async function showAnomalies(
  context: StaffContext,
  period: Period,
  verdicts: ReadonlyMap<string, AnomalyVerdict>,
  found: readonly Finding[],
): Promise<Answer> {
  const findings = [...findPeriodFault(period), ...found];
  const isFit = findPeriodFault(period).length === 0;
  const known = await withMunicipality(context.db, context.lgCode, async (tx) => ({
    anomalies: isFit ? await listAnomalies(tx, context.settings, period) : [],
    reviews: await listReviews(tx, 'anomalies'),
  }));
  const errors = await explainErrors(findings);
  const body = anomalyPage({ ...known, period, verdicts, csrfToken: context.csrfToken, errors });
  const page = context.page({ title: '異常な利用の点検', body });
  return findings.length === 0 ? page : answerWith(422, page);
}
