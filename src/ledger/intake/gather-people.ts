import type { FeedRow } from '#common-base/linkage';
import { NumbersOfFile, type SharedNumbers } from './decide-shared-numbers.ts';
import { RowPacker } from './pack-rows.ts';

/** How rows are brought together. */
export interface GatherOptions {
  /** At most so many rows wait in memory for others of their person; whoever comes then waits for the next reading. */
  readonly rowsWaitingMax: number;
}

/** So many rows of one number are judged together at most; a file with more is no clinic's month. */
export const rowsPerPersonMax = 500;

/** The 宛名番号 under which a person's rows are counted: another one where two records of one person are linked. */
export type PrincipalNumbers = ReadonlyMap<string, string>;

/** How many rows a file has, how many of each person's 宛名番号 (rows without a number stand alone), which paper is told twice. */
export interface RowCounts {
  readonly rows: number;
  readonly byNumber: Map<string, number>;
  readonly principals: PrincipalNumbers;
  readonly shared: SharedNumbers;
}

/** Counts the rows of each person in one reading of the file. */
export async function countRows(
  feed: AsyncIterable<readonly FeedRow[]>,
  principals: PrincipalNumbers,
): Promise<RowCounts> {
  const byNumber = new Map<string, number>();
  const numbers = new NumbersOfFile();
  let rows = 0;
  for await (const chunk of feed) {
    rows += chunk.length;
    for (const row of chunk) {
      numbers.add(row.ordinal, row.fields);
      const number = numberOf(row, principals);
      if (number !== null) byNumber.set(number, (byNumber.get(number) ?? 0) + 1);
    }
  }
  return { rows, byNumber, principals, shared: numbers.shared };
}

/**
 * The rows of a file in pages, all rows of one person in the same page: a row waits until the last one of its number
 * has come. A clinic's month needs one reading; a file in which everybody's rows lie far apart is read again for those
 * who found no room to wait. `readAgain` begins a new reading. Uses the counts up.
 */
export async function* gatherPeople(
  readAgain: () => AsyncIterable<readonly FeedRow[]>,
  counts: RowCounts,
  options: GatherOptions,
): AsyncGenerator<readonly FeedRow[]> {
  let wanted: ReadonlySet<string> | null = null;
  do {
    const reading: Reading = new Reading(counts, wanted, options.rowsWaitingMax);
    for await (const rows of readAgain()) {
      const complete = reading.take(rows);
      if (complete.length > 0) yield complete;
    }
    wanted = reading.postponed;
  } while (wanted.size > 0);
}

interface Waiting {
  readonly rows: FeedRow[];
  /** Rows of chunks before, packed: a fraction of the memory, and nothing that holds on to the chunk. */
  readonly packed: string[];
  readonly expected: number;
}

/** One reading of the file from its first to its last row. */
class Reading {
  readonly postponed = new Set<string>();
  private readonly counts: Map<string, number>;
  private readonly principals: PrincipalNumbers;
  private readonly wanted: ReadonlySet<string> | null;
  private readonly rowsWaitingMax: number;
  private readonly waiting = new Map<string, Waiting>();
  private readonly packer = new RowPacker();
  private rowsExpected = 0;

  constructor(counts: RowCounts, wanted: ReadonlySet<string> | null, rowsWaitingMax: number) {
    this.counts = counts.byNumber;
    this.principals = counts.principals;
    this.wanted = wanted;
    this.rowsWaitingMax = rowsWaitingMax;
  }

  /** Takes the next rows of the file; answers those whose people are complete. */
  take(rows: readonly FeedRow[]): FeedRow[] {
    const complete: FeedRow[] = [];
    const begun = new Set<Waiting>();
    for (const row of rows) {
      const number = numberOf(row, this.principals);
      if (!this.isWanted(number)) continue;
      const expected = number === null ? 1 : Math.min(this.counts.get(number) ?? 1, rowsPerPersonMax);
      if (number === null || expected === 1) {
        complete.push(row);
        if (number !== null) this.settle(number, 1);
        continue;
      }
      const group = this.waiting.get(number) ?? this.begin(number, expected);
      if (group === undefined) continue;
      group.rows.push(row);
      begun.add(group);
      if (group.rows.length + group.packed.length < group.expected) continue;
      for (const packed of group.packed) complete.push(this.packer.unpack(packed));
      complete.push(...group.rows);
      this.settle(number, group.expected);
    }
    for (const group of begun) this.pack(group);
    return complete;
  }

  private isWanted(number: string | null): boolean {
    if (number === null) return this.wanted === null;
    return (this.wanted === null || this.wanted.has(number)) && !this.postponed.has(number);
  }

  /** Somebody always finds room, so that every reading brings the file nearer to its end. */
  private begin(number: string, expected: number): Waiting | undefined {
    if (this.waiting.size > 0 && this.rowsExpected + expected > this.rowsWaitingMax) {
      this.postponed.add(number);
      return undefined;
    }
    const group: Waiting = { rows: [], packed: [], expected };
    this.waiting.set(number, group);
    this.rowsExpected += expected;
    return group;
  }

  private settle(number: string, rows: number): void {
    if (this.waiting.delete(number)) this.rowsExpected -= rows;
    this.counts.set(number, (this.counts.get(number) ?? 0) - rows);
  }

  /** Packs what waits beyond its chunk; a group that is complete has nobody who looks at it any more. */
  private pack(group: Waiting): void {
    if (group.rows.length + group.packed.length === group.expected) return;
    for (const row of group.rows) group.packed.push(this.packer.pack(row));
    group.rows.length = 0;
  }
}

function numberOf(row: FeedRow, principals: PrincipalNumbers): string | null {
  const number = row.fields['addresseeNumber'] || null;
  return number === null ? null : (principals.get(number) ?? number);
}
