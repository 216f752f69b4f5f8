import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createLog } from '#platform/log';
import { type Installation, openInstallation } from '#platform/postgres';

const program = fileURLToPath(new URL('../../src/apps/cli/main.ts', import.meta.url));
const run = promisify(execFile);

/** Commands of the real program on an installation of its own below `folder`, and the ways to end them in the middle. */
export interface DyingCommands {
  readonly home: string;
  /** Runs the real command to its end and answers its JSON. */
  sesshu(...words: readonly string[]): Promise<Record<string, number>>;
  start(...words: readonly string[]): ChildProcess;
  kill(child: ChildProcess): Promise<void>;
  /** The server is held open by this process, as by `npm start`, while commands beside it die. */
  openOffice(): Promise<Installation>;
  closeOffice(): Promise<void>;
  /** Waits until the command's own statement of this kind runs in the database; false when the command ends before. */
  seesStatement(child: ChildProcess, part: string): Promise<boolean>;
  /** Nobody's statement is left behind: what the dead command had sent is over, one way or the other. */
  settle(): Promise<void>;
}

/** See `DyingCommands`. */
export function dyingCommands(folder: string): DyingCommands {
  const home = join(folder, 'home');
  const env = {
    ...process.env,
    SESSHU_HOME: home,
    DATABASE_URL: undefined,
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
  };
  let office: Installation | undefined;
  const openOffice = async (): Promise<Installation> => {
    office ??= await openInstallation({ home, env: {}, log: createLog('test', 'error') });
    return office;
  };
  return {
    home,
    async sesshu(...words) {
      const { stdout } = await run(process.execPath, [program, ...words, '--json'], { env });
      return JSON.parse(stdout) as Record<string, number>;
    },
    start: (...words) => spawn(process.execPath, [program, ...words], { env, stdio: ['ignore', 'ignore', 'pipe'] }),
    async kill(child) {
      const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
      child.kill('SIGKILL');
      await ended;
    },
    openOffice,
    async closeOffice() {
      await office?.close();
      office = undefined;
    },
    async seesStatement(child, part) {
      const { db } = await openOffice();
      while (child.exitCode === null && child.signalCode === null) {
        // A role sees the statements of its own sessions only.
        for (const pool of [db.app, db.vault]) {
          const { rowCount } = await pool.query(
            `SELECT FROM pg_stat_activity WHERE state = 'active' AND strpos(query, $1) > 0 AND pid <> pg_backend_pid()`,
            [part],
          );
          if (rowCount !== 0) return true;
        }
        await sleep(2);
      }
      return false;
    },
    async settle() {
      const { db } = await openOffice();
      const busy = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND (state = 'active' OR xact_start IS NOT NULL) AND backend_type = 'client backend'`;
      while ((await db.app.query(busy)).rowCount !== 0) await sleep(20);
    },
  };
}
