import type { LgCode } from '#kernel';
import type { Clock } from '#platform/clock';
import type { Log } from '#platform/log';
import { type Database, withMunicipality } from '#platform/postgres';
import { writeCheckpoint } from './checkpoint.ts';
import type { LogCollector } from './log-collector.ts';
import { listUnsealedMunicipalities, sealAudit } from './seal-audit.ts';
import { shipAudit } from './ship-audit.ts';

/** What the keeper of the log needs; the times are in milliseconds. */
export interface AuditKeeperOptions {
  readonly home: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Municipalities whose last seals may still lack a checkpoint, asked once at the start. */
  readonly listLgCodes: () => Promise<readonly LgCode[]>;
  readonly sealEveryMs?: number;
  readonly checkpointEveryMs?: number;
  /** Where the log goes outside of the database as well; null: nowhere. */
  readonly collector?: LogCollector | null;
  readonly shipEveryMs?: number;
}

/**
 * Seals new acts every second, ships them every ten seconds where a collector is named, writes a signed checkpoint every
 * minute and makes the months' partitions ahead, until stopped. A failure (the database is gone for a while) is logged and the next round tries again.
 */
export function startAuditKeeper(db: Database, options: AuditKeeperOptions): { stop(): Promise<void> } {
  const waitingForCheckpoint = new Set<LgCode>();
  const stopping = new AbortController();
  const running = [
    repeat(stopping.signal, options.sealEveryMs ?? 1000, options.log, async () => {
      for (const lgCode of await listUnsealedMunicipalities(db)) {
        if ((await sealAudit(db, lgCode)) > 0) waitingForCheckpoint.add(lgCode);
      }
    }),
    repeat(stopping.signal, options.checkpointEveryMs ?? 60_000, options.log, async (round) => {
      if (round === 0) await prepare(db, options, waitingForCheckpoint);
      for (const lgCode of waitingForCheckpoint) {
        await writeCheckpoint(db, lgCode, { home: options.home, at: options.clock.now() });
        waitingForCheckpoint.delete(lgCode);
      }
      if (round % 720 === 719) await makePartitions(db, options);
    }),
    ...(options.collector ? [keepShipping(db, options, options.collector, stopping.signal)] : []),
  ];
  return {
    async stop() {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

/** A collector that is away holds up nothing here: what waits for it is kept by its position. */
function keepShipping(
  db: Database,
  options: AuditKeeperOptions,
  collector: LogCollector,
  signal: AbortSignal,
): Promise<void> {
  return repeat(signal, options.shipEveryMs ?? 10_000, options.log, async () => {
    for (const lgCode of await options.listLgCodes()) {
      if (signal.aborted) return;
      await shipAudit(db, lgCode, collector);
    }
  });
}

async function prepare(db: Database, options: AuditKeeperOptions, waiting: Set<LgCode>): Promise<void> {
  for (const lgCode of await options.listLgCodes()) waiting.add(lgCode);
  await makePartitions(db, options);
}

async function makePartitions(db: Database, options: AuditKeeperOptions): Promise<void> {
  const [lgCode] = await options.listLgCodes();
  if (lgCode === undefined) return;
  await withMunicipality(db, lgCode, async (tx) => await tx.client.query('SELECT ensure_audit_partitions(24)'));
}

async function repeat(
  signal: AbortSignal,
  everyMs: number,
  log: Log,
  work: (round: number) => Promise<void>,
): Promise<void> {
  for (let round = 0; !signal.aborted; ) {
    try {
      await work(round);
      round += 1;
    } catch (error) {
      log.error({ err: error }, 'the audit log could not be sealed or shipped; trying again');
    }
    await pause(everyMs, signal);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(finish, ms);
    function finish(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    }
    signal.addEventListener('abort', finish, { once: true });
  });
}
