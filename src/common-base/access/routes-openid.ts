import { NotFound } from '#kernel';
import { type Html, html } from '#platform/pages';
import { withMunicipality } from '#platform/postgres';
import type { OpenIdSettings } from './access-settings.ts';
import { type Answer, leaveTo, redirectTo, safeNext } from './answers.ts';
import { askProvider, type OpenIdClaims, readAnswer } from './openid/openid-client.ts';
import { insertRequest, takeRequest } from './openid/openid-store.ts';
import { signInByOpenId } from './openid/sign-in-by-openid.ts';
import { recordFailure } from './sign-in.ts';
import { addStaffRoute, type StaffApp } from './staff-app.ts';
import type { Office, VisitorContext } from './staff-route.ts';

const returnPath = '/sign-in/openid/return';
const finishPath = '/sign-in/openid/finish';
const refusedPath = '/sign-in?openid=refused';

/**
 * Sign-in at the municipality's own identity provider (OpenID Connect, code flow with PKCE). The browser comes back by a
 * page of ours that goes on by itself: only then does it bring the cookie that no other site can make it send.
 */
export function addOpenIdRoutes(app: StaffApp): void {
  const common = { permission: 'public', perMinute: 60 } as const;
  addStaffRoute(app, {
    method: 'GET',
    url: '/sign-in/openid',
    ...common,
    handler: async (context: VisitorContext) => await leave(app, context),
  });
  addStaffRoute(app, { method: 'GET', url: returnPath, ...common, isLanding: true, handler: land });
  addStaffRoute(app, {
    method: 'GET',
    url: finishPath,
    ...common,
    handler: async (context: VisitorContext) => await finish(app, context),
  });
}

async function leave(app: StaffApp, context: VisitorContext): Promise<Answer> {
  const { settings, secret, office } = providerOf(app, context);
  const asked = { redirectUri: `${context.origin}${returnPath}`, isAgain: context.query.find('again') === 'yes' };
  const question = await askProvider(settings, secret, asked).catch((error: unknown) => {
    context.log?.error({ err: error }, 'the identity provider did not answer');
  });
  if (question === undefined) return redirectTo('/sign-in?openid=silent');
  const { url, ...kept } = question;
  const nextPath = safeNext(context.query.find('next'));
  await withMunicipality(context.db, office.lgCode, async (tx) => {
    await insertRequest(tx, { ...kept, nextPath, visitor: context.csrfToken }, context.clock.now());
  });
  return leaveTo(url);
}

/** The browser comes from another site and brings no cookie of ours: it is sent on from here. */
function land(context: VisitorContext): Html {
  const answer = new URLSearchParams();
  for (const name of ['code', 'state', 'iss', 'error', 'session_state']) {
    const value = context.query.find(name);
    if (value !== undefined) answer.set(name, value);
  }
  const path = `${finishPath}?${answer.toString()}`;
  return html`<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>サインイン</title
    ><meta http-equiv="refresh" content="0; url=${path}"></head
    ><body><p>サインインしています。進まないときは<a href="${path}">ここを押してください</a>。</p></body></html>`;
}

async function finish(app: StaffApp, context: VisitorContext): Promise<Answer> {
  const { settings, secret, office } = providerOf(app, context);
  const { db, clock, from, browser, terminal, oldToken } = context;
  const visit = { lgCode: office.lgCode, from, browser, terminal, oldToken };
  const state = context.query.find('state') ?? '';
  const request = await withMunicipality(db, office.lgCode, async (tx) => {
    return await takeRequest(tx, { state, visitor: context.csrfToken }, clock.now());
  });
  const claims = request && (await readClaims(context, settings, secret, { ...request, state }));
  if (request === undefined || claims === undefined) {
    await withMunicipality(db, office.lgCode, async (tx) => {
      await recordFailure(tx, visit, undefined, request === undefined ? 'openId:notAsked' : 'openId:answerUnfit');
    });
    return redirectTo(refusedPath);
  }
  const token = await signInByOpenId(db, clock, { ...context.settings, openId: settings }, visit, claims);
  if (token === undefined) return redirectTo(refusedPath);
  context.acceptToken(office.lgCode, token);
  return redirectTo(request.nextPath);
}

async function readClaims(
  context: VisitorContext,
  settings: OpenIdSettings,
  secret: string,
  kept: { readonly state: string; readonly nonce: string; readonly codeVerifier: string },
): Promise<OpenIdClaims | undefined> {
  const url = new URL(returnPath, context.origin);
  for (const name of context.query.names()) url.searchParams.set(name, context.query.find(name) ?? '');
  return await readAnswer(settings, secret, { ...kept, url }).catch((error: unknown) => {
    context.log?.warn(
      { kind: error instanceof Error ? error.name : typeof error },
      'the answer of the identity provider does not fit',
    );
    return undefined;
  });
}

/** The provider of the municipality; none is no page. */
function providerOf(
  app: StaffApp,
  context: VisitorContext,
): { readonly settings: OpenIdSettings; readonly secret: string; readonly office: Office } {
  const { municipality: office } = context;
  const settings = context.settings.openId;
  const secret = office === null ? undefined : app.options.findOpenIdSecret?.(office.lgCode);
  if (office === null || settings === null || secret === undefined) {
    throw new NotFound('この団体では、庁内の認証でのサインインを使っていません。');
  }
  return { settings, secret, office };
}
