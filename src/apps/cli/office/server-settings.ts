import { isIP } from 'node:net';
import { WrongUse } from '../command.ts';

/** Where and how the office is served; everything comes from the environment, see docs/guides/install.md. */
export interface ServerSettings {
  readonly host: string;
  /** 0 asks the system for a free one. */
  readonly port: number;
  /** People reach the office by https, through a proxy that ends TLS. */
  readonly isHttps: boolean;
  /** Browsers keep to https for the names below the office's name too. */
  readonly coversSubdomains: boolean;
  /** Whose word about the caller's address counts: addresses, networks or `loopback`; false: nobody's. */
  readonly trustProxy: string | false;
  readonly monitorToken: string | null;
}

const portDefault = 8080;
const tokenLengthMin = 24;

/**
 * Reads `SESSHU_HOST`, `PORT`, `SESSHU_HTTPS`, `SESSHU_HSTS_SUBDOMAINS`, `SESSHU_PROXY` and `SESSHU_MONITOR_TOKEN`.
 * Refuses to serve other machines without encryption: passwords and people's data would cross the network in the clear.
 */
export function readServerSettings(environment: Readonly<Record<string, string | undefined>>): ServerSettings {
  const given = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const host = given('SESSHU_HOST') ?? '127.0.0.1';
  const isHttps = readSwitch('SESSHU_HTTPS', given('SESSHU_HTTPS'));
  if (!isHttps && !isOwnMachine(host)) {
    throw new WrongUse(
      `SESSHU_HOST=${host} でほかの機械に開くには、前段のサーバーで TLS を終わらせ、SESSHU_HTTPS=1 を指定してください。`,
    );
  }
  const monitorToken = given('SESSHU_MONITOR_TOKEN') ?? null;
  if (monitorToken !== null && monitorToken.length < tokenLengthMin) {
    throw new WrongUse(`SESSHU_MONITOR_TOKEN は ${tokenLengthMin} 文字以上にしてください。`);
  }
  return {
    host,
    port: readPort(given('PORT')),
    isHttps,
    coversSubdomains: readSwitch('SESSHU_HSTS_SUBDOMAINS', given('SESSHU_HSTS_SUBDOMAINS') ?? '1'),
    trustProxy: readProxies(given('SESSHU_PROXY')) ?? (isHttps ? 'loopback' : false),
    monitorToken,
  };
}

/** Whether only this machine can reach what listens there. */
export function isOwnMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/u.test(host);
}

function readProxies(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const proxies = text.split(',').map((proxy) => proxy.trim());
  const wrong = proxies.find((proxy) => !isProxy(proxy));
  if (wrong === undefined) return proxies.join(',');
  throw new WrongUse(
    `SESSHU_PROXY は前段のサーバーのアドレスか 10.0.0.0/24 の形で、コンマで区切って指定してください (${wrong} は使えません)。`,
  );
}

function isProxy(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true;
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/u.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

function readPort(text: string | undefined): number {
  if (text === undefined) return portDefault;
  if (/^\d{1,5}$/u.test(text) && Number(text) <= 65_535) return Number(text);
  throw new WrongUse(`PORT は 0 から 65535 までの数字で指定してください (${text} は使えません)。`);
}

function readSwitch(name: string, text: string | undefined): boolean {
  if (text === undefined || text === '0') return false;
  if (text === '1') return true;
  throw new WrongUse(`${name} は 1 か 0 で指定してください (${text} は使えません)。`);
}
