/** What some work answered, and what it took. */
interface Timed<T> {
  readonly value: T;
  readonly seconds: number;
  /** Processor time of this process: what one core works, whatever the database does meanwhile. */
  readonly cpuSeconds: number;
}

/** Does some work by the clock. */
export async function timed<T>(work: () => Promise<T>): Promise<Timed<T>> {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  const value = await work();
  const { user, system } = process.cpuUsage(before);
  return { value, seconds: (performance.now() - startedAt) / 1000, cpuSeconds: (user + system) / 1_000_000 };
}

/** The largest resident memory of this process (all its threads) until stopped, in mebibytes. */
export function watchMemory(): { stop(): number } {
  let largest = 0;
  const look = (): void => {
    largest = Math.max(largest, process.memoryUsage.rss());
  };
  look();
  const timer = setInterval(look, 50);
  return {
    stop() {
      clearInterval(timer);
      look();
      return largest / 2 ** 20;
    },
  };
}
