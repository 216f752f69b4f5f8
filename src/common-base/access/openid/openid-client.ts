import type { Configuration } from 'openid-client';
import { isThisMachine } from '#platform/http';
import type { OpenIdSettings } from '../access-settings.ts';

/** What the provider says of a person, checked: signature, issuer, audience, time and nonce. */
export interface OpenIdClaims {
  readonly issuer: string;
  readonly subject: string;
  /** The account name by the claim of the settings; undefined where the provider did not send it. */
  readonly accountName: string | undefined;
  /** How the person proved who it is (RFC 8176). */
  readonly methods: readonly string[];
}

/** A question to the provider: where to send the browser, and what must come back. */
export interface OpenIdQuestion {
  readonly url: URL;
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** Loaded when the first person comes by way of a provider: most installations have none. */
const loadClient = () => import('openid-client');

const known = new Map<string, { readonly at: number; readonly configuration: Promise<Configuration> }>();
/** The provider's own page of settings is read again after so long. */
const rereadAfterMs = 3_600_000;

/** Builds the question for one browser; `isAgain` asks the provider to make sure anew, whoever is signed in there. */
export async function askProvider(
  settings: OpenIdSettings,
  secret: string,
  asked: { readonly redirectUri: string; readonly isAgain: boolean },
): Promise<OpenIdQuestion> {
  const configuration = await configurationOf(settings, secret);
  const client = await loadClient();
  const [state, nonce, codeVerifier] = [client.randomState(), client.randomNonce(), client.randomPKCECodeVerifier()];
  const url = client.buildAuthorizationUrl(configuration, {
    redirect_uri: asked.redirectUri,
    scope: 'openid profile',
    response_type: 'code',
    state,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    ...(asked.isAgain ? { prompt: 'login', max_age: '0' } : {}),
  });
  return { url, state, nonce, codeVerifier };
}

/** Exchanges the code for what the provider says of the person; throws for anything that does not fit the question. */
export async function readAnswer(
  settings: OpenIdSettings,
  secret: string,
  answer: { readonly url: URL; readonly state: string; readonly nonce: string; readonly codeVerifier: string },
): Promise<OpenIdClaims> {
  const configuration = await configurationOf(settings, secret);
  const { authorizationCodeGrant } = await loadClient();
  const tokens = await authorizationCodeGrant(configuration, answer.url, {
    expectedState: answer.state,
    expectedNonce: answer.nonce,
    pkceCodeVerifier: answer.codeVerifier,
    idTokenExpected: true,
  });
  const claims = tokens.claims();
  if (claims === undefined) throw new TypeError('the provider sent no identity');
  const account = claims[settings.accountClaim];
  const { amr } = claims;
  return {
    issuer: claims.iss,
    subject: claims.sub,
    accountName: typeof account === 'string' ? account : undefined,
    methods: Array.isArray(amr) ? amr.filter((each) => typeof each === 'string') : [],
  };
}

async function configurationOf(settings: OpenIdSettings, secret: string): Promise<Configuration> {
  const key = JSON.stringify([settings.issuer, settings.clientId, secret]);
  const held = known.get(key);
  if (held !== undefined && performance.now() - held.at < rereadAfterMs) return await held.configuration;
  const configuration = discover(settings, secret);
  known.set(key, { at: performance.now(), configuration });
  configuration.catch(() => known.delete(key));
  return await configuration;
}

async function discover(settings: OpenIdSettings, secret: string): Promise<Configuration> {
  const client = await loadClient();
  const issuer = new URL(settings.issuer);
  return await client.discovery(issuer, settings.clientId, undefined, client.ClientSecretPost(secret), {
    timeout: 10,
    // The signature of each ID token is checked by the provider's keys, beside the connection that brought it.
    execute: [client.enableNonRepudiationChecks, ...(isThisMachine(issuer) ? [client.allowInsecureRequests] : [])],
  });
}
