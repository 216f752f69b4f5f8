import { KeyTrouble } from './errors.ts';
import { fingerprintOf } from './local-key.ts';
import { keyBytes } from './seal.ts';

const word = 'sesshu-wrapping-key-1';

/** A key file's text: a warning for whoever opens it, and one line for each key with its fingerprint, newest first. */
export function formatKeyFile(keys: readonly Uint8Array[]): string {
  return [
    '# Sesshu: 個人番号の金庫を開ける鍵です。なくすと個人番号は二度と読めません。',
    '# バックアップとは別の場所に控えを保管し、だれにも見せないでください。',
    ...keys.map((key) => `${word} ${Buffer.from(key).toString('base64url')} ${fingerprintOf(key)}`),
    '',
  ].join('\n');
}

/** The keys in a key file; a line that was cut or typed wrongly does not fit its fingerprint and is refused. */
export function parseKeyFile(text: string, place: string): Buffer[] {
  const keys = text
    .split('\n')
    .filter((line) => line.startsWith(`${word} `))
    .map((line) => parseLine(line.trim().split(/\s+/u)));
  const fit = keys.filter((key) => key !== undefined);
  if (fit.length > 0 && fit.length === keys.length) return fit;
  for (const key of fit) key.fill(0);
  throw new KeyTrouble(
    'keyUnfit',
    `${place}の中身が鍵の形になっていません。途中で切れたか書き換えられています。控えから戻してください。`,
  );
}

function parseLine([, keyText = '', fingerprint = '']: readonly string[]): Buffer | undefined {
  const key = Buffer.from(keyText, 'base64url');
  if (key.length === keyBytes && fingerprintOf(key) === fingerprint) return key;
  key.fill(0);
  return undefined;
}

/** A secret of the environment: exactly 32 bytes, written as base64 or as 64 hexadecimal digits. */
export function parseSecret(text: string, variable: string): Buffer {
  const trimmed = text.trim();
  if (/^[0-9a-f]{64}$/iu.test(trimmed)) return Buffer.from(trimmed, 'hex');
  if (/^[A-Za-z0-9+/_-]{43}=?$/u.test(trimmed)) return Buffer.from(trimmed.replace('=', ''), 'base64');
  throw new KeyTrouble(
    'keyUnfit',
    `環境変数 ${variable} は32バイトの鍵ではありません。base64 か16進数64桁で渡してください（例: openssl rand -base64 32）。`,
  );
}
