import { type Logger, pino } from 'pino';

/** A structured log; lines go to standard error as JSON. */
export type Log = Logger;

/**
 * Field names that may carry a person. They are removed wherever they appear in the first two levels of a line:
 * a last fence only, since nothing personal is to be handed to the log at all.
 */
const personalFields = [
  'individualNumber',
  'number',
  'name',
  'kana',
  'address',
  'phone',
  'email',
  'bornOn',
  'password',
  'secret',
  'token',
  'cookie',
  'authorization',
  'detail',
  'where',
  'parameters',
  'query',
] as const;

const redactPaths = personalFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);

/**
 * Makes the log of one process. The level comes from the caller (default `info`); `destination` is a file
 * descriptor, standard error unless said otherwise, written at once so that a killed process loses no line.
 */
export function createLog(
  name: string,
  options: { readonly level?: string; readonly destination?: number } = {},
): Log {
  return pino(
    {
      level: options.level ?? 'info',
      base: { room: name, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: redactPaths, remove: true },
      serializers: { err: describeError, error: describeError },
    },
    pino.destination({ dest: options.destination ?? 2, sync: true }),
  );
}

/**
 * What of an error may be logged. A PostgreSQL error's detail holds key values and its message may quote the
 * offending value, so of those only the code and the place in the schema are kept.
 */
function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { kind: typeof error };
  const fields = error as Error & Record<string, unknown>;
  const isFromDatabase = typeof fields['severity'] === 'string' && typeof fields['code'] === 'string';
  if (!isFromDatabase) {
    return { kind: error.name, message: error.message, code: fields['code'], stack: error.stack };
  }
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  return {
    kind: error.name,
    code: fields['code'],
    table: fields['table'],
    column: fields['column'],
    constraint: fields['constraint'],
    routine: fields['routine'],
    stack: frames.join('\n'),
  };
}
