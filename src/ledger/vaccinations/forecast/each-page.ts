import { availableParallelism } from 'node:os';
import { openThreads } from '#platform/threads';
import type { PeopleRange } from './read-people.ts';

/** How pages are worked on: beside each other in threads where there are many, else one after another in this one. */
export interface PageWork<Input, Output> {
  /** The file that `serveThread`s pages, and what it is prepared with. */
  readonly entry: URL;
  readonly data: unknown;
  /** What is asked of a page, at the moment when its turn comes. */
  readonly inputOf: (range: PeopleRange) => Input;
  /** The same work without threads, for few pages. */
  readonly here: (input: Input) => Promise<Output>;
  /** After each page; what it throws ends the work after the pages under way. */
  readonly onPage: (output: Output) => Promise<void>;
}

const fewPages = 3;
const threadsAtMost = 8;

/** Works on every page; which page comes first is not said. */
export async function eachPage<Input, Output>(
  pages: readonly PeopleRange[],
  work: PageWork<Input, Output>,
): Promise<void> {
  const left = pages.values();
  if (pages.length <= fewPages) return takePages(left, work, work.here);
  const count = Math.min(threadsAtMost, availableParallelism(), pages.length);
  const threads = openThreads<Input, Output>(work.entry, work.data, count);
  try {
    const takers = Array.from({ length: count }, () => takePages(left, work, (input) => threads.run(input)));
    const ends = await Promise.allSettled(takers);
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  } finally {
    await threads.close();
  }
}

async function takePages<Input, Output>(
  left: Iterator<PeopleRange>,
  { inputOf, onPage }: PageWork<Input, Output>,
  run: (input: Input) => Promise<Output>,
): Promise<void> {
  for (let next = left.next(); next.done !== true; next = left.next()) await onPage(await run(inputOf(next.value)));
}
