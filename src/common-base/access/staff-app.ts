import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { formatIsoDay, hasIndividualNumber, isReasonField, type LgCode, refuseNumberInText } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { type ErrorPage, FormFields } from '#platform/http';
import { type Html, html, notice } from '#platform/pages';
import { withMunicipality } from '#platform/postgres';
import { type AccessSettings, defaultAccessSettings, parseAccessSettings } from './access-settings.ts';
import { type Answer, safeNext, sendAnswer } from './answers.ts';
import type { ApprovalKind } from './approvals/types.ts';
import { actorOf } from './as-operator.ts';
import { officeDuties, type Role } from './permission-table.ts';
import { refuseNumbersInWords } from './refuse-numbers.ts';
import { NotPermitted, recordRefusal, requirePermission } from './require-permission.ts';
import { requirePlace } from './require-place.ts';
import { csrfTokenOf, drawToken, isCsrfTokenOf, openSessionFinder, type SessionFinder } from './session.ts';
import { stageOf, stagePages } from './session-stage.ts';
import type {
  Frame,
  FrameRenderer,
  Office,
  PublicRoute,
  SessionStage,
  SignedInRoute,
  StaffAppOptions,
  StaffContext,
  StaffRoute,
  VisitorContext,
} from './staff-route.ts';
import type { Actor, SessionInfo } from './types.ts';
import { readUpload, type Upload } from './upload.ts';
import { type Cookies, createCookies, isFromOwnPage, terminalOf } from './visit.ts';
import { askReasonBeforeSearch } from './waiting-search.ts';

/** The staff's web application: the server with sessions and permissions, to which rooms add their routes. */
export interface StaffApp {
  readonly server: FastifyInstance;
  readonly options: StaffAppOptions;
}

interface AppState {
  readonly routes: StaffRoute[];
  readonly approvalKinds: ApprovalKind[];
  readonly cookies: Cookies;
  readonly findSession: SessionFinder;
  readonly settings: Map<LgCode, { readonly readAt: number; readonly settings: AccessSettings }>;
  offices: { readonly readAt: number; readonly list: readonly Office[] } | undefined;
}

interface SignedIn {
  readonly actor: Actor;
  readonly department: string;
  readonly session: SessionInfo;
  readonly token: string;
  readonly office: Office;
  readonly settings: AccessSettings;
}

const states = new WeakMap<StaffApp, AppState>();
const frames = new WeakMap<FastifyRequest, Frame>();
/** Settings and the list of municipalities are read again after half a minute. */
const rereadAfterMs = 30_000;

/** The application on a server, without routes yet. */
export function makeStaffApp(server: FastifyInstance, options: StaffAppOptions): StaffApp {
  const app = { server, options };
  const cookies = createCookies(options.isHttps, options.cookieName);
  const findSession = openSessionFinder(options.db);
  states.set(app, { routes: [], approvalKinds: [], cookies, findSession, settings: new Map(), offices: undefined });
  return app;
}

/**
 * Registers a route. Before its handler runs: the session, the place, the permission, the proof that a form is ours and
 * the 処理事由; a refusal, also one thrown by a room, is written into the log.
 */
export function addStaffRoute(app: StaffApp, route: StaffRoute): void {
  const { routes } = stateOf(app);
  if (routes.some((each) => each.method === route.method && each.url === route.url)) {
    throw new TypeError(`the route ${route.method} ${route.url} is there already`);
  }
  routes.push(route);
  const isPublic = route.permission === 'public';
  app.server.route({
    method: route.method,
    url: route.url,
    config: {
      ...(isPublic && route.perMinute !== undefined ? { rateLimit: { max: route.perMinute } } : {}),
      ...(!isPublic && route.takesFiles === true ? { takesFiles: true } : {}),
    },
    handler: async (request, reply) => {
      const answer = isPublic
        ? await answerVisitor(app, route, request, reply)
        : await answerStaff(app, route, request, reply);
      return await sendAnswer(reply, answer);
    },
  });
}

/** Registers a kind of thing that one person asks and another approves; its name is there once only. */
export function addApprovalKind(app: StaffApp, kind: ApprovalKind): void {
  const { approvalKinds } = stateOf(app);
  if (approvalKinds.some((each) => each.kind === kind.kind)) {
    throw new TypeError(`the approval kind ${kind.kind} is there already`);
  }
  approvalKinds.push(kind);
}

/** The kinds of requests of all rooms. */
export function listApprovalKinds(app: StaffApp): readonly ApprovalKind[] {
  return stateOf(app).approvalKinds;
}

/** The duties that people of this system have. */
export function dutiesOf(app: StaffApp): readonly Role[] {
  return app.options.duties ?? officeDuties;
}

/** Every route with what it needs: for tests and for the auditor. */
export function listStaffRoutes(app: StaffApp): readonly StaffRoute[] {
  return stateOf(app).routes;
}

/** Draws the page of an error inside the frame of whoever met it; for `createHttpServer`. */
export function renderStaffError(frame: FrameRenderer): (page: ErrorPage, request: FastifyRequest) => string {
  return (page, request) => {
    const known = frames.get(request);
    const around = known ?? { municipality: null, actor: null, session: null, csrfToken: null, path: '' };
    const number = page.errorId === null ? null : html`<p class="small soft">番号 ${page.errorId}</p>`;
    const body = html`<h1>${page.title}</h1>${notice(page.status >= 500 ? 'error' : 'warning', page.message, number)}
      <ul>${wayBack(request)}<li><a href="/">ホームへ</a></li></ul>`;
    return frame(around, { title: page.title, body, width: 'narrow' }).toString();
  };
}

/** The page from which somebody came to an error, read anew: what they looked at may have changed meanwhile. */
function wayBack(request: FastifyRequest): Html | null {
  const path = cameFrom(request);
  return path === '/' ? null : html`<li><a href="${path}">前の画面を開きなおす</a></li>`;
}

async function answerVisitor(
  app: StaffApp,
  route: PublicRoute,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Answer> {
  const { cookies } = stateOf(app);
  const visit = cookies.read(request);
  const office = await chooseOffice(app, request, visit.chosen ?? visit.session?.lgCode ?? null);
  const settings = office === null ? defaultAccessSettings : await loadSettings(app, office.lgCode);
  const token = visit.visitorToken ?? drawToken();
  const body = new FormFields(request.body);
  const frame = { municipality: office, actor: null, session: null, csrfToken: null, path: pathOf(request) };
  frames.set(request, frame);
  if (request.method === 'POST' && !(isFromOwnPage(request) && isCsrfTokenOf(token, body.find('csrfToken')))) {
    throw new NotPermitted(null, staleForm);
  }
  if (visit.visitorToken === null && route.isLanding !== true) cookies.keepVisitor(reply, visit.chosen, token);
  const context: VisitorContext = {
    ...requestContext(app, request, body, csrfTokenOf(token)),
    municipality: office,
    settings,
    oldToken: visit.session?.token ?? null,
    page: (options) => app.options.frame(frame, options),
    acceptToken: (lgCode, accepted) => cookies.keepSession(reply, lgCode, accepted),
    chooseMunicipality: (lgCode) => cookies.keepVisitor(reply, lgCode, token),
  };
  return await route.handler(context);
}

async function answerStaff(
  app: StaffApp,
  route: SignedInRoute,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Answer> {
  const signedIn = await findSignedIn(app, request);
  if (signedIn === undefined) return answerSignedOut(app, request, reply);
  const { actor, session, token, office } = signedIn;
  const csrfToken = csrfTokenOf(token);
  const stage = stageOf(session);
  const around = { municipality: office, path: pathOf(request) };
  // Before a session is open its pages show nothing of the office: no name, no menu, no search.
  const frame =
    stage === null
      ? { ...around, actor, session, csrfToken }
      : { ...around, actor: null, session: null, csrfToken: null };
  frames.set(request, frame);
  let upload: Upload | undefined;
  try {
    // What can be refused without the form is refused before a byte of its files is read.
    if (request.method === 'POST' && !isFromOwnPage(request)) throw new NotPermitted(null, staleForm);
    if (route.url !== '/sign-out') requirePlace(signedIn, request, app.options.clock.now(), 'signIn');
    if (stage !== null && route.opensAt?.includes(stage) !== true) return leadTo(stage, request);
    if (route.permission !== 'signedIn') requirePermission(actor, route.permission);
    if (route.needsFreshSignIn === true) requirePlace(signedIn, request, app.options.clock.now(), 'dangerousActs');
    if (route.takesFiles === true) upload = await readUpload(request);
    const body = upload?.fields ?? new FormFields(request.body);
    if (request.method === 'POST' && !isCsrfTokenOf(token, body.find('csrfToken'))) {
      throw new NotPermitted(null, staleForm);
    }
    for (const name of body.names().filter(isReasonField)) body.list(name).forEach(refuseNumberInText);
    refuseNumbersInWords(body);
    if (route.needsFreshSignIn === true && !isFresh(app, signedIn)) return askConfirmation(request);
    const context = staffContext(app, signedIn, { request, reply, body, upload, frame, csrfToken });
    if (route.needsReason === true && session.reason === null) {
      const isKept = route.isSearch === true && request.method === 'POST' && context.fragment === null;
      return isKept ? askReasonBeforeSearch(context) : askReason(request);
    }
    return await route.handler(context);
  } catch (error) {
    if (error instanceof NotPermitted) {
      await recordRefusal(app.options.db, actor, error, `${request.method} ${route.url}`);
    }
    throw error;
  } finally {
    await upload?.discard();
  }
}

/** To the page of a stage and back again after it; a script learns it by the status. */
function leadTo(stage: SessionStage, request: FastifyRequest): Answer {
  const page = stagePages[stage];
  if (request.headers['x-fragment'] !== undefined) {
    const body = notice('warning', '本人の確認が必要です', html`<a href="${page}">確認の画面へ</a>`);
    return { kind: 'page', status: 401, body };
  }
  return go(`${page}?${returnQuery(request)}`);
}

function isFresh(app: StaffApp, { session, settings }: SignedIn): boolean {
  return app.options.clock.now().getTime() - session.confirmedAt.getTime() <= settings.freshMinutes * 60_000;
}

function askConfirmation(request: FastifyRequest): Answer {
  return go(`/confirm?${returnQuery(request)}`);
}

/**
 * Where to go on afterwards: the page itself; for a form that was sent the page it stood on, since a form is not sent
 * twice, and that it did not arrive: who sent it must know, or takes it for done.
 */
function returnQuery(request: FastifyRequest): string {
  if (request.method === 'GET') return `next=${encodeURIComponent(pathOf(request))}`;
  return `next=${encodeURIComponent(cameFrom(request))}&unsent=yes`;
}

/** The page of ours on which the link or form stood; the start page where that is not known. */
function cameFrom(request: FastifyRequest): string {
  const from = URL.parse(request.headers.referer ?? '');
  return from?.host === request.host ? safeNext(`${from.pathname}${from.search}`) : '/';
}

function staffContext(
  app: StaffApp,
  signedIn: SignedIn,
  given: {
    request: FastifyRequest;
    reply: FastifyReply;
    body: FormFields;
    upload: Upload | undefined;
    frame: Frame;
    csrfToken: string;
  },
): StaffContext {
  const { cookies } = stateOf(app);
  const { request, reply, upload, frame } = given;
  return {
    ...requestContext(app, request, given.body, given.csrfToken),
    actor: signedIn.actor,
    lgCode: signedIn.office.lgCode,
    municipality: signedIn.office,
    department: signedIn.department,
    session: signedIn.session,
    settings: signedIn.settings,
    page: (options) => app.options.frame(frame, options),
    files: () => {
      if (upload === undefined) throw new TypeError('this route was registered without files');
      return upload.files();
    },
    replaceToken: (token) => cookies.keepSession(reply, signedIn.office.lgCode, token),
    forgetToken: () => cookies.dropSession(reply),
  };
}

function requestContext(
  app: StaffApp,
  request: FastifyRequest,
  body: FormFields,
  csrfToken: string,
): Omit<VisitorContext, 'municipality' | 'settings' | 'oldToken' | 'page' | 'acceptToken' | 'chooseMunicipality'> {
  const { db, clock, log } = app.options;
  const fragment = request.headers['x-fragment'];
  return {
    db,
    clock,
    log,
    params: (request.params ?? {}) as Readonly<Record<string, string>>,
    query: new FormFields(request.query),
    body,
    csrfToken,
    duties: dutiesOf(app),
    hasRegister: app.options.findPersonIds !== undefined,
    path: pathOf(request),
    from: request.ip,
    browser: request.headers['user-agent'] ?? '',
    terminal: terminalOf(request),
    origin: `${app.options.isHttps ? 'https' : 'http'}://${request.host}`,
    fragment: typeof fragment === 'string' ? fragment : null,
  };
}

async function findSignedIn(app: StaffApp, request: FastifyRequest): Promise<SignedIn | undefined> {
  const { clock } = app.options;
  const { cookies, findSession } = stateOf(app);
  const carried = cookies.read(request).session;
  if (carried === null) return undefined;
  const office = (await listOffices(app)).find((each) => each.lgCode === carried.lgCode);
  if (office === undefined) return undefined;
  const settings = await loadSettings(app, office.lgCode);
  const today = formatIsoDay(todayInTokyo(clock));
  const isActivity = request.headers['x-fragment'] !== 'progress';
  const live = await findSession(office.lgCode, carried.token, { at: clock.now(), today, isActivity, settings });
  if (live === undefined) return undefined;
  const place = { via: 'web', from: request.ip, osUser: null, reason: live.info.reason } as const;
  const actor = { ...actorOf(live.staff, today), ...place };
  const { department } = live.staff;
  return { actor, department, session: live.info, token: carried.token, office, settings };
}

/** A script's request learns it by the status; a person is led to the sign-in and back again. */
function answerSignedOut(app: StaffApp, request: FastifyRequest, reply: FastifyReply): Answer {
  if (request.headers['x-fragment'] !== undefined) {
    // Its late answer must not take away the cookie of a session that went on under a new token meanwhile.
    const body = notice('warning', 'サインインの期限が切れました', html`<a href="/sign-in">サインインする</a>`);
    return { kind: 'page', status: 401, body };
  }
  stateOf(app).cookies.dropSession(reply);
  const isFirst = request.method === 'GET' && pathOf(request) === '/';
  return go(isFirst ? '/sign-in' : `/sign-in?${returnQuery(request)}`);
}

function askReason(request: FastifyRequest): Answer {
  return go(`/reason?${returnQuery(request)}`);
}

/** The municipality: by host name, else the one chosen before, else the only one there is. */
async function chooseOffice(app: StaffApp, request: FastifyRequest, chosen: LgCode | null): Promise<Office | null> {
  const offices = await listOffices(app);
  const wanted = app.options.lgCodeOfHost?.(request.hostname) ?? chosen;
  const found = offices.find((office) => office.lgCode === wanted);
  if (found !== undefined) return found;
  return offices.length === 1 ? (offices[0] ?? null) : null;
}

/** The municipalities of the installation, as read within the last half minute. */
export async function listOffices(app: StaffApp): Promise<readonly Office[]> {
  const state = stateOf(app);
  const now = app.options.clock.now().getTime();
  if (state.offices === undefined || Math.abs(now - state.offices.readAt) > rereadAfterMs) {
    state.offices = { readAt: now, list: await app.options.listOffices() };
  }
  return state.offices.list;
}

async function loadSettings(app: StaffApp, lgCode: LgCode): Promise<AccessSettings> {
  const state = stateOf(app);
  const now = app.options.clock.now().getTime();
  const known = state.settings.get(lgCode);
  if (known !== undefined && Math.abs(now - known.readAt) <= rereadAfterMs) return known.settings;
  const text = await withMunicipality(app.options.db, lgCode, app.options.findAccessSettings);
  const settings = parseAccessSettings(text);
  state.settings.set(lgCode, { readAt: now, settings });
  return settings;
}

function stateOf(app: StaffApp): AppState {
  const state = states.get(app);
  if (state === undefined) throw new TypeError('the application was not made by createStaffApp');
  return state;
}

/** The path asked for; one that somebody wrote a 個人番号 into is led nowhere and written nowhere. */
function pathOf(request: FastifyRequest): string {
  const path = safeNext(request.url.split('?')[0]);
  return hasIndividualNumber(path) ? '/' : path;
}

function go(path: string): Answer {
  return { kind: 'redirect', path };
}

const staleForm =
  '画面を開いてから時間がたったか、別の画面から送られたため、受け付けませんでした。前の画面を開き直し、もう一度送ってください。';
