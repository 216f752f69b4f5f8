import { recordAct } from '#common-base/audit';
import { type LgCode, NotFound, withoutIndividualNumbers } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import { type Answer, answerWith, redirectTo, safeNext, sendOn } from './answers.ts';
import { otherChoice, reasonPage } from './pages/reason-page.ts';
import { chooseOfficePage, signInPage } from './pages/sign-in-page.ts';
import { isAfterUnsentForm } from './pages/unsent.ts';
import { endSession, setSessionReason } from './session.ts';
import { signIn } from './sign-in.ts';
import { addStaffRoute, listOffices, listStaffRoutes, type StaffApp } from './staff-app.ts';
import type { StaffContext, StaffRoute, VisitorContext } from './staff-route.ts';
import { searchFieldsOf } from './waiting-search.ts';

/** Sign-in, sign-out, the choice of the municipality and of the 処理事由. */
export function addSignInRoutes(app: StaffApp): void {
  addStaffRoute(app, {
    method: 'GET',
    url: '/sign-in',
    permission: 'public',
    handler: async (context) => await showSignIn(app, context),
  });
  addStaffRoute(app, {
    method: 'POST',
    url: '/sign-in',
    permission: 'public',
    perMinute: 120,
    handler: async (context) => await takeSignIn(app, context),
  });
  addStaffRoute(app, {
    method: 'GET',
    url: '/m/:lgCode',
    permission: 'public',
    handler: async (context) => {
      const lgCode = context.params['lgCode'] as LgCode;
      if (!(await listOffices(app)).some((office) => office.lgCode === lgCode)) {
        throw new NotFound('この団体コードの団体は登録されていません。');
      }
      context.chooseMunicipality(lgCode);
      return redirectTo('/sign-in');
    },
  });
  addStaffRoute(app, {
    method: 'POST',
    url: '/sign-out',
    permission: 'signedIn',
    opensAt: ['locked', 'secondFactor', 'password', 'enrolment'],
    handler: takeSignOut,
  });
  addReasonRoutes(app);
}

function addReasonRoutes(app: StaffApp): void {
  addStaffRoute(app, {
    method: 'GET',
    url: '/reason',
    permission: 'signedIn',
    handler: (context) => {
      const page = reasonPage({
        reasons: context.settings.reasons,
        current: context.session.reason,
        next: safeNext(context.query.find('next')),
        isUnsent: isAfterUnsentForm(context),
        search: [],
        csrfToken: context.csrfToken,
        errors: [],
      });
      return context.page({ title: '処理事由を選ぶ', body: page, width: 'narrow' });
    },
  });
  addStaffRoute(app, {
    method: 'POST',
    url: '/reason',
    permission: 'signedIn',
    handler: (context) => takeReason(app, context),
  });
}

async function showSignIn(
  app: StaffApp,
  context: VisitorContext,
  given: { accountName: string; trouble: Parameters<typeof signInPage>[0]['trouble'] } = {
    accountName: '',
    trouble: openIdTrouble(context.query.find('openid')),
  },
): Promise<ReturnType<VisitorContext['page']>> {
  const { municipality: office, csrfToken } = context;
  if (office === null) {
    const body = chooseOfficePage(await listOffices(app));
    return context.page({ title: '団体を選ぶ', body, width: 'narrow' });
  }
  const next = safeNext(context.body.find('next') ?? context.query.find('next'));
  const isUnsent = isAfterUnsentForm(context);
  const hasOpenId = context.settings.openId !== null && app.options.findOpenIdSecret?.(office.lgCode) !== undefined;
  const body = signInPage({ office, csrfToken, next, isUnsent, hasOpenId, ...given });
  return context.page({ title: 'サインイン', body, width: 'narrow' });
}

function openIdTrouble(word: string | undefined): Parameters<typeof signInPage>[0]['trouble'] {
  if (word === 'refused') return { kind: 'openIdRefused' };
  return word === 'silent' ? { kind: 'openIdSilent' } : null;
}

async function takeSignIn(
  app: StaffApp,
  context: VisitorContext,
): Promise<ReturnType<typeof redirectTo> | ReturnType<typeof answerWith>> {
  const office = context.municipality;
  if (office === null) return redirectTo('/sign-in');
  const accountName = context.body.text('accountName');
  const result = await signIn(context.db, context.clock, context.settings, {
    lgCode: office.lgCode,
    accountName,
    password: context.body.find('password') ?? '',
    from: context.from,
    browser: context.browser,
    terminal: context.terminal,
    oldToken: context.oldToken,
  });
  if (result.kind === 'signedIn') {
    context.acceptToken(office.lgCode, result.token);
    return redirectTo(safeNext(context.body.find('next')));
  }
  const status = result.kind === 'delayed' ? 429 : 422;
  return answerWith(
    status,
    await showSignIn(app, context, { accountName: withoutIndividualNumbers(accountName), trouble: result }),
  );
}

async function takeSignOut(context: StaffContext): Promise<ReturnType<typeof redirectTo>> {
  await withMunicipality(context.db, context.lgCode, async (tx) => {
    await endSession(tx, context.session.sessionId, context.clock.now(), 'signedOut');
    await recordAct(tx, context.actor, { act: 'access.signedOut' });
  });
  context.forgetToken();
  return redirectTo('/sign-in');
}

async function takeReason(app: StaffApp, context: StaffContext): Promise<Answer> {
  const { body, settings } = context;
  const next = safeNext(body.find('next'));
  const choice = body.text('reason');
  const other = body.text('otherReason').slice(0, 200);
  const errors: { field: string; message: string }[] = [];
  if (choice === otherChoice.value) {
    if (other === '') errors.push({ field: 'otherReason', message: '「その他」の内容を入力してください。' });
  } else if (!settings.reasons.includes(choice)) {
    errors.push({ field: 'reason', message: '処理事由を一つ選んでください。' });
  }
  const reason = choice === otherChoice.value ? other : choice;
  if (errors.length > 0) {
    const current = choice === '' ? null : withoutIndividualNumbers(reason);
    const isUnsent = isAfterUnsentForm(context);
    const search = searchFieldsOf(body);
    const asked = { reasons: settings.reasons, current, next, isUnsent, search, csrfToken: context.csrfToken };
    const page = reasonPage({ ...asked, errors });
    return answerWith(422, context.page({ title: '処理事由を選ぶ', body: page, width: 'narrow' }));
  }
  await withMunicipality(context.db, context.lgCode, async (tx) => {
    await setSessionReason(tx, context.session.sessionId, reason);
    await recordAct(tx, { ...context.actor, reason }, { act: 'access.reasonChosen' });
  });
  const isSearch = (route: StaffRoute) =>
    route.permission !== 'public' && route.isSearch === true && route.method === 'POST' && route.url === next;
  const waits = searchFieldsOf(body).length > 0 && listStaffRoutes(app).some(isSearch);
  return waits ? sendOn(next) : redirectTo(next);
}
