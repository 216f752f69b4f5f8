import pino from 'pino';

/** A structured log of one part of the program. */
export type Log = pino.Logger;

/** Fields that must never be written, whatever object they hang on: a last fence, not a licence to pass them. */
const secret = [
  'password',
  'token',
  'cookie',
  'authorization',
  'individualNumber',
  'name',
  'kana',
  'address',
  'phone',
  'email',
  'bornOn',
  'parameters',
];

/**
 * A log that writes one JSON object per line to standard error, at once, so that a killed process loses none. It
 * holds no personal data: the fields that could carry some are blanked even when passed by mistake.
 */
export function createLog(part: string, level = 'info'): Log {
  const destination = pino.destination({ dest: 2, sync: true });
  // A closed terminal takes no more lines; the work goes on to its end.
  destination.on('error', () => undefined);
  const paths = secret.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);
  return pino(
    {
      base: { part },
      level,
      redact: { paths, censor: '[伏字]' },
      serializers: { err: describeError, error: describeError },
    },
    destination,
  );
}

/**
 * What of an error may be logged. A PostgreSQL error's message and detail quote the offending values, so of those
 * only the code and the place in the schema are kept.
 */
function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { kind: typeof error };
  const fields = error as Error & Record<string, unknown>;
  const cause = error.cause === undefined ? undefined : describeError(error.cause);
  const isFromDatabase = typeof fields['severity'] === 'string' && typeof fields['code'] === 'string';
  if (!isFromDatabase) {
    return { kind: error.name, message: error.message, code: fields['code'], stack: error.stack, cause };
  }
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  return {
    kind: 'DatabaseError',
    code: fields['code'],
    table: fields['table'],
    column: fields['column'],
    constraint: fields['constraint'],
    stack: frames.join('\n'),
    cause,
  };
}
