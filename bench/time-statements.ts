import pg from 'pg';

/** What statements took while some work ran. */
export interface StatementTime {
  /** Their share of the work's own time, from 0 to 1. */
  readonly share: number;
  readonly statements: number;
  readonly seconds: number;
}

/**
 * Runs work and adds up how long it waited for the statements whose text fits the pattern. Inside one transaction
 * statements follow each other, so that their times are parts of the work's own.
 */
export async function timeStatements<T>(
  pattern: RegExp,
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly time: StatementTime }> {
  const { prototype } = pg.Client;
  const inner = Reflect.get(prototype, 'query') as (...given: unknown[]) => unknown;
  let seconds = 0;
  let statements = 0;
  const timed = function (this: pg.Client, ...given: unknown[]): unknown {
    const answer: unknown = Reflect.apply(inner, this, given);
    const [text] = given;
    if (typeof text !== 'string' || !pattern.test(text) || !(answer instanceof Promise)) return answer;
    const startedAt = performance.now();
    statements += 1;
    return answer.finally(() => {
      seconds += (performance.now() - startedAt) / 1000;
    });
  };
  Reflect.set(prototype, 'query', timed);
  const startedAt = performance.now();
  try {
    const value = await work();
    const whole = (performance.now() - startedAt) / 1000;
    return { value, time: { share: seconds / Math.max(whole, 0.001), statements, seconds } };
  } finally {
    Reflect.set(prototype, 'query', inner);
  }
}
