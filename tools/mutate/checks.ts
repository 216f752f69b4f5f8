import { join } from 'node:path';
import fc from 'fast-check';
import { type Day, getDay } from '#kernel';
import { readRulesFolder } from '#platform/files';
import { type GivenDose, judge, judgeDoses, parseRules } from '#schedule';
import { differencesOfDoses, differencesOfForecast } from '../../tests/cases/schedule/judge-case.ts';
import { people } from '../../tests/cases/schedule/random-people.ts';
import { readDoseCases, readForecastCases } from '../../tests/cases/schedule/read-cases.ts';
import { judgeAgain } from '../../tests/cases/schedule-by-another-hand/judge-again.ts';

const root = join(import.meta.dirname, '../..');
const files = await readRulesFolder(join(root, 'rules'));
const doseCases = readDoseCases();
const forecastCases = readForecastCases();
const persons = fc.sample(people(), { numRuns: 250, seed: 20261121 });
const histories = readHistories();

/**
 * Whether the tests that run in one process notice the mutant that is awake: the cases of the law, the second reading,
 * and the order of the input. The rules are read anew, so that the reading is tried too.
 */
export function isNoticed(): boolean {
  try {
    const rules = parseRules(files);
    return (
      doseCases.some((each) => differencesOfDoses(rules, each).length > 0) ||
      forecastCases.some((each) => differencesOfForecast(rules, each).length > 0) ||
      histories.some(({ bornOn, sex, asOf, doses }) => {
        const first = judgeDoses(rules, { bornOn, sex, asOf, facts: [], doses });
        const second = judgeAgain({ born: bornOn, isFemale: sex === 'female', facts: [] }, asOf, doses);
        return first.some(({ verdict, counts }, i) => {
          const other = second[i];
          return verdict !== other?.verdict || counts !== (other.number !== null);
        });
      }) ||
      persons.some((person) => {
        const turned = judge(rules, { ...person, doses: person.doses.toReversed(), facts: person.facts.toReversed() });
        return JSON.stringify(turned.programmes) !== JSON.stringify(judge(rules, person).programmes);
      })
    );
  } catch {
    return true;
  }
}

interface History {
  readonly bornOn: Day;
  readonly sex: 'female' | 'male';
  readonly asOf: Day;
  readonly doses: readonly GivenDose[];
}

/** The people of the dose cases without facts, as histories for the second reading: one path each, routine doses. */
function readHistories(): readonly History[] {
  const mixed = new Set(['5in1', '4in1', 'ipv', 'dpt', 'opv', 'hib', 'dt', 'rsv-mat']);
  return doseCases.flatMap(({ person, product, expected }) => {
    if (person.facts.length > 0 || person.sex === 'unknown') return [];
    const doses = [...person.given, ...expected.map(({ on }) => ({ product, on, kind: 'routine' as const }))];
    if (doses.some((dose) => mixed.has(dose.product) || dose.kind !== 'routine')) return [];
    return [{ bornOn: person.bornOn, sex: person.sex, asOf: getDay(2040, 1, 1), doses }];
  });
}
