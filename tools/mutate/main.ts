import { fork, spawn } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Mutant, withMutants } from './collect-mutants.ts';

/**
 * `node tools/mutate/main.ts [--quick] [--sample=N] [FILE …]`: changes src/kernel and src/schedule in small ways, one at a time, and tells which
 * changes no test notices (`--quick`: which the cases of the law do not). First all in one process on the cases of the law; what is left, by the test files themselves.
 */
const root = join(import.meta.dirname, '../..');
const rooms = ['src/kernel', 'src/schedule'];
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const isQuick = process.argv.includes('--quick');
const sampleSize = Number(
  process.argv.find((word) => word.startsWith('--sample='))?.slice('--sample='.length) ?? Infinity,
);
const copy = join(tmpdir(), `sesshu-mutants-${process.pid}`);

const mutants = prepare();
process.stdout.write(`${mutants.length} mutants\n`);
const half = Math.ceil(mutants.length / 2);
const ids = mutants.map(({ id }) => id);
const halves = await Promise.all([ids.slice(0, half), ids.slice(half)].map(tryInOneProcess));
const left = halves.flat();
process.stdout.write(`${left.length} left after the cases of the law\n`);
if (isQuick) listLeft();
else await checkWithoutMutant();

// Of those left a sample may stand for all: every n-th, so that each file has its share.
const step = Math.max(1, Math.ceil(left.length / sampleSize));
const sample = isQuick ? [] : left.filter((_, i) => i % step === 0);
const survivors: Mutant[] = [];
await Promise.all(
  [0, 1].map((side) =>
    tryTests(
      sample.filter((_, i) => i % 2 === side),
      side,
    ),
  ),
);
rmSync(copy, { recursive: true });
for (const { file, line, change } of survivors) process.stdout.write(`survives ${file}:${line}  ${change}\n`);
const killedAtOnce = mutants.length - left.length;
const killed = isQuick
  ? killedAtOnce
  : killedAtOnce + (left.length * (sample.length - survivors.length)) / Math.max(1, sample.length);
const share = ((killed / mutants.length) * 100).toFixed(1);
process.stdout.write(`${killedAtOnce} of ${mutants.length} killed by the cases, `);
process.stdout.write(
  `${sample.length - survivors.length} of ${sample.length} of the rest by the test files: ${share} %\n`,
);

/** Tests that fail without any mutant would count every mutant as noticed. */
async function checkWithoutMutant(): Promise<void> {
  const representatives = new Map(mutants.map((mutant) => [testsFor(mutant.file).join(' '), mutant]));
  for (const { file, line } of representatives.values()) {
    if (await isKilledByTests({ id: -1, file, line, change: '' }, 0)) {
      throw new Error(`the tests fail without any mutant: ${testsFor(file).join(', ')}`);
    }
  }
}

function listLeft(): void {
  for (const { id, file, line, change } of mutants) {
    if (left.includes(id)) process.stdout.write(`left ${file}:${line}  ${change}\n`);
  }
}

async function tryTests(ids: readonly number[], side: number): Promise<void> {
  for (const id of ids) {
    const mutant = mutants.find((each) => each.id === id);
    if (mutant !== undefined && !(await isKilledByTests(mutant, side))) survivors.push(mutant);
  }
}

/** A copy of the checkout in which the sources hold every mutant, asleep. */
function prepare(): readonly Mutant[] {
  mkdirSync(copy);
  for (const name of ['src', 'rules', 'tests', 'tools', 'docs', 'package.json']) {
    cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const all: Mutant[] = [];
  for (const room of rooms) {
    for (const name of readdirSync(join(root, room)).sort()) {
      const file = `${room}/${name}`;
      const isChosen = wanted.length === 0 || wanted.some((each) => file.includes(each));
      if (!name.endsWith('.ts') || name.endsWith('.test.ts') || !isChosen) continue;
      const { text, mutants: some } = withMutants(file, readFileSync(join(root, file), 'utf8'), all.length);
      writeFileSync(join(copy, file), text);
      all.push(...some);
    }
  }
  return all;
}

/** Tries mutants in a process of their own; one that runs in circles or eats all memory is stopped: it was noticed. */
async function tryInOneProcess(ids: readonly number[]): Promise<readonly number[]> {
  const left: number[] = [];
  let rest = ids;
  while (rest.length > 0) {
    const stoppedAt = await tryUntilStuck(rest, left);
    rest = stoppedAt === null ? [] : rest.slice(rest.indexOf(stoppedAt) + 1);
  }
  return left;
}

/** Answers the mutant at which the process had to be stopped; null when it went through. */
function tryUntilStuck(ids: readonly number[], left: number[]): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = fork(join(copy, 'tools/mutate/worker.ts'), {
      cwd: copy,
      execArgv: ['--max-old-space-size=1000'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    let current: number | null = null;
    let answered = 0;
    let timer = setTimeout(() => undefined, 0);
    child.on('message', ({ id, isBegun, isKilled }: { id: number; isBegun?: boolean; isKilled?: boolean }) => {
      clearTimeout(timer);
      timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
      current = isBegun === true ? id : null;
      if (isBegun !== true) answered += 1;
      if (isKilled === false) left.push(id);
      if (id % 100 === 0 && isBegun === true) process.stderr.write(`… ${id}\n`);
    });
    child.on('exit', () => {
      clearTimeout(timer);
      if (current === null && answered < ids.length) reject(new Error('the checks fail without any mutant'));
      else resolve(current);
    });
    child.send(ids);
  });
}

/** Runs the test files that speak of a source, with the mutant awake from the start. */
function isKilledByTests({ id, file }: Mutant, side: number): Promise<boolean> {
  const tests = testsFor(file);
  const awake = `./awake-${side}.mjs`;
  writeFileSync(join(copy, awake), `globalThis.mutant = ${id};\n`);
  return new Promise((resolve) => {
    const args = ['--import', awake, '--test', '--test-timeout=60000', ...tests];
    const env = { ...process.env, SESSHU_RANDOM_HISTORIES: '300' };
    const run = spawn(process.execPath, args, { cwd: copy, stdio: 'ignore', timeout: 120_000, env });
    run.on('exit', (code) => resolve(code !== 0));
  });
}

/** The test files that are most likely to notice a change of a source. */
function testsFor(file: string): readonly string[] {
  if (file.startsWith('src/kernel/')) {
    const names = readdirSync(join(root, 'src/kernel')).filter((each) => each.endsWith('.test.ts'));
    return names.map((each) => `src/kernel/${each}`);
  }
  const name = file.slice('src/schedule/'.length);
  const cases = 'tests/cases/schedule/';
  if (name === 'parse-schedule-line.ts') return ['src/schedule/parse-schedule-line.test.ts'];
  if (name.startsWith('schedule-answer') || name.startsWith('format-'))
    return [`${cases}written-answers.property.test.ts`];
  const refused = `${cases}rules-are-refused.test.ts`;
  if (/^(?:parse|read|rule)-/u.test(name)) return [refused, `${cases}invented-rows.test.ts`, `${cases}trace.test.ts`];
  const told = ['finding-params', 'invented-rows', 'trace', 'schedule.property'].map(
    (each) => `${cases}${each}.test.ts`,
  );
  return [...told, refused, 'tests/cases/schedule-by-another-hand/two-hands.test.ts'];
}
