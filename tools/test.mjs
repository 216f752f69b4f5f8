// `npm test`: brings the packages, then types, lint, format, the check of the house and every test.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { bringBrowser } from './bring-browser.mjs';
import { bringPackages, findNode, root } from './bring-packages.mjs';

bringPackages();
const node = findNode();
const path = [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
const browser = bringBrowser();
const environment = { ...process.env, PATH: path, SESSHU_BROWSER: browser ?? '' };

/** Folders that are still being built: named, never counted as passed. */
const inProgress = readFileSync(join(root, 'tools/rooms-in-progress.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#') && existsSync(join(root, line)));
const isFinished = (file) => !inProgress.some((folder) => file.startsWith(`${folder}/`));

const sources = ['src', 'tests', 'tools', 'bench', 'bin']
  .flatMap((folder) => listFiles(folder))
  .filter((file) => /\.(?:ts|mjs)$/u.test(file) && isFinished(file));
const tests = sources.filter((file) => file.endsWith('.test.ts'));
const needBrowser = tests.filter((file) => file.startsWith('tests/stories/'));
const isRunnable = (file) => browser !== undefined || !needBrowser.includes(file);

const deadCode = ['--no-progress', '--no-config-hints', '--include', 'exports,files,dependencies,unlisted,unresolved'];

step('types', checkTypes);
step('lint', () => run('node_modules/oxlint/bin/oxlint', ['--type-aware', ...sources]));
step('format', () => run('node_modules/@biomejs/biome/bin/biome', ['check', ...sources]));
step('house', () => run('tools/tidy/main.ts', []));
step('exports', () => run('node_modules/knip/bin/knip.js', deadCode));
step('tests', () => run('tools/run-tests.ts', tests.filter(isRunnable)));
if (browser === undefined) {
  process.stdout.write(`\nブラウザーがないため動かしていない筋書き (合格に数えません): ${needBrowser.join(', ')}\n`);
}
if (inProgress.length > 0) {
  process.stdout.write(`\n作りかけの場所 (調べていません): ${inProgress.join(', ')}\n`);
}

/** Runs one step; the first that fails ends the run. */
function step(title, work) {
  process.stdout.write(`\n== ${title}\n`);
  const status = work();
  if (status === 0) return;
  process.stdout.write(`\n失敗: ${title}\n`);
  process.exit(status);
}

/** Runs a program under Node.js 24 and answers its exit code. */
function run(program, args) {
  return spawnSync(node, [program, ...args], { cwd: root, stdio: 'inherit', env: environment }).status ?? 1;
}

/** Checks the types of everything; errors in finished folders fail, those in others are counted aloud. */
function checkTypes() {
  const args = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json', '--pretty', 'false'];
  const checked = spawnSync(node, args, { cwd: root, encoding: 'utf8', env: environment, maxBuffer: 64 * 2 ** 20 });
  const errors = checked.stdout.split('\n').filter((line) => /error TS\d+/u.test(line));
  const failing = errors.filter((line) => isFinished(line.split('(')[0] ?? ''));
  for (const line of failing) process.stdout.write(`${line}\n`);
  process.stdout.write(`${failing.length} errors, and ${errors.length - failing.length} in folders in progress\n`);
  const isBroken = checked.status !== 0 && errors.length === 0;
  if (isBroken) process.stdout.write(`${checked.stdout}${checked.stderr}\n`);
  return failing.length > 0 || isBroken ? 1 : 0;
}

/** Every file below a folder of the checkout, as paths with forward slashes. */
function listFiles(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder))
    .sort()
    .flatMap((name) => {
      const file = `${folder}/${name}`;
      return statSync(join(root, file)).isDirectory() ? listFiles(file) : [file];
    });
}
