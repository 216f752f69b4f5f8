import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import {
  createStaffApp,
  type DemonstrationAccount,
  ensureDemonstrationStaff,
  type FrameRenderer,
  renderStaffError,
  type StaffApp,
} from '#common-base/access';
import type { LgCode, PersonId } from '#kernel';
import type { Clock } from '#platform/clock';
import { createHttpServer } from '#platform/http';
import { createLog, type Log } from '#platform/log';
import { html } from '#platform/pages';
import type { Database } from '#platform/postgres';
import { type TestDatabase, testDatabase } from './database.ts';
import { watchAnswer } from './number-watch.ts';
import { testKeyWrapper } from './numbers.ts';

/** A clock that tests push forward. */
export interface HandClock extends Clock {
  at: Date;
}

/** The staff's server on a database of its own with the pages of access alone, and the demonstration's staff. */
export interface StaffServer {
  readonly database: TestDatabase;
  readonly db: Database;
  readonly lgCode: LgCode;
  readonly server: FastifyInstance;
  readonly app: StaffApp;
  readonly clock: HandClock;
  readonly accounts: readonly DemonstrationAccount[];
  close(): Promise<void>;
}

const frame: FrameRenderer = (around, page) =>
  html`<title>${page.title}</title><p data-actor="${around.actor?.staffName ?? ''}" data-reason="${around.session?.reason ?? ''}">${around.csrfToken}</p>${page.body}`;

/** What a test may want otherwise than usual. */
export interface StaffServerOptions {
  /** The secret that the stand-in of an identity provider gave. */
  readonly openIdSecret?: string | undefined;
  readonly log?: Log;
  readonly monitorToken?: string;
  /** The host name under which the second municipality answers. */
  readonly hostOfOther?: string;
  /** The address of the proxy whose word counts. */
  readonly trustProxy?: string;
}

/** Opens the server; `accessSettings` is the text of the municipality's access.json. */
export async function openStaffServer(
  accessSettings: string,
  now = '2026-11-21T01:00:00Z',
  options: StaffServerOptions = {},
): Promise<StaffServer> {
  const database = await testDatabase();
  const { db, lgCode, other } = database;
  const clock: HandClock = { at: new Date(now), now: () => new Date(clock.at) };
  const accounts = await ensureDemonstrationStaff(db, { lgCode, isDemonstration: true });
  await ensureDemonstrationStaff(db, { lgCode: other, isDemonstration: true });
  const { log = createLog('test', 'silent'), monitorToken = null, hostOfOther, trustProxy = false } = options;
  const server = await createHttpServer({
    log,
    isHttps: false,
    trustProxy,
    assetsDir: null,
    renderError: renderStaffError(frame),
    isReady: () => Promise.resolve(true),
    monitorToken,
  });
  const app = await createStaffApp(server, {
    db,
    clock,
    log,
    isHttps: false,
    keyWrapper: testKeyWrapper,
    frame,
    listOffices: () =>
      Promise.resolve([
        { lgCode, name: '若葉台市', isDemonstration: true },
        { lgCode: other, name: '札幌市', isDemonstration: true },
      ]),
    findAccessSettings: () => Promise.resolve(accessSettings),
    lgCodeOfHost: (host) => (host === hostOfOther ? other : undefined),
    findOpenIdSecret: () => options.openIdSecret,
    findPersonIds: (_tx, text) => Promise.resolve(text === '77' ? [77 as PersonId] : []),
  });
  return {
    database,
    db,
    lgCode,
    server,
    app,
    clock,
    accounts,
    async close() {
      await server.close();
      await database.close();
    },
  };
}

/** What a browser needs of an office, whichever rooms it has. */
export type BrowsedOffice = Pick<StaffServer, 'server' | 'accounts' | 'lgCode'>;

/** A browser without a window: keeps cookies, and sends forms with the token of the page it looked at. */
export class StaffBrowser {
  readonly cookies = new Map<string, string>();
  csrfToken = '';
  readonly #office: BrowsedOffice;
  readonly #address: string;

  constructor(office: BrowsedOffice, address = '10.0.0.1') {
    this.#office = office;
    this.#address = address;
  }

  async get(url: string, headers: Record<string, string> = {}): Promise<LightMyRequestResponse> {
    const request = { url, headers: this.#headers(headers), remoteAddress: this.#address };
    return this.#keep(url, await this.#office.server.inject(request));
  }

  async post(
    url: string,
    fields: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<LightMyRequestResponse> {
    const payload = new URLSearchParams({ csrfToken: this.csrfToken, ...fields }).toString();
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const request = { method: 'POST', url, payload, headers: this.#headers({ ...type, ...headers }) } as const;
    const before = this.cookies.get('sesshu');
    const response = await this.#keep(
      url,
      await this.#office.server.inject({ ...request, remoteAddress: this.#address }),
    );
    // A session that went on under a new token: the next page brings the proof that belongs to it.
    const isRenewed = before !== undefined && before !== this.cookies.get('sesshu') && this.cookies.has('sesshu');
    if (isRenewed) await this.follow(await this.get('/account'));
    return response;
  }

  /** Signs in by the form; with the demonstration's password where none is given. */
  async signIn(accountName: string, password?: string, lgCode?: LgCode): Promise<LightMyRequestResponse> {
    const word = password ?? this.#office.accounts.find((each) => each.accountName === accountName)?.password ?? '';
    await this.get(`/m/${lgCode ?? this.#office.lgCode}`);
    await this.get('/sign-in');
    const response = await this.post('/sign-in', { accountName, password: word });
    // The next page brings the token that belongs to the session.
    if (response.statusCode === 303) await this.follow(await this.get('/account'));
    return response;
  }

  /** Gives a 処理事由 for what follows. */
  async giveReason(otherReason: string): Promise<void> {
    await this.post('/reason', { reason: 'other', otherReason, next: '/' });
  }

  /** Goes where an answer leads. */
  async follow(response: LightMyRequestResponse): Promise<LightMyRequestResponse> {
    const { location } = response.headers;
    return location === undefined ? response : await this.get(location);
  }

  #headers(extra: Record<string, string>): Record<string, string> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return { host: 'localhost', ...(cookie === '' ? {} : { cookie }), ...extra };
  }

  async #keep(url: string, response: LightMyRequestResponse): Promise<LightMyRequestResponse> {
    await watchAnswer({ url, headers: response.headers, body: response.rawPayload });
    for (const { name, value } of response.cookies) {
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const token = /(?:name="csrfToken" value="|data-reason="[^"]*">)([\w-]{43})/u.exec(response.body)?.[1];
    this.csrfToken = token ?? this.csrfToken;
    return response;
  }
}
