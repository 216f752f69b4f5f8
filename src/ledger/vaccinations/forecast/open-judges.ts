import type { Day } from '#kernel';
import { openThreads } from '#platform/threads';
import type { CaseOfPerson, OpenStages, RuleSet } from '#schedule';
import { unpackAnswers } from './answer-columns.ts';
import { countThreads } from './each-page.ts';
import { createStagesJudge } from './judge-open-stages.ts';
import type { JudgeThreadData } from './judge-thread.ts';
import { type PeopleColumns, packPeople } from './people-columns.ts';

/** Where the people of a forecast are judged. */
export interface Judges {
  /** How many pages keep them and the database busy at the same time. */
  readonly pagesAtOnce: number;
  /** The answers in the order of the people. */
  judge(people: readonly CaseOfPerson[]): Promise<readonly OpenStages[]>;
  close(): Promise<void>;
}

/** Opens judges for so many pages: in threads where they are many, else here. */
export function openJudges(rules: RuleSet, asOf: Day, pages: number): Judges {
  const count = countThreads(pages);
  if (count === 0) return judgesHere(rules, asOf);
  const data: JudgeThreadData = { asOf, rules: rules.texts };
  const threads = openThreads<PeopleColumns, Int32Array>(new URL('judge-thread.ts', import.meta.url), data, count);
  return {
    // More pages than threads: some are read and written, and wait for the disk, while others are judged.
    pagesAtOnce: count + 3,
    judge: async (people) => (people.length === 0 ? [] : unpackAnswers(await threads.run(packPeople(people)))),
    close: () => threads.close(),
  };
}

function judgesHere(rules: RuleSet, asOf: Day): Judges {
  const judge = createStagesJudge(rules, asOf);
  return { pagesAtOnce: 1, judge: async (people) => people.map(judge), close: async () => {} };
}
