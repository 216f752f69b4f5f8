import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { exportJWK, type GenerateKeyPairResult, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

/** Who is signed in at the provider, as its administrators would set it. */
export interface ProviderUser {
  readonly subject: string;
  /** Further claims of the ID token, e.g. `preferred_username`, `amr`. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** A running stand-in of a municipality's identity provider. */
export interface IdentityProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Whom the next visitor is, without asking; null refuses everybody. */
  user: ProviderUser | null;
  /** What the next ID token says otherwise than it should: for trying what the office does with it. */
  distort: ((claims: JWTPayload) => JWTPayload) | null;
  /** Signs the next ID tokens with a key that is not the provider's. */
  isForger: boolean;
  /** The last question that came, for looking at its parameters. */
  readonly lastQuestion: URLSearchParams;
  close(): Promise<void>;
}

interface Grant {
  readonly challenge: string;
  readonly redirectUri: string;
  readonly nonce: string;
  readonly user: ProviderUser;
}

/** What the provider keeps while it runs. */
interface Desk {
  issuer: string;
  user: ProviderUser | null;
  distort: IdentityProvider['distort'];
  isForger: boolean;
  lastQuestion: URLSearchParams;
  readonly clientSecret: string;
  readonly grants: Map<string, Grant>;
  readonly keys: GenerateKeyPairResult;
}

const clientId = 'sesshu';

/**
 * A stand-in of an identity provider (OpenID Connect Core 1.0: discovery, code flow with PKCE, ES256), for tests and
 * demonstrations only. It asks nobody for anything and says on its page that it is a stand-in.
 */
export async function openIdentityProvider(): Promise<IdentityProvider> {
  const desk: Desk = {
    ...{
      issuer: '',
      user: null,
      distort: null,
      isForger: false,
      lastQuestion: new URLSearchParams(),
      grants: new Map(),
    },
    clientSecret: randomBytes(24).toString('base64url'),
    keys: await generateKeyPair('ES256'),
  };
  const server = createServer((request, response) => {
    serve(desk, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  desk.issuer = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  return {
    issuer: desk.issuer,
    clientId,
    clientSecret: desk.clientSecret,
    get user() {
      return desk.user;
    },
    set user(user) {
      desk.user = user;
    },
    get distort() {
      return desk.distort;
    },
    set distort(distort) {
      desk.distort = distort;
    },
    get isForger() {
      return desk.isForger;
    },
    set isForger(isForger) {
      desk.isForger = isForger;
    },
    get lastQuestion() {
      return desk.lastQuestion;
    },
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function serve(desk: Desk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', desk.issuer);
  if (url.pathname === '/.well-known/openid-configuration') answer(response, 200, configurationOf(desk.issuer));
  else if (url.pathname === '/jwks') answer(response, 200, { keys: [await publicJwk(desk)] });
  else if (url.pathname === '/authorize')
    response.writeHead(302, { location: authorize(desk, url.searchParams) }).end();
  else if (url.pathname === '/token') await giveToken(desk, new URLSearchParams(await readAll(request)), response);
  else {
    response.writeHead(404, { 'content-type': 'text/html; charset=utf-8' });
    response.end('<!doctype html><title>代役</title><p>これは試験用の代役です。本物の認証基盤ではありません。</p>');
  }
}

async function publicJwk(desk: Desk): Promise<object> {
  return { ...(await exportJWK(desk.keys.publicKey)), kid: 'stand-in', alg: 'ES256', use: 'sig' };
}

/** Where the browser goes back to, with a code for whoever the provider was told to sign in. */
function authorize(desk: Desk, query: URLSearchParams): string {
  desk.lastQuestion = query;
  const back = new URL(query.get('redirect_uri') ?? '');
  back.searchParams.set('state', query.get('state') ?? '');
  back.searchParams.set('iss', desk.issuer);
  const isCodeFlow = query.get('response_type') === 'code' && query.get('code_challenge_method') === 'S256';
  if (query.get('client_id') !== clientId || !isCodeFlow || desk.user === null) {
    back.searchParams.set('error', desk.user === null ? 'access_denied' : 'invalid_request');
    return back.href;
  }
  const code = randomBytes(24).toString('base64url');
  back.searchParams.set('code', code);
  desk.grants.set(code, {
    challenge: query.get('code_challenge') ?? '',
    redirectUri: query.get('redirect_uri') ?? '',
    nonce: query.get('nonce') ?? '',
    user: desk.user,
  });
  return back.href;
}

/** A code is taken once, from the client it was given to, with the verifier of its question. */
async function giveToken(desk: Desk, form: URLSearchParams, response: ServerResponse): Promise<void> {
  const grant = desk.grants.get(form.get('code') ?? '');
  desk.grants.delete(form.get('code') ?? '');
  const challenge = createHash('sha256')
    .update(form.get('code_verifier') ?? '')
    .digest('base64url');
  const isClient = form.get('client_id') === clientId && form.get('client_secret') === desk.clientSecret;
  const isFit = grant?.challenge === challenge && grant.redirectUri === form.get('redirect_uri');
  if (grant === undefined || !isClient || !isFit) {
    answer(response, 400, { error: isClient ? 'invalid_grant' : 'invalid_client' });
    return;
  }
  const now = Math.floor(Date.now() / 1000);
  const claims: JWTPayload = {
    ...{ iss: desk.issuer, aud: clientId, sub: grant.user.subject, nonce: grant.nonce, iat: now, exp: now + 300 },
    ...grant.user.claims,
  };
  const signed = new SignJWT(desk.distort?.(claims) ?? claims).setProtectedHeader({ alg: 'ES256', kid: 'stand-in' });
  answer(response, 200, {
    ...{ access_token: randomBytes(24).toString('base64url'), token_type: 'Bearer', expires_in: 300 },
    id_token: await signed.sign(desk.isForger ? (await generateKeyPair('ES256')).privateKey : desk.keys.privateKey),
  });
}

function configurationOf(issuer: string): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
    token_endpoint_auth_methods_supported: ['client_secret_post'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
  };
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

async function readAll(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
