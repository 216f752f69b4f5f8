import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';

/** A certificate with its key, both PEM. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

/** A certification authority of a test: what it issues is trusted by whoever is given its certificate. */
export interface TestAuthority {
  readonly cert: string;
  /** A certificate for a host or a terminal, until so many days from now; a negative number makes one that has expired. */
  issue(name: string, days?: number): TestCertificate;
}

const dayMs = 86_400_000;

/** Makes an authority whose key is forgotten with the test. Certificates are X.509 version 3 with ECDSA on P-256 (RFC 5280). */
export function makeAuthority(name: string): TestAuthority {
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const isAuthority = extension('551d13', sequence(der(0x01, Buffer.from([0xff]))), true);
  const subject = (text: string): Part => ({ name: text, extensions: isAuthority });
  const make = (part: Part, key: KeyObject, days: number): string =>
    makeCertificate({ ...part, issuer: name, key, signingKey: own.privateKey, days });
  return {
    cert: make(subject(name), own.publicKey, 400),
    issue(host, days = 10) {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const told =
        isIP(host) === 4 ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host));
      const names = extension('551d11', sequence(told), false);
      const cert = make({ name: host, extensions: names }, publicKey, days);
      return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
    },
  };
}

interface Part {
  readonly name: string;
  readonly extensions: Buffer;
}

interface Wanted extends Part {
  readonly issuer: string;
  readonly key: KeyObject;
  readonly signingKey: KeyObject;
  readonly days: number;
}

function makeCertificate({ name, extensions, issuer, key, signingKey, days }: Wanted): string {
  const now = Date.now();
  const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
  const serial = Buffer.from([0x01, ...randomBytes(7)]);
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    ecdsaWithSha256,
    nameOf(issuer),
    sequence(time(now - 300 * dayMs), time(now + days * dayMs)),
    nameOf(name),
    key.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(extensions)),
  );
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, signingKey)]));
  const text = sequence(body, ecdsaWithSha256, signature).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${text.match(/.{1,64}/gu)?.join('\n') ?? ''}\n-----END CERTIFICATE-----\n`;
}

/** Tag, length and content. */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

/** CN=name. */
function nameOf(name: string): Buffer {
  return sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(name)))));
}

/** UTCTime, for years until 2049. */
function time(at: number): Buffer {
  const text = new Date(at).toISOString().replaceAll(/[-:T]|\.\d+/gu, '');
  return der(0x17, Buffer.from(text.slice(2)));
}

function extension(id: string, value: Buffer, isCritical: boolean): Buffer {
  const critical = isCritical ? [der(0x01, Buffer.from([0xff]))] : [];
  return sequence(oid(id), ...critical, der(0x04, value));
}
