import { setImmediate } from 'node:timers/promises';

/**
 * Hands on what a generator makes and lets it go on, up to `depth` items ahead, while the caller waits for the
 * database: one processor reads the file, the other writes rows. All that is ready comes at once, so that the caller
 * asks the database once for all of it. Between items everything else gets its turn.
 */
export async function* readAhead<T>(items: AsyncGenerator<T>, depth: number): AsyncGenerator<T[]> {
  let ready: T[] = [];
  let isThrough = false;
  let wakeReader = (): void => undefined;
  let wakeCaller = (): void => undefined;
  const read = async (): Promise<void> => {
    try {
      for await (const item of items) {
        ready.push(item);
        wakeCaller();
        await setImmediate();
        while (ready.length >= depth && !isThrough) await new Promise<void>((resolve) => (wakeReader = resolve));
        if (isThrough) return;
      }
    } finally {
      isThrough = true;
      wakeCaller();
    }
  };
  const reading = read();
  // A failure of what was read ahead is thrown when its turn comes, not as an unhandled rejection.
  reading.catch(() => undefined);
  try {
    for (;;) {
      const some = ready;
      ready = [];
      wakeReader();
      if (some.length > 0) yield some;
      else if (isThrough) return await reading;
      else await new Promise<void>((resolve) => (wakeCaller = resolve));
    }
  } finally {
    isThrough = true;
    wakeReader();
    await reading.catch(() => undefined);
  }
}
