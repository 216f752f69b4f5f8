import { createHmac, timingSafeEqual } from 'node:crypto';

/** Seconds for which one code holds (RFC 6238, section 5.2). */
const stepSeconds = 30;
/** Digits of a code, as all authenticator apps show them. */
const digits = 6;

/**
 * The code of a counter.
 * @spec RFC 4226, section 5.3 (HOTP with HMAC-SHA-1 and dynamic truncation)
 */
export function hotp(secret: Uint8Array, counter: number, length: number = digits): string {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(counter));
  const mac = createHmac('sha1', secret).update(message).digest();
  const offset = (mac.at(-1) ?? 0) & 0xf;
  const number = mac.readUInt32BE(offset) & 0x7f_ff_ff_ff;
  return String(number % 10 ** length).padStart(length, '0');
}

/**
 * The step of time that an instant lies in.
 * @spec RFC 6238, section 4.2 (T0 = 0, X = 30 s)
 */
export function stepOf(at: Date): number {
  return Math.floor(at.getTime() / 1000 / stepSeconds);
}

/**
 * The step whose code was given: the present one, or up to `stepsAside` before or after it where the settings forgive
 * clocks; undefined for a wrong code and for a code of a step that was used already.
 */
export function findMatchingStep(
  secret: Uint8Array,
  given: string,
  at: Date,
  lastStep: number | null,
  stepsAside = 0,
): number | undefined {
  const present = stepOf(at);
  let found: number | undefined;
  for (let step = present - stepsAside; step <= present + stepsAside; step += 1) {
    // All steps are compared, so that the time taken tells nothing.
    if (isSame(hotp(secret, step), given) && (lastStep === null || step > lastStep)) found = step;
  }
  return found;
}

/** Digits as people type them: full-width ones and blanks are forgiven. */
export function foldCode(text: string): string {
  return text.normalize('NFKC').replaceAll(/[\s-]/gu, '').slice(0, 40);
}

/** Base32 without padding, as authenticator apps take a secret (RFC 4648, section 6). */
export function encodeBase32(bytes: Uint8Array): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  let text = '';
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet[(held >> bits) & 31];
      held &= (1 << bits) - 1;
    }
  }
  return bits === 0 ? text : text + alphabet[(held << (5 - bits)) & 31];
}

/** The address that a QR code carries to an authenticator app (Key Uri Format). */
export function otpAuthUri(given: { issuer: string; account: string; secret: Uint8Array }): string {
  const label = encodeURIComponent(`${given.issuer}:${given.account}`);
  return `otpauth://totp/${label}?secret=${encodeBase32(given.secret)}&issuer=${encodeURIComponent(given.issuer)}`;
}

function isSame(wanted: string, given: string): boolean {
  const [a, b] = [Buffer.from(wanted), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
