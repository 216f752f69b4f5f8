import { type Finding, formatIsoDay } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { withMunicipality } from '#platform/postgres';
import { type Answer, answerWith, redirectTo } from './answers.ts';
import { explainErrors } from './explain-errors.ts';
import { accessReviewPage } from './pages/review-pages.ts';
import { listReviews } from './reviews/review-store.ts';
import { listAccountsToReview, signAccessReview } from './reviews/sign-access-review.ts';
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
