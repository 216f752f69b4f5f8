import { recordAct } from '#common-base/audit';
import type { Finding } from '#kernel';
import { html } from '#platform/pages';
import { withMunicipality } from '#platform/postgres';
import { type Answer, answerWith, redirectTo, safeNext } from './answers.ts';
import { confirmIdentity } from './confirm-identity.ts';
import { explainErrors } from './explain-errors.ts';
import { confirmPage } from './pages/confirm-page.ts';
import { isAfterUnsentForm } from './pages/unsent.ts';
import { lockSession } from './session.ts';
import { addStaffRoute, type StaffApp } from './staff-app.ts';
import type { StaffContext } from './staff-route.ts';
import { findStaff } from './staff-store.ts';

/** The password once more: before dangerous acts (再認証) and over a locked screen (離席ロック). */
export function addConfirmRoutes(app: StaffApp): void {
  for (const url of ['/confirm', '/unlock'] as const) {
    const stage = url === '/unlock' ? { opensAt: ['locked' as const] } : { opensAt: ['enrolment' as const] };
    addStaffRoute(app, {
      method: 'GET',
      url,
      permission: 'signedIn',
      ...stage,
      handler: async (context) => await showConfirm(context, []),
    });
    addStaffRoute(app, { method: 'POST', url, permission: 'signedIn', ...stage, handler: takeConfirm });
  }
  addStaffRoute(app, {
    method: 'POST',
    url: '/lock',
    permission: 'signedIn',
    opensAt: ['locked', 'secondFactor', 'password', 'enrolment'],
    handler: takeLock,
  });
  // Asked by a page in which somebody is writing, so that long work on one page is not taken for absence.
  addStaffRoute(app, {
    method: 'GET',
    url: '/alive',
    permission: 'signedIn',
    handler: () => html`<p>サインインは続いています。</p>`,
  });
}

async function showConfirm(context: StaffContext, errors: readonly Finding[]): Promise<Answer> {
  const { actor, session } = context;
  const { staffId } = actor;
  const staff = await withMunicipality(context.db, context.lgCode, async (tx) => {
    return staffId === null ? undefined : await findStaff(tx, staffId);
  });
  const body = confirmPage({
    csrfToken: context.csrfToken,
    next: safeNext(context.body.find('next') ?? context.query.find('next')),
    isLocked: session.isLocked,
    isUnsent: isAfterUnsentForm(context),
    staffName: actor.staffName,
    accountName: staff?.accountName ?? '',
    hasOpenId: context.settings.openId !== null,
    errors: await explainErrors(errors),
  });
  const page = context.page({ title: session.isLocked ? '画面のロック' : '本人の確認', body, width: 'narrow' });
  return errors.length === 0 ? page : answerWith(422, page);
}

async function takeConfirm(context: StaffContext): Promise<Answer> {
  const decision = await confirmIdentity(context, context.session, context.body.find('password') ?? '');
  if (decision.answer === 'refused') return await showConfirm(context, decision.findings);
  context.replaceToken(decision.value);
  return redirectTo(safeNext(context.body.find('next')));
}

async function takeLock(context: StaffContext): Promise<Answer> {
  await withMunicipality(context.db, context.lgCode, async (tx) => {
    await lockSession(tx, context.session.sessionId, context.clock.now());
    if (!context.session.isLocked) await recordAct(tx, context.actor, { act: 'access.screenLocked' });
  });
  return redirectTo(`/unlock?next=${encodeURIComponent(safeNext(context.body.find('next')))}`);
}
