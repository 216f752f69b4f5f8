// `npm test`: brings the packages, then types, lint, format, the check of the house and every test.
import { spawnSync } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { bringPackages, findNode, root } from './bring-packages.mjs';

bringPackages();
const node = findNode();
const path = [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);

/** Runs one step; the first that fails ends the run with its exit code. */
function run(title, command, args) {
  process.stdout.write(`\n== ${title}\n`);
  const step = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, PATH: path } });
  if (step.status !== 0) {
    process.stdout.write(`\n失敗: ${title}\n`);
    process.exit(step.status ?? 1);
  }
}

run('types', node, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json']);
run('lint', node, ['node_modules/oxlint/bin/oxlint', '--type-aware']);
run('format', node, ['node_modules/@biomejs/biome/bin/biome', 'check', '.']);
run('tests', node, ['--test', '--test-concurrency=2', 'src/**/*.test.ts', 'tests/**/*.test.ts']);
