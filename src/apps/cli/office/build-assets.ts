import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { WrongUse } from '../command.ts';

const root = join(import.meta.dirname, '../../../..');

/**
 * Builds style sheet and islands where their sources changed; answers their folder. The builders run in a process of
 * their own: what they bring along has no place beside people's data.
 */
export async function buildAssets(): Promise<string> {
  try {
    await promisify(execFile)(process.execPath, [join(root, 'tools/build-assets.mjs'), '--if-needed'], { cwd: root });
  } catch (error) {
    const { stderr = '' } = error as { readonly stderr?: string };
    if (!/EACCES|EROFS|EPERM/u.test(stderr)) throw error;
    throw new WrongUse(
      '画面の部品 (dist/assets) を作れません。書き込める利用者で、一度 npm run assets を実行してください。',
    );
  }
  return join(root, 'dist/assets');
}

/** The program's version, as package.json says. */
export function programVersion(): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return version;
}
