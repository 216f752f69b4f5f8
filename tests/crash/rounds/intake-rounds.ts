import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Chance, chanceOf } from './chance.ts';
import type { ClerkAnswer, ClerkWork } from './intake-clerk.ts';
import { type BatchOnRecord, IntakeOffice } from './intake-office.ts';
import { DyingProcess } from './worker-of-rounds.ts';

/** How a run of rounds goes. */
export interface RoundsOptions {
  readonly rounds: number;
  readonly seed: number;
  /** A folder of its own for the database. */
  readonly home: string;
  readonly tell: (text: string) => void;
}

/** What the rounds did, by the end that each met. */
export type RoundsResult = Readonly<Record<'killed' | 'cut' | 'server' | 'whole' | 'acknowledged', number>>;

type End = 'killed' | 'cut' | 'server' | 'whole';

const program = fileURLToPath(new URL('intake-clerk.ts', import.meta.url));
const groups = 12;
const peoplePerGroup = 12;

/** One file of a group of people on its way through intake. */
interface Track {
  readonly group: number;
  file: number;
  seen: BatchOnRecord | undefined;
}

const numberOf = (group: number, i: number): string => String(group * peoplePerGroup + i + 1).padStart(10, '0');
const fileOf = ({ group, file }: Track): string => `group-${group}-file-${file}.csv`;

/**
 * Receives, answers, commits and takes back small files at random while the process is killed, its connections are cut or
 * the server is killed at a random moment of the work. After each round what is there must be the whole of before or the
 * whole of after, and after where it was acknowledged.
 */
export async function runIntakeRounds({ rounds, seed, home, tell }: RoundsOptions): Promise<RoundsResult> {
  const chance = chanceOf(seed);
  const office = new IntakeOffice(home);
  const people = Array.from({ length: groups * peoplePerGroup }, (_, n) => numberOf(0, n));
  const tracks = Array.from({ length: groups }, (_, group): Track => ({ group, file: 1, seen: undefined }));
  const typicalMs: Record<ClerkWork['kind'], number> = { receive: 250, answer: 60, commit: 150, undo: 120 };
  const counts: Record<keyof RoundsResult, number> = { killed: 0, cut: 0, server: 0, whole: 0, acknowledged: 0 };
  const start = () => new DyingProcess<ClerkWork, ClerkAnswer>(program, [office.home, office.lgCode]);
  let clerk: DyingProcess<ClerkWork, ClerkAnswer> | undefined;
  try {
    await office.open(people);
    for (let round = 1; round <= rounds; round += 1) {
      clerk = clerk?.isAlive === true ? clerk : start();
      await clerk.ready();
      const track = chance.pick(tracks);
      const work = nextWork(track);
      const end = chooseEnd(chance);
      const begunAt = performance.now();
      const { answer } = clerk.ask(work);
      if (end !== 'whole') {
        await Promise.race([answer, sleep(chance.next() * typicalMs[work.kind] * 1.3)]);
        if (end === 'killed') await clerk.kill();
        else if (end === 'cut') await office.cutConnections();
        else {
          await clerk.kill();
          await office.killServer();
        }
      }
      const said = await answer;
      const ms = performance.now() - begunAt;
      if (said !== undefined && 'value' in said) typicalMs[work.kind] = 0.8 * typicalMs[work.kind] + 0.2 * ms;
      await office.settle();
      const words = `round ${round} of seed ${seed}: ${work.kind} of ${fileOf(track)}, ${end}, ${JSON.stringify(said) ?? 'no word'}`;
      try {
        const isDone = await look(office, track, work, said);
        if (end === 'whole') assert.ok(isDone, 'undisturbed work is done');
        if (end === 'cut') assert.ok(said !== undefined && clerk.isAlive, 'the process outlives its connections');
      } catch (error) {
        throw new Error(words, { cause: error });
      }
      counts[end] += 1;
      if (said !== undefined && 'value' in said) counts.acknowledged += 1;
      if (round % 25 === 0 || round === rounds) {
        for (const each of tracks) await look(office, each, undefined, undefined);
        await office.verify();
        tell(`${round}/${rounds} ${JSON.stringify(counts)}`);
      }
    }
    return counts;
  } finally {
    await clerk?.kill();
    await office.close();
  }
}

function chooseEnd(chance: Chance): End {
  const drawn = chance.next();
  if (drawn < 0.46) return 'killed';
  if (drawn < 0.86) return 'cut';
  return drawn < 0.9 ? 'server' : 'whole';
}

/** What comes next on a track: a file that was taken back is followed by the next file of the same people. */
function nextWork(track: Track): ClerkWork {
  const { seen, group } = track;
  if (seen === undefined || seen.state === 'undone') {
    if (seen !== undefined) track.file += 1;
    track.seen = undefined;
    const rows = Array.from({ length: peoplePerGroup }, (_, i) => ({
      整理番号: numberOf(group, i),
      バッチ番号: `${group}-${track.file}`,
      // One form without its lot: a question for a person.
      ...(i === 3 ? { ロット番号: '' } : {}),
    }));
    return { kind: 'receive', fileName: fileOf(track), rows };
  }
  const { batchId, open } = seen;
  if (open !== null) return { kind: 'answer', batchId, ordinal: open.ordinal, version: open.version };
  return { kind: seen.state === 'committed' ? 'undo' : 'commit', batchId };
}

type Said = { readonly value: ClerkAnswer } | { readonly error: string } | undefined;

/** Holds what is there to what was; answers whether the work was done. `work` is undefined where nothing was asked. */
async function look(office: IntakeOffice, track: Track, work: ClerkWork | undefined, said: Said): Promise<boolean> {
  const before = track.seen;
  const after = await office.findBatch(fileOf(track));
  const isDone = work !== undefined && stepOf(after) === stepAfter(work);
  if (!isDone) assert.deepEqual(after, before, 'what was not done left no trace');
  if (after !== undefined) requireWhole(after);
  const isAcknowledged = said !== undefined && 'value' in said;
  if (isAcknowledged) assert.ok(isDone, 'what was acknowledged is there');
  track.seen = after;
  return isDone;
}

type Step = 'none' | 'received' | 'answered' | 'committed' | 'undone';

function stepOf(batch: BatchOnRecord | undefined): Step {
  if (batch === undefined) return 'none';
  if (batch.state === 'committed' || batch.state === 'undone') return batch.state;
  return batch.open === null ? 'answered' : 'received';
}

function stepAfter(work: ClerkWork): Step {
  return ({ receive: 'received', answer: 'answered', commit: 'committed', undo: 'undone' } as const)[work.kind];
}

function requireWhole({ state, rows, entries, retractions, current }: BatchOnRecord): void {
  assert.equal(rows, peoplePerGroup);
  const isIn = state === 'committed' || state === 'undone';
  const wanted = {
    entries: isIn ? rows : 0,
    retractions: state === 'undone' ? rows : 0,
    current: state === 'committed' ? rows : 0,
  };
  assert.deepEqual({ entries, retractions, current }, wanted, `${state}: every row once, none half`);
}
