/** Somebody asked the process to end while it was still getting ready. */
export class StopAsked extends Error {
  override readonly name = 'StopAsked';
}

/** The wish of the person or the system that the process ends. */
export interface StopWish {
  /** Resolves when asked. */
  readonly asked: Promise<void>;
  isAsked(): boolean;
  /** Throws `StopAsked` once asked: for the safe points of long preparations. */
  throwIfAsked(): void;
  /** Listens no more. */
  end(): void;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A terminal and the programs above us pass one Ctrl-C on several times; only a later one means impatience. */
const sameWishMs = 2000;

/**
 * Listens for Ctrl-C, SIGTERM, a closed terminal, and the end of the `npm start` above us. Asked a second time, later,
 * the process ends at once: what was acknowledged is in the database, and the next start recovers the rest.
 */
export function awaitStop(): StopWish {
  const { promise, resolve } = Promise.withResolvers<void>();
  let askedAt: number | undefined;
  const ask = (): void => {
    const at = performance.now();
    if (askedAt !== undefined && at - askedAt > sameWishMs) process.exit(130);
    askedAt ??= at;
    resolve();
  };
  for (const signal of signals) process.on(signal, ask);
  process.on('disconnect', ask);
  return {
    asked: promise,
    isAsked: () => askedAt !== undefined,
    throwIfAsked() {
      if (askedAt !== undefined) throw new StopAsked('asked to stop');
    },
    end() {
      for (const signal of signals) process.off(signal, ask);
      process.off('disconnect', ask);
      if (process.connected) process.disconnect();
    },
  };
}
