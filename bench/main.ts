import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benches } from './benches.ts';

/**
 * `npm run bench [NAME …] [--large] [--rows N] [--home DIR]`: every benchmark, or those named, each in a process of its own so that
 * its memory is its own. `--home` keeps the database between runs.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    large: { type: 'boolean', default: false },
    rows: { type: 'string' },
    home: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(
    `npm run bench -- [測定の名前 …] [--large] [--rows 件数 (log は記録、intake と history は住民)] [--home フォルダー]\n測定: ${Object.keys(benches).join(', ')}\n`,
  );
  process.exit();
}
const unknown = positionals.find((name) => benches[name] === undefined);
if (unknown !== undefined) {
  process.stderr.write(`測定「${unknown}」はありません。あるもの: ${Object.keys(benches).join(', ')}\n`);
  process.exit(2);
}
if (values.rows !== undefined && !/^[1-9]\d{3,8}$/u.test(values.rows)) {
  process.stderr.write('--rows は 1000 から 999999999 までの数字です。\n');
  process.exit(2);
}
const rows = values.rows === undefined ? [] : ['--rows', values.rows];
const flags = [
  ...(values.large ? ['--large'] : []),
  ...rows,
  ...(values.home === undefined ? [] : ['--home', values.home]),
];
for (const name of positionals.length > 0 ? positionals : Object.keys(benches)) {
  const run = spawnSync(process.execPath, [join(import.meta.dirname, 'run-bench.ts'), name, ...flags], {
    stdio: 'inherit',
  });
  if (run.status !== 0) process.exitCode = 1;
}
