// Installs the npm packages when they are missing or the lockfile has changed since. Runs on any Node from 18.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const mark = join(root, 'node_modules', '.sesshu-lockfile');
/** Where Node.js keeps compiled code, which nearly halves the time until a command begins. */
export const compileCache = join(root, 'node_modules', '.cache', 'sesshu-compiled');
const executable = process.platform === 'win32' ? 'node.exe' : 'node';

/** Brings node_modules in line with the lockfile; ends the process with a sentence when npm fails. */
export function bringPackages() {
  const digest = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === digest) return;
  process.stderr.write('npm のパッケージを用意しています (最初の 1 回だけ、数十秒かかります) …\n');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  // `install --no-save` and not `ci`: the lockfile names the platform packages of the registry it was made with, and `ci`
  // refuses wherever another registry holds more or fewer of them. What the lockfile names is taken with its integrity.
  const install = spawnSync(
    npm,
    ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: root,
      stdio: ['ignore', 2, 2],
    },
  );
  if (install.status !== 0) {
    process.stderr.write(
      'パッケージを用意できませんでした。ネットワークと npm の設定を確かめてから、もう一度実行してください。\n',
    );
    process.exit(1);
  }
  writeFileSync(mark, digest);
}

/** The Node.js 24 that npm brought for this platform, or the running one where it is new enough. */
export function findNode() {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const brought = join(root, 'node_modules', name, 'bin', executable);
  if (existsSync(brought)) return brought;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  process.stderr.write(
    `Node.js 24 以上が必要です (この計算機は ${process.platform}-${process.arch}、Node.js ${process.versions.node})。\n`,
  );
  return process.exit(1);
}

export { root };
