import { type Finding, NotFound } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import { type Answer, answerWith, redirectTo, safeNext } from './answers.ts';
import { explainErrors } from './explain-errors.ts';
import { newPasskeyPage, usePasskeyPanel } from './pages/passkey-pages.ts';
import { askFactorPage, factorsPage, recoveryCodesPage, totpPage } from './pages/second-factor-pages.ts';
import { isAfterUnsentForm } from './pages/unsent.ts';
import { removeOwnFactor, renewRecoveryCodes } from './second-factor/manage-factors.ts';
import { passByCode } from './second-factor/pass-second-factor.ts';
import {
  askPasskey,
  beginPasskey,
  confirmPasskey,
  type PasskeyPlace,
  passByPasskey,
} from './second-factor/passkeys.ts';
import { countRecoveryCodes } from './second-factor/recovery-codes.ts';
import { listFactors } from './second-factor/store.ts';
import { encodeBase32, otpAuthUri } from './second-factor/totp.ts';
import { beginTotp, confirmTotp, type FactorContext, personOf } from './second-factor/totp-factor.ts';
import { raiseSession } from './session.ts';
import { addStaffRoute, type StaffApp } from './staff-app.ts';
import type { SignedInRoute, StaffContext } from './staff-route.ts';
import { findStaff } from './staff-store.ts';

type Handler = (context: StaffContext) => Promise<Answer>;

/** The second step of the sign-in, and the enrolment of what it asks for. */
export function addSecondFactorRoutes(app: StaffApp): void {
  const add = (
    method: 'GET' | 'POST',
    url: string,
    handler: Handler,
    more: Pick<SignedInRoute, 'opensAt' | 'needsFreshSignIn'>,
  ): void => addStaffRoute(app, { method, url, permission: 'signedIn', handler, ...more });
  const withKeys = (context: StaffContext): FactorContext => ({ ...context, keyWrapper: app.options.keyWrapper });
  add('GET', '/second-factor', async (context) => await showAsk(context, []), { opensAt: ['secondFactor'] });
  add('POST', '/second-factor', async (context) => await takeCode(context, withKeys(context)), {
    opensAt: ['secondFactor'],
  });
  add('POST', '/second-factor/passkey', async (context) => await takePasskey(context, withKeys(context)), {
    opensAt: ['secondFactor'],
  });
  const enrolling = { opensAt: ['enrolment'], needsFreshSignIn: true } as const;
  add('GET', '/account/second-factor', async (context) => await showFactors(context, []), { opensAt: ['enrolment'] });
  add(
    'GET',
    '/account/second-factor/totp',
    async (context) => await showTotp(context, withKeys(context), []),
    enrolling,
  );
  add('POST', '/account/second-factor/totp', async (context) => await takeTotp(context, withKeys(context)), enrolling);
  add('GET', '/account/second-factor/passkey', async (context) => await showNewPasskey(context, []), enrolling);
  add(
    'POST',
    '/account/second-factor/passkey',
    async (context) => await takeNewPasskey(context, withKeys(context)),
    enrolling,
  );
  add('POST', '/account/second-factor/remove', takeRemoval, { needsFreshSignIn: true });
  add('POST', '/account/second-factor/recovery-codes', takeNewCodes, { needsFreshSignIn: true });
}

async function showAsk(context: StaffContext, errors: readonly Finding[]): Promise<Answer> {
  const staffId = personOf(context);
  const factors = await withMunicipality(context.db, context.lgCode, async (tx) => await listFactors(tx, staffId));
  const options = await askPasskey(context, placeOf(context));
  const next = safeNext(context.body.find('next') ?? context.query.find('next'));
  const body = askFactorPage({
    csrfToken: context.csrfToken,
    next,
    isUnsent: isAfterUnsentForm(context),
    errors: await explainErrors(errors),
    hasTotp: factors.some((each) => each.kind === 'totp'),
    passkeyPanel: options && usePasskeyPanel({ csrfToken: context.csrfToken, next, options }),
  });
  const page = context.page({ title: '二つ目の確認', body, width: 'narrow' });
  return errors.length === 0 ? page : answerWith(422, page);
}

async function takeCode(context: StaffContext, withKeys: FactorContext): Promise<Answer> {
  if (context.session.secondFactor !== 'ask') return redirectTo('/');
  const decision = await passByCode(withKeys, context.session.sessionId, context.body.text('code'));
  if (decision.answer === 'refused') return await showAsk(context, decision.findings);
  context.replaceToken(decision.value);
  return redirectTo(safeNext(context.body.find('next')));
}

async function showFactors(context: StaffContext, errors: readonly Finding[]): Promise<Answer> {
  const staffId = personOf(context);
  const [factors, codesLeft] = await withMunicipality(context.db, context.lgCode, async (tx) => {
    return [await listFactors(tx, staffId), await countRecoveryCodes(tx, staffId)] as const;
  });
  const body = factorsPage({
    csrfToken: context.csrfToken,
    factors,
    codesLeft,
    isForced: context.session.secondFactor === 'enrol',
    isUnsent: isAfterUnsentForm(context),
    errors: await explainErrors(errors),
  });
  const page = context.page({ title: '二要素の登録', body, current: '/account' });
  return errors.length === 0 ? page : answerWith(422, page);
}

async function showTotp(context: StaffContext, withKeys: FactorContext, errors: readonly Finding[]): Promise<Answer> {
  const secret = await beginTotp(withKeys);
  const staff = await withMunicipality(context.db, context.lgCode, async (tx) => {
    return await findStaff(tx, personOf(context));
  });
  if (staff === undefined) throw new NotFound('この職員は登録されていません。');
  const given = { issuer: `Sesshu ${context.municipality.name}`, account: staff.accountName, secret };
  const body = totpPage({
    csrfToken: context.csrfToken,
    uri: otpAuthUri(given),
    secretText: encodeBase32(secret),
    errors: await explainErrors(errors),
  });
  secret.fill(0);
  const page = context.page({ title: '認証アプリを登録する', body, current: '/account', width: 'narrow' });
  return errors.length === 0 ? page : answerWith(422, page);
}

async function takeTotp(context: StaffContext, withKeys: FactorContext): Promise<Answer> {
  const decision = await confirmTotp(withKeys, context.body.text('code'));
  if (decision.answer === 'refused') return await showTotp(context, withKeys, decision.findings);
  return await afterEnrolment(context, decision.value);
}

/** The session in which a factor was enrolled has shown it, and goes on under a fresh token. */
async function afterEnrolment(context: StaffContext, codes: readonly string[]): Promise<Answer> {
  const token = await withMunicipality(context.db, context.lgCode, async (tx) => {
    return await raiseSession(tx, context.session.sessionId, context.clock.now());
  });
  context.replaceToken(token);
  if (codes.length === 0) return redirectTo('/account/second-factor');
  const body = recoveryCodesPage(codes);
  return context.page({ title: '回復コード', body, current: '/account', width: 'narrow' });
}

async function takePasskey(context: StaffContext, withKeys: FactorContext): Promise<Answer> {
  if (context.session.secondFactor !== 'ask') return redirectTo('/');
  const decision = await passByPasskey(withKeys, placeOf(context), context.body.text('response'));
  if (decision.answer === 'refused') return await showAsk(context, decision.findings);
  context.replaceToken(decision.value);
  return redirectTo(safeNext(context.body.find('next')));
}

async function showNewPasskey(context: StaffContext, errors: readonly Finding[]): Promise<Answer> {
  const staff = await withMunicipality(context.db, context.lgCode, async (tx) => {
    return await findStaff(tx, personOf(context));
  });
  const names = {
    office: `Sesshu ${context.municipality.name}`,
    accountName: staff?.accountName ?? '',
    displayName: context.actor.staffName,
  };
  const body = newPasskeyPage({
    csrfToken: context.csrfToken,
    options: await beginPasskey(context, placeOf(context), names),
    errors: await explainErrors(errors),
  });
  const page = context.page({ title: 'パスキーを登録する', body, current: '/account', width: 'narrow' });
  return errors.length === 0 ? page : answerWith(422, page);
}

async function takeNewPasskey(context: StaffContext, withKeys: FactorContext): Promise<Answer> {
  const given = { response: context.body.text('response'), label: context.body.text('label').slice(0, 40) };
  const decision = await confirmPasskey(withKeys, placeOf(context), given);
  if (decision.answer === 'refused') return await showNewPasskey(context, decision.findings);
  return await afterEnrolment(context, decision.value);
}

function placeOf(context: StaffContext): PasskeyPlace {
  return { sessionId: context.session.sessionId, origin: context.origin };
}

async function takeRemoval(context: StaffContext): Promise<Answer> {
  const given = context.body.text('factorId');
  const factorId = /^\d{1,15}$/u.test(given) ? Number(given) : 0;
  const decision = await removeOwnFactor(context, context.settings, factorId);
  return decision.answer === 'refused'
    ? await showFactors(context, decision.findings)
    : redirectTo('/account/second-factor');
}

async function takeNewCodes(context: StaffContext): Promise<Answer> {
  const decision = await renewRecoveryCodes(context);
  if (decision.answer === 'refused') return await showFactors(context, decision.findings);
  const body = recoveryCodesPage(decision.value);
  return context.page({ title: '回復コード', body, current: '/account', width: 'narrow' });
}
