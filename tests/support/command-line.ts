import { Readable, Writable } from 'node:stream';
import type { Command } from '../../src/apps/cli/command.ts';
import { runCommand } from '../../src/apps/cli/run-command.ts';
import { testClock } from './addressees.ts';
import type { TestDatabase } from './database.ts';

/** What a command line gave back: its exit code, the document of `--json`, and what went to standard error. */
export interface Said {
  readonly exitCode: number;
  readonly json: Readonly<Record<string, unknown>>;
  readonly messages: string;
  /** Everything that appeared, in its order. */
  readonly said: string;
}

/** Runs command lines on a test's database as the operator `unyou`, with `--json`. */
export function commandLine(store: TestDatabase, home: string, commands: readonly Command[]) {
  return async (...words: readonly string[]): Promise<Said> => {
    const answers: string[] = [];
    const messages: string[] = [];
    const said: string[] = [];
    const exitCode = await runCommand([...words, '--municipality', store.lgCode, '--json'], commands, {
      environment: environmentOf(store),
      home,
      osUser: 'unyou',
      clock: testClock,
      input: Readable.from([]),
      output: collector(answers, said),
      messages: collector(messages, said),
    });
    const json = JSON.parse(answers.join('') || '{}') as Record<string, unknown>;
    return { exitCode, json, messages: messages.join(''), said: said.join('') };
  };
}

/** The connections of the test's database as an operator's environment names them. */
function environmentOf(store: TestDatabase): Record<string, string> {
  const as = (role: string): string => (store.db.ownerUrl ?? '').replace('sesshu_owner', `sesshu_${role}`);
  return {
    DATABASE_URL: as('app'),
    SESSHU_OWNER_URL: as('owner'),
    SESSHU_VAULT_URL: as('vault'),
    SESSHU_DISPOSAL_URL: as('disposal'),
    SESSHU_JOBS_URL: as('jobs'),
    SESSHU_READ_URL: as('read'),
    SESSHU_LOG_LEVEL: 'silent',
  };
}

function collector(...lists: readonly string[][]): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      for (const list of lists) list.push(String(chunk));
      done();
    },
  });
}
