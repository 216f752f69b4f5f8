import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Mutant, withMutants } from './collect-mutants.ts';

/**
 * `node tools/mutate/main.ts [--quick] [FILE …]`: changes src/kernel and src/schedule in small ways, one at a time, and tells which
 * changes no test notices (`--quick`: which the cases of the law do not). First all in one process on the cases of the law; what is left, by the test files themselves.
 */
const root = join(import.meta.dirname, '../..');
const rooms = ['src/kernel', 'src/schedule'];
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const isQuick = process.argv.includes('--quick');
const copy = join(tmpdir(), `sesshu-mutants-${process.pid}`);

const mutants = prepare();
process.stdout.write(`${mutants.length} mutants\n`);
const left = await tryInOneProcess(mutants.map(({ id }) => id));
process.stdout.write(`${left.length} left after the cases of the law\n`);
if (isQuick)
  for (const { id, file, line, change } of mutants)
    if (left.includes(id)) process.stdout.write(`left ${file}:${line}  ${change}\n`);

const survivors: Mutant[] = [];
for (const id of isQuick ? [] : left) {
  const mutant = mutants.find((each) => each.id === id);
  if (mutant !== undefined && !(await isKilledByTests(mutant))) survivors.push(mutant);
}
rmSync(copy, { recursive: true });
for (const { file, line, change } of survivors) process.stdout.write(`survives ${file}:${line}  ${change}\n`);
const killed = mutants.length - survivors.length;
process.stdout.write(`${killed} of ${mutants.length} killed (${((killed / mutants.length) * 100).toFixed(1)} %)\n`);

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

/** Tries mutants in a worker thread; one that runs in circles is stopped and counts as noticed. */
async function tryInOneProcess(ids: readonly number[]): Promise<readonly number[]> {
  const left: number[] = [];
  let rest = ids;
  while (rest.length > 0) {
    const stoppedAt = await tryUntilStuck(rest, left);
    rest = stoppedAt === null ? [] : rest.slice(rest.indexOf(stoppedAt) + 1);
  }
  return left;
}

function tryUntilStuck(ids: readonly number[], left: number[]): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(join(copy, 'tools/mutate/worker.ts'), { workerData: ids });
    let current: number | null = null;
    let timer = setTimeout(() => undefined, 0);
    const watch = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => void worker.terminate(), 20_000);
    };
    worker.on('message', ({ id, isBegun, isKilled }: { id: number; isBegun?: boolean; isKilled?: boolean }) => {
      watch();
      current = isBegun === true ? id : null;
      if (isKilled === false) left.push(id);
      if (id % 200 === 0 && isBegun === true) process.stderr.write(`… ${id}\n`);
    });
    worker.on('error', (error) => {
      clearTimeout(timer);
      if (current === null) reject(error);
      else resolve(current);
    });
    worker.on('exit', () => {
      clearTimeout(timer);
      resolve(current);
    });
  });
}

/** Runs the test files that speak of a source, with the mutant awake from the start. */
function isKilledByTests({ id, file }: Mutant): Promise<boolean> {
  const tests = file.startsWith('src/kernel/')
    ? readdirSync(join(root, 'src/kernel'))
        .filter((name) => name.endsWith('.test.ts'))
        .map((name) => `src/kernel/${name}`)
    : [
        'src/schedule/parse-schedule-line.test.ts',
        'tests/cases/schedule/rules-are-refused.test.ts',
        'tests/cases/schedule/written-answers.property.test.ts',
        'tests/cases/schedule/schedule.property.test.ts',
        'tests/cases/schedule-by-another-hand/two-hands.test.ts',
        'tests/cases/add-a-vaccine/add-a-vaccine.test.ts',
      ];
  writeFileSync(join(copy, 'awake.mjs'), `globalThis.mutant = ${id};\n`);
  return new Promise((resolve) => {
    const args = ['--import', './awake.mjs', '--test', '--test-timeout=60000', ...tests];
    const env = { ...process.env, SESSHU_RANDOM_HISTORIES: '400' };
    const run = spawn(process.execPath, args, { cwd: copy, stdio: 'ignore', timeout: 120_000, env });
    run.on('exit', (code) => resolve(code !== 0));
  });
}
