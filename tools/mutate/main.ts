import { fork } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseCsvTable } from '#formats';
import { type Mutant, withMutants } from './collect-mutants.ts';
import { openResults } from './results.ts';
import type { Trial } from './worker.ts';

/**
 * `node tools/mutate/main.ts [--processes=2] [--minutes=N] [FILE …]`: changes src/kernel and src/schedule in small ways,
 * one at a time, and tells which changes no test notices. What was found is kept in `node_modules/.cache`, so that a run
 * that was stopped goes on; `docs/mutants-unnoticed.csv` says of those that are known why nobody can notice them.
 */
const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { processes: { type: 'string', default: '2' }, minutes: { type: 'string', default: 'Infinity' } },
});
const root = join(import.meta.dirname, '../..');
const rooms = ['src/kernel', 'src/schedule'];
const copy = join(tmpdir(), `sesshu-mutants-${process.pid}`);
const until = Date.now() + Number(values.minutes) * 60_000;
/** A process is ended after so many mutants: test files read anew stay in its memory. */
const mutantsAtOnce = 40;
/** What no mutant needs that comes to an end. */
const secondsAtMost = 30;
/** How often a mutant whose process others ended is tried again before it is left for another run. */
const attemptsAlone = 3;
/** Signals that a process gives itself, V8 without memory among them; all others come from outside. */
const ownSignals: ReadonlySet<string> = new Set(['SIGABRT', 'SIGILL', 'SIGSEGV', 'SIGTRAP']);

const explained = new Set(
  parseCsvTable(readFileSync(join(root, 'docs/mutants-unnoticed.csv'), 'utf8')).map(
    ({ values: row }) => `${row['file']} ${row['line']} ${row['change']}`,
  ),
);
const mutants = prepare();
/** Not noticed in the quick round. */
const rest: Mutant[] = [];
/** Nobody knows: whatever tried them was ended from outside each time. */
const unsettled: Mutant[] = [];
const results = openResults(join(root, 'node_modules/.cache/sesshu-mutants.jsonl'), testsDigestFiles());
try {
  const left = mutants
    .filter((mutant) => results.find(mutant) === undefined && !isExplained(mutant))
    // In an order that has nothing to do with the files, so that what was tried so far stands for all.
    .toSorted((a, b) => results.rank(a) - results.rank(b));
  process.stdout.write(`${mutants.length} mutants, ${mutants.length - left.length} tried before or explained\n`);
  if (left.length > 0 && Date.now() < until) await checkWithoutMutant();
  // Most are noticed by what is soon run: only the rest is tried on the properties.
  await tryAll(left, 'quick', (mutant, isKilled) => {
    if (isKilled) results.keep(mutant, true);
    else rest.push(mutant);
  });
  await tryAll([...rest], 'slow', (mutant, isKilled) => results.keep(mutant, isKilled));
} finally {
  rmSync(copy, { recursive: true });
}
report();

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

/** Tests that fail without any mutant would count every mutant as noticed. */
async function checkWithoutMutant(): Promise<void> {
  const asleep: Trial[] = rooms.map((room) => ({
    id: -1,
    asksCases: true,
    tests: [...testsFor(`${room}/`, 'quick'), ...testsFor(`${room}/`, 'slow')],
  }));
  for (const trial of asleep) {
    if ((await tryAlone(trial)) !== false) throw new Error('the tests fail without any mutant');
  }
}

type Round = 'quick' | 'slow';
type Tell = (mutant: Mutant, isKilled: boolean) => void;

async function tryAll(left: Mutant[], round: Round, tell: Tell): Promise<void> {
  await Promise.all(Array.from({ length: Number(values.processes) }, () => tryNext(left, round, tell)));
}

/** Tries what is left, a handful at a time, until nothing or no time is left. */
async function tryNext(left: Mutant[], round: Round, tell: Tell): Promise<void> {
  while (left.length > 0 && Date.now() < until) {
    const next = left.findIndex(({ isAtStart }) => isAtStart);
    await tryHandful(
      left.splice(0, next === 0 ? 1 : Math.min(mutantsAtOnce, next === -1 ? left.length : next)),
      round,
      tell,
    );
    process.stderr.write(`… ${left.length} left of the ${round} round\n`);
  }
}

/** Tries some mutants in one process; the one at which it ended goes on alone, and the others in another process. */
async function tryHandful(some: readonly Mutant[], round: Round, tell: Tell): Promise<void> {
  const waiting = new Map(some.map((mutant) => [mutant.id, mutant]));
  while (waiting.size > 0) {
    const trials = [...waiting.values()].map((mutant) => trialOf(mutant, round));
    const ended = await tryUntilEnd(trials, (id, isKilled) => {
      const mutant = waiting.get(id);
      waiting.delete(id);
      if (mutant !== undefined) tell(mutant, isKilled);
    });
    const [next] = waiting.values();
    const last = waiting.get(ended.at ?? -1) ?? next;
    if (last === undefined) return;
    waiting.delete(last.id);
    const isKilled = (ended.by === 'circles' && ended.at !== null) || (await tryAlone(trialOf(last, round)));
    if (isKilled === undefined) unsettled.push(last);
    else tell(last, isKilled);
  }
}

/**
 * Tries one mutant in a process of its own: was it noticed? It was where the process comes to no end, or ends itself
 * over it; undefined where others end it each time, which says nothing.
 */
async function tryAlone(trial: Trial): Promise<boolean | undefined> {
  let answer: boolean | undefined;
  for (let attempt = 0; attempt < attemptsAlone; attempt += 1) {
    const { by } = await tryUntilEnd([trial], (_, isKilled) => {
      answer = isKilled;
    });
    if (answer !== undefined) return answer;
    if (by !== 'others') return true;
  }
  return undefined;
}

function trialOf({ id, file }: Mutant, round: Round): Trial {
  return { id, asksCases: round === 'quick', tests: testsFor(file, round) };
}

/** How a process ended, and at which mutant; null where it was at none. */
interface Ended {
  readonly at: number | null;
  /** `circles`: stopped by us, since it came to no end; `itself`: it went through, or ate all its memory. */
  readonly by: 'circles' | 'itself' | 'others';
}

/** Tries mutants in a process of their own until it has gone through them or ends at one; one that runs in circles is stopped. */
function tryUntilEnd(trials: readonly Trial[], tell: (id: number, isKilled: boolean) => void): Promise<Ended> {
  return new Promise((resolve) => {
    const awakeAtStart = trials.length === 1 ? trials[0]?.id : -1;
    const child = fork(join(copy, 'tools/mutate/worker.ts'), [String(awakeAtStart)], {
      cwd: copy,
      execArgv: ['--max-old-space-size=1500'],
      env: { ...process.env, SESSHU_RANDOM_HISTORIES: '60' },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    let at: number | null = null;
    let isInCircles = false;
    let since = workedFor(child.pid);
    const watch = setInterval(() => {
      isInCircles ||= workedFor(child.pid) - since > secondsAtMost;
      if (isInCircles) child.kill('SIGKILL');
    }, 2000);
    child.on('message', ({ id, isBegun, isKilled }: { id: number; isBegun?: boolean; isKilled?: boolean }) => {
      since = workedFor(child.pid);
      at = isBegun === true ? id : null;
      if (isKilled !== undefined) tell(id, isKilled);
    });
    child.on('exit', (_code, signal) => {
      clearInterval(watch);
      const isOwnEnd = signal === null || ownSignals.has(signal);
      resolve({ at, by: isInCircles ? 'circles' : isOwnEnd ? 'itself' : 'others' });
    });
    child.send(trials);
  });
}

/** Seconds of processor time of a process, so that a busy machine does not pass for a mutant in circles; else of the clock. */
function workedFor(pid: number | undefined): number {
  try {
    const [user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ').slice(11, 13) ?? [];
    return (Number(user) + Number(system)) / 100;
  } catch {
    return performance.now() / 1000;
  }
}

/** The test files that can run within a process, those that speak of the source first. */
function testsFor(file: string, round: Round): readonly string[] {
  const kernel = testsIn('src/kernel', () => true);
  const cases = testsIn(
    'tests/cases/schedule',
    (name) => !/every-row|schedule-cases|rules-to-check|command/u.test(name),
  );
  const others = [
    ...testsIn('src/schedule', () => true),
    ...cases,
    ...testsIn('tests/cases/schedule-by-another-hand', () => true),
  ];
  const tests = file.startsWith('src/kernel') ? [...kernel, ...others] : others;
  const isSlow = (test: string): boolean => /cases.*property|by-another-hand/u.test(test);
  return tests.filter((test) => isSlow(test) === (round === 'slow')).map((each) => join(copy, each));
}

function testsIn(folder: string, isWanted: (name: string) => boolean): readonly string[] {
  const names = readdirSync(join(root, folder)).filter((name) => name.endsWith('.test.ts') && isWanted(name));
  return names.map((name) => `${folder}/${name}`);
}

/** What decides whether a mutant is noticed: tests and cases. */
function testsDigestFiles(): readonly string[] {
  const folders = [...rooms, 'rules', 'tests/cases/schedule', 'tests/cases/schedule-by-another-hand'];
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter(
        (name) =>
          name.endsWith('.csv') || (name.endsWith('.ts') && !rooms.includes(folder)) || name.endsWith('.test.ts'),
      )
      .map((name) => join(root, folder, name)),
  );
}

/** A mutant that stands among those that nobody can notice is not tried; it counts as not noticed. */
function isExplained({ file, within, change }: Mutant): boolean {
  return explained.has(`${file} ${within} ${change}`);
}

/** Tells what was found: of each file, of all, and every mutant that nobody notices and no row explains. */
function report(): void {
  const counts = new Map<string, { killed: number; tried: number; explained: number }>();
  for (const mutant of mutants) {
    const isKilled = results.find(mutant) ?? (isExplained(mutant) ? false : undefined);
    if (isKilled === undefined) continue;
    for (const name of [mutant.file, 'all']) {
      const count = counts.get(name) ?? { killed: 0, tried: 0, explained: 0 };
      counts.set(name, count);
      count.tried += 1;
      count.killed += Number(isKilled);
      count.explained += Number(!isKilled && isExplained(mutant));
    }
    if (!isKilled && !isExplained(mutant)) {
      process.stdout.write(`survives ${mutant.file}:${mutant.line}  ${mutant.change}  |  ${mutant.within}\n`);
    }
  }
  for (const mutant of rest) {
    if (results.find(mutant) !== undefined) continue;
    process.stdout.write(`to be tried slowly ${mutant.file}:${mutant.line}  ${mutant.change}  |  ${mutant.within}\n`);
  }
  for (const { file, line, change, within } of unsettled) {
    process.stdout.write(`unsettled, its process was ended from outside ${file}:${line}  ${change}  |  ${within}\n`);
  }
  // A reason for a change that the source no longer offers speaks of nothing: its row goes.
  const offered = new Set(mutants.map(({ file, within, change }) => `${file} ${within} ${change}`));
  for (const each of explained) {
    if (wanted.length === 0 && !offered.has(each)) process.stdout.write(`explained in vain ${each}\n`);
  }
  for (const [name, { killed, tried, explained: known }] of counts) {
    const share = ((killed / tried) * 100).toFixed(1);
    process.stdout.write(`${name}: ${killed} of ${tried} killed (${share} %), ${known} explained\n`);
  }
}
