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

const fewPages = 6;
const threadsAtMost = 8;

/** How many threads so many pages are worth; 0 where they are sooner done here than a thread is prepared. */
export function countThreads(pages: number): number {
  return pages <= fewPages ? 0 : Math.min(threadsAtMost, availableParallelism(), pages);
}

/** Works on every page; which page comes first is not said. */
export async function eachPage<Input, Output>(
  pages: readonly PeopleRange[],
  work: PageWork<Input, Output>,
): Promise<void> {
  const { inputOf, onPage } = work;
  const count = countThreads(pages.length);
  if (count === 0) return takePages(pages, 1, async (range) => onPage(await work.here(inputOf(range))));
  const threads = openThreads<Input, Output>(work.entry, work.data, count);
  try {
    await takePages(pages, count, async (range) => onPage(await threads.run(inputOf(range))));
  } finally {
    await threads.close();
  }
}

/** Takes so many pages at once, each in its turn; a page that fails ends the work after those under way. */
export async function takePages<Page>(
  pages: readonly Page[],
  atOnce: number,
  work: (page: Page) => Promise<void>,
): Promise<void> {
  const left = pages.values();
  let isOver = false;
  const take = async (): Promise<void> => {
    for (const page of left) {
      try {
        await work(page);
      } catch (error) {
        isOver = true;
        throw error;
      }
      if (isOver) return;
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: atOnce }, take));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
