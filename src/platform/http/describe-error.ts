/** What the log keeps of an error: enough to find the place in the code, nothing that a person typed or a row held. */
export interface ErrorForLog {
  readonly type: string;
  /** Code of the system or of the database (SQLSTATE). */
  readonly code: string | null;
  /** The database's words quote values of rows, so they are left out; other errors are the program's own words. */
  readonly text: string | null;
  readonly table: string | null;
  readonly constraint: string | null;
  readonly stack: readonly string[];
  readonly cause: ErrorForLog | null;
}

/** Describes an error without the values that a database error quotes. */
export function describeError(error: unknown): ErrorForLog {
  if (!(error instanceof Error)) {
    return { type: typeof error, code: null, text: null, table: null, constraint: null, stack: [], cause: null };
  }
  const fields = error as Error & Partial<Record<'code' | 'severity' | 'table' | 'constraint', unknown>>;
  const isOfDatabase = typeof fields.severity === 'string';
  return {
    type: error.name,
    code: textOf(fields.code),
    text: isOfDatabase ? null : error.message,
    table: textOf(fields.table),
    constraint: textOf(fields.constraint),
    stack: (error.stack ?? '')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line.startsWith('at ')),
    cause: error.cause instanceof Error ? describeError(error.cause) : null,
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
