import type { LgCode } from '#kernel';
import { type Database, type Tx, withMunicipality } from '#platform/postgres';
import type { CaseOfPerson } from '#schedule';
import { deriveAnswer, findCase } from './derive-answer.ts';
import { digestFacts } from './digest-facts.ts';
import { confirmForecasts, type ForecastRow, upsertForecasts } from './forecast-store.ts';
import { joinRecords, type PersonWithDoses } from './join-records.ts';
import type { Judges } from './open-judges.ts';
import { type ForecastFrame, type PeopleRange, type PersonToJudge, readStalePeople } from './read-people.ts';

/** How many people of a page were looked at, and how many of them were judged anew. */
export interface ForecastPageCounts {
  readonly looked: number;
  readonly judged: number;
}

/** What every page of a forecast is made with. */
export interface ForecastTools {
  readonly frame: ForecastFrame;
  readonly judges: Judges;
  /** The stages of the rules in their order. */
  readonly stageNames: readonly string[];
}

const triesMax = 3;
const deadlock = '40P01';

/** A page in a transaction of its own; where another forecast of the same people stands in the way, tried again. */
export async function forecastPage(
  db: Database,
  lgCode: LgCode,
  tools: ForecastTools,
  range: PeopleRange,
): Promise<ForecastPageCounts> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await withMunicipality(db, lgCode, (tx) => renewForecasts(tx, tools, range));
    } catch (error) {
      const isInTheWay = error instanceof Error && 'code' in error && error.code === deadlock;
      if (!isInTheWay || tries === triesMax) throw error;
    }
  }
}

/**
 * Makes the forecasts of a page anew where they do not hold, in one transaction.
 * Versions are read before doses: what changes in between is seen as changed by the next run.
 */
async function renewForecasts(
  tx: Tx,
  { frame, judges, stageNames }: ForecastTools,
  range: PeopleRange,
): Promise<ForecastPageCounts> {
  const people = await joinRecords(tx, range, await readStalePeople(tx, frame, range));
  const same: PersonToJudge[] = [];
  const stale: {
    readonly each: PersonWithDoses<PersonToJudge>;
    readonly factsDigest: string;
    readonly isAsked: boolean;
  }[] = [];
  const cases: CaseOfPerson[] = [];
  for (const each of people) {
    const { person, doses, facts, contraindications } = each;
    const factsDigest = digestFacts(person, doses, facts, contraindications);
    if (person.keptDigest === factsDigest) {
      same.push(person);
      continue;
    }
    const asked = findCase(each, frame.asOf);
    if (asked !== undefined) cases.push(asked);
    stale.push({ each, factsDigest, isAsked: asked !== undefined });
  }
  const answers = (await judges.judge(cases)).values();
  const rows = stale.map(({ each, factsDigest, isAsked }): ForecastRow => {
    const open = isAsked ? answers.next().value : undefined;
    return { ...deriveAnswer(each, frame.asOf, stageNames, open), person: each.person, factsDigest };
  });
  await upsertForecasts(tx, frame, rows);
  await confirmForecasts(tx, same);
  return { looked: people.length, judged: rows.length };
}
