import pino from 'pino';

/** A structured log of one part of the program. */
export type Log = pino.Logger;

/** Fields that must never be written, whatever object they hang on. */
const secret = ['password', 'token', 'cookie', 'authorization', 'individualNumber', 'name', 'kana', 'address', 'phone'];

/**
 * A log that writes one JSON object per line to standard error. It holds no personal data: the fields that
 * could carry some are blanked even when passed by mistake.
 */
export function createLog(part: string, level = 'info'): Log {
  const paths = secret.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);
  return pino(
    { base: { part }, level, redact: { paths, censor: '[伏字]' } },
    pino.destination({ dest: 2, sync: true }),
  );
}
