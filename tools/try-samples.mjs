// `npm run try-samples -- DIR`: leads the sample municipalities of a folder (DIR/aobadai, DIR/wakakusa) through the
// commands of docs/contracts/cli.md in a scratch SESSHU_HOME, and prints what each answered. See the guide
// docs/guides/try-sample-data.md.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { bringPackages, findNode, root } from './bring-packages.mjs';

const asOf = '2026-11-15';
const folder = process.argv[2];
const names = folder === undefined ? [] : ['aobadai', 'wakakusa'].filter((name) => existsSync(join(folder, name)));
if (names.length === 0) {
  process.stderr.write('見本データのフォルダーを指定してください。例: npm run try-samples -- ../shared/data\n');
  process.exit(2);
}
bringPackages();
const home = mkdtempSync(join(tmpdir(), 'sesshu-samples-'));
let failures = 0;

/** Runs one command and prints its words and its answer; a code that was not expected counts as a failure. */
function sesshu(words, expected) {
  const { DATABASE_URL: _, ...environment } = process.env;
  const run = spawnSync(findNode(), [join(root, 'src/apps/cli/main.ts'), ...words, '--json'], {
    encoding: 'utf8',
    env: { ...environment, SESSHU_HOME: home },
  });
  const isExpected = run.status === expected;
  if (!isExpected) failures += 1;
  const mark = isExpected
    ? ''
    : `  ← 終了コード ${run.status}（${expected} のはず） ${run.stderr.trim().split('\n').at(-1)}`;
  process.stdout.write(
    `sesshu ${words.map((word) => word.replace(`${home}/`, '')).join(' ')}\n  ${run.stdout.trim()}${mark}\n`,
  );
  return run.status === 2 ? {} : JSON.parse(run.stdout);
}

/** The rows of a file of findings: ordinal, answer and codes. The sentences behind them are not looked at. */
function readFindings(path) {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\r\n').slice(1);
  return lines.map((line) => {
    const [ordinal, answer, codes] = line.split(',');
    return { ordinal, answer, codes: codes.split(';') };
  });
}

/** Prints how many rows got each answer with each set of codes. */
function countFindings(findings) {
  const counts = new Map();
  for (const { answer, codes } of findings) {
    const key = `${answer} ${codes.join(';')}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [key, count] of sorted) process.stdout.write(`  ${String(count).padStart(6)}  ${key}\n`);
}

/** Holds the answers against what was planted, found by hand in the files: every fault found, no good row questioned. */
function compareWithPlanted(name, findings) {
  const table = readFileSync(join(root, 'tests/cases/samples', `${name}.csv`), 'utf8');
  const planted = new Map(
    table
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => [line.split(',')[0], line.split(',')]),
  );
  const isAsPlanted = ({ ordinal, answer, codes }) => {
    const [, , expected = 'accepted', code = ''] = planted.get(ordinal) ?? [];
    return answer === expected && (code === '' || codes.includes(code));
  };
  const wrong = findings.filter((row) => !isAsPlanted(row));
  for (const { ordinal, answer, codes } of wrong) {
    const [, kind = '正しい行'] = planted.get(ordinal) ?? [];
    process.stdout.write(`  違い: 行番号 ${ordinal}（${kind}） ${answer} ${codes.join(';')}\n`);
  }
  const isWhole = [...planted.keys()].every((ordinal) => findings.some((row) => row.ordinal === ordinal));
  if (!isWhole) process.stdout.write('  違い: わざと誤らせた行が、このファイルにはありません。\n');
  const good = findings.length - planted.size;
  process.stdout.write(`  仕込んだ行 ${planted.size}、ほかの行 ${good}、違い ${wrong.length}\n`);
  if (wrong.length > 0 || !isWhole) failures += 1;
}

function tryMunicipality(name) {
  const files = resolve(folder, name);
  const { lgCode } = sesshu(['init', '--settings', `settings/${name}`], 0);
  const of = ['--municipality', lgCode, '--as-of', asOf];
  const feed = (kind, file, ...options) => sesshu(['import', kind, join(files, file), ...options, ...of], 0);
  feed('residents', 'residents.csv');
  for (const kind of ['individual-numbers', 'welfare', 'institutions', 'history']) feed(kind, `${kind}.csv`);
  for (const changes of readdirSync(files)
    .filter((file) => file.startsWith('resident-changes'))
    .sort()) {
    feed('residents', changes, '--changes');
  }
  const verify = () => {
    const { differences, chain } = sesshu(['ledger', 'verify', '--municipality', lgCode], 0);
    if (differences !== 0 || chain !== 'ok') failures += 1;
  };
  for (const month of readdirSync(files)
    .filter((file) => file.startsWith('clinic-records'))
    .sort()) {
    const findings = join(home, `${name}-${month}.findings.csv`);
    // Some rows are wrong on purpose: the exit code says that they were refused.
    const { batch } = sesshu(['intake', join(files, month), '--commit', '--findings', findings, ...of], 1);
    const rows = readFindings(findings);
    countFindings(rows);
    compareWithPlanted(name, rows);
    verify();
    sesshu(['intake', 'undo', String(batch), '--reason', '試験', '--municipality', lgCode], 0);
    verify();
  }
  sesshu(['forecast', ...of], 0);
}

try {
  for (const name of names) tryMunicipality(name);
} finally {
  rmSync(home, { recursive: true, force: true });
}
process.stdout.write(failures === 0 ? 'すべて、決められたとおりに答えました。\n' : `${failures} か所が違いました。\n`);
process.exitCode = failures === 0 ? 0 : 1;
