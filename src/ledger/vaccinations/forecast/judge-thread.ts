import type { Day } from '#kernel';
import { serveThread } from '#platform/threads';
import { type OpenStages, parseRules } from '#schedule';
import { packAnswers } from './answer-columns.ts';
import { createStagesJudge } from './judge-open-stages.ts';
import { type PeopleColumns, unpackPeople } from './people-columns.ts';

/** What a thread that judges is prepared with. */
export interface JudgeThreadData {
  readonly asOf: Day;
  /** The tables of the rules by file. */
  readonly rules: ReadonlyMap<string, string>;
}

/** People in, answers out. It loads the rules and nothing else of the house: it begins in a third of a second. */
await serveThread(async ({ asOf, rules }: JudgeThreadData) => {
  const judge = createStagesJudge(parseRules(rules), asOf);
  return async (people: PeopleColumns) => {
    const answers: OpenStages[] = [];
    for (const person of unpackPeople(people)) answers.push(judge(person));
    return packAnswers(answers);
  };
});
