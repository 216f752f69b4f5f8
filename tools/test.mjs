// `npm test`: brings the packages, then types, lint, format, the check of the house and every test.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { bringBrowser } from './bring-browser.mjs';
import { bringPackages, compileCache, findNode, root } from './bring-packages.mjs';

bringPackages();
const node = findNode();
const path = [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
const browser = bringBrowser();
// Each test file is a process of its own: what one has compiled, the next ones take.
const environment = { NODE_COMPILE_CACHE: compileCache, ...process.env, PATH: path, SESSHU_BROWSER: browser ?? '' };

const sources = ['src', 'tests', 'tools', 'bench', 'bin']
  .flatMap((folder) => listFiles(folder))
  .filter((file) => /\.(?:ts|mjs)$/u.test(file));
const tests = sources.filter((file) => file.endsWith('.test.ts'));
const needBrowser = tests.filter((file) => readFileSync(join(root, file), 'utf8').includes('/support/browser.ts'));
const isRunnable = (file) => browser !== undefined || !needBrowser.includes(file);

const deadCode = ['--no-progress', '--no-config-hints', '--include', 'exports,files,dependencies,unlisted,unresolved'];

// Said last, whatever came before it: of what did not run nobody must believe that it passed.
process.on('exit', () => {
  if (browser !== undefined) return;
  const list = needBrowser.map((file) => `\n  ${file}`).join('');
  process.stdout.write(`\nブラウザーがないため動かしていない筋書き (合格に数えません):${list}\n`);
});

step('types', () => run('node_modules/typescript/bin/tsc', ['-p', 'tsconfig.json']));
step('lint', () => run('node_modules/oxlint/bin/oxlint', ['--type-aware', ...sources]));
step('format', () => run('node_modules/@biomejs/biome/bin/biome', ['check', ...sources]));
step('house', () => run('tools/tidy/main.ts', []));
step('exports', () => run('node_modules/knip/bin/knip.js', deadCode));
step('tests', () => run('tools/run-tests.ts', tests.filter(isRunnable)));

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
