import { recordAct } from '#common-base/audit';
import { withMunicipality } from '#platform/postgres';
import { listAccountNotices, markNoticesSeen } from './account-notices.ts';
import { type Answer, answerWith, redirectTo } from './answers.ts';
import type { BreachedPasswords } from './breached-passwords.ts';
import { changePassword } from './change-password.ts';
import { explainErrors } from './explain-errors.ts';
import { accountPage, passwordPage } from './pages/account-page.ts';
import { isAfterUnsentForm } from './pages/unsent.ts';
import { endSession, endSessionsOf, listSessions } from './session.ts';
import { addStaffRoute, type StaffApp } from './staff-app.ts';
import type { StaffContext } from './staff-route.ts';
import { findStaff } from './staff-store.ts';

/** One's own account: password and sessions. */
export function addAccountRoutes(app: StaffApp): void {
  addStaffRoute(app, {
    method: 'GET',
    url: '/account',
    permission: 'signedIn',
    handler: async (context) => {
      const { sessions, notices } = await withMunicipality(context.db, context.lgCode, async (tx) => ({
        sessions: await listSessions(tx, ownId(context), context.clock.now(), context.settings),
        notices: await listAccountNotices(tx, ownId(context)),
      }));
      return context.page({ title: '自分のアカウント', body: accountPage(context, sessions, notices) });
    },
  });
  // Whoever sits at an open screen that is not theirs takes no news away from its person.
  const seen = { url: '/account/changes/seen', needsFreshSignIn: true } as const;
  addStaffRoute(app, { method: 'POST', permission: 'signedIn', ...seen, handler: takeSeen });
  addStaffRoute(app, {
    method: 'POST',
    url: '/account/sessions/end',
    permission: 'signedIn',
    needsFreshSignIn: true,
    handler: takeEndSessions,
  });
  addStaffRoute(app, {
    method: 'GET',
    url: '/account/password',
    permission: 'signedIn',
    opensAt: ['password'],
    handler: async (context) => await showPassword(context, []),
  });
  addStaffRoute(app, {
    method: 'POST',
    url: '/account/password',
    permission: 'signedIn',
    opensAt: ['password'],
    handler: async (context) => await takePassword(context, app.options.isBreachedPassword),
  });
}

async function takeSeen(context: StaffContext): Promise<Answer> {
  const given = context.body.text('noticeId');
  const upTo = /^\d{1,15}$/u.test(given) ? Number(given) : 0;
  await withMunicipality(context.db, context.lgCode, async (tx) => {
    const seen = await markNoticesSeen(tx, ownId(context), upTo, context.clock.now());
    if (seen > 0) await recordAct(tx, context.actor, { act: 'access.accountChangesSeen', details: { seen } });
  });
  return redirectTo('/account');
}

async function takeEndSessions(context: StaffContext): Promise<Answer> {
  const which = context.body.text('sessionId');
  const at = context.clock.now();
  await withMunicipality(context.db, context.lgCode, async (tx) => {
    const own = await listSessions(tx, ownId(context), at, context.settings);
    const except = context.session.sessionId;
    let ended = 0;
    if (which === 'others') ended = await endSessionsOf(tx, ownId(context), { at, end: 'revoked', except });
    else {
      // Only sessions of one's own can be ended: a number of somebody else's finds nothing.
      const found = own.find((each) => String(each.sessionId) === which && each.sessionId !== except);
      if (found !== undefined && (await endSession(tx, found.sessionId, at, 'revoked'))) ended = 1;
    }
    if (ended > 0) await recordAct(tx, context.actor, { act: 'access.sessionsEnded', details: { ended } });
  });
  return redirectTo('/account');
}

async function takePassword(context: StaffContext, isBreached: BreachedPasswords | undefined): Promise<Answer> {
  const { body } = context;
  const decision = await changePassword(context, context.settings, {
    current: body.find('currentPassword') ?? '',
    next: body.find('newPassword') ?? '',
    repeated: body.find('repeatedPassword') ?? '',
    session: context.session,
    browser: context.browser,
    isBreached,
  });
  if (decision.answer === 'refused') {
    return answerWith(422, await showPassword(context, await explainErrors(decision.findings)));
  }
  context.replaceToken(decision.value);
  return redirectTo('/account');
}

async function showPassword(
  context: StaffContext,
  errors: Parameters<typeof passwordPage>[0]['errors'],
): Promise<ReturnType<StaffContext['page']>> {
  const staff = await withMunicipality(context.db, context.lgCode, async (tx) => await findStaff(tx, ownId(context)));
  const body = passwordPage({
    csrfToken: context.csrfToken,
    accountName: staff?.accountName ?? '',
    isForced: context.session.mustChangePassword,
    isUnsent: isAfterUnsentForm(context),
    lengthMin: context.settings.passwordLengthMin,
    errors,
  });
  return context.page({ title: 'パスワードを変える', body, width: 'narrow' });
}

function ownId(context: StaffContext): NonNullable<StaffContext['actor']['staffId']> {
  const { staffId } = context.actor;
  if (staffId === null) throw new TypeError('a session belongs to a person');
  return staffId;
}
