import { spawnSync } from 'node:child_process';
import { lchown, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseTrouble } from './errors.ts';

/** How to run a program of PostgreSQL, which refuses to run as root. */
export interface EmbeddedAccount {
  /** The command line that runs a program under the account. */
  commandLine(program: string, args: readonly string[]): readonly [string, readonly string[]];
  /** Ids for the child process; absent where the process keeps its own. */
  readonly ids: { readonly uid: number; readonly gid: number } | undefined;
  /** Hands a folder made by this process to the account. */
  own(folder: string): Promise<void>;
}

interface PasswdEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * An ordinary user runs it as it is. Root runs it in a user namespace where root appears as another account (files
 * stay root's own), and where the system forbids namespaces, under the uid of `postgres` or `nobody`.
 */
export async function chooseEmbeddedAccount(): Promise<EmbeddedAccount> {
  if (process.getuid?.() !== 0) {
    return { commandLine: (program, args) => [program, args], ids: undefined, own: () => Promise.resolve() };
  }
  const entries = await readPasswd();
  const inNamespace = findNamespaceAccount(entries);
  if (inNamespace !== undefined) return inNamespace;
  const entry = entries.find((e) => e.name === 'postgres') ?? entries.find((e) => e.name === 'nobody');
  if (entry === undefined) {
    throw new DatabaseTrouble(
      'PostgreSQLはrootでは動きません。一般の利用者で起動し直すか、OSに postgres という利用者を作ってください。',
    );
  }
  return {
    commandLine: (program, args) => [program, args],
    ids: { uid: entry.uid, gid: entry.gid },
    own: (folder) => giveTo(folder, entry.uid, entry.gid),
  };
}

/** The namespace's uid needs an entry in passwd: PostgreSQL asks for its own name. */
function findNamespaceAccount(entries: readonly PasswdEntry[]): EmbeddedAccount | undefined {
  const entry = entries.find((e) => e.uid > 0 && e.uid < 65_534) ?? entries.find((e) => e.uid > 0);
  if (entry === undefined) return undefined;
  const prefix = ['--user', `--map-user=${entry.uid}`, `--map-group=${entry.gid}`, '--'];
  const trial = spawnSync('unshare', [...prefix, 'true'], { stdio: 'ignore' });
  if (trial.status !== 0) return undefined;
  return {
    commandLine: (program, args) => ['unshare', [...prefix, program, ...args]],
    ids: undefined,
    own: (folder) => giveTo(folder, 0, 0),
  };
}

async function readPasswd(): Promise<PasswdEntry[]> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const lines = text.split('\n').map((line) => line.split(':'));
  return lines
    .filter((fields) => fields.length >= 4)
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter((entry) => Number.isInteger(entry.uid) && Number.isInteger(entry.gid));
}

/** Gives a folder with everything in it to an account, unless it has it already. */
async function giveTo(folder: string, uid: number, gid: number): Promise<void> {
  if ((await stat(folder)).uid === uid) return;
  for (const entry of await readdir(folder, { recursive: true })) await lchown(join(folder, entry), uid, gid);
  await lchown(folder, uid, gid);
}
