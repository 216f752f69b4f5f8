import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseCsvTable } from '#formats';
import { getDay } from '#kernel';
import { readRulesFolder } from '#platform/files';
import { explainFinding, type FindingsTables } from '#platform/findings';
import { findProductName, judge, listStages, nameOfProgramme, nameOfStage, parseRules } from '#schedule';
import { changesOf } from '../schedule/change-rows.ts';
import { differencesOfDoses, differencesOfForecast } from '../schedule/judge-case.ts';
import { people } from '../schedule/random-people.ts';
import { readDoseCases, readForecastCases } from '../schedule/read-cases.ts';

// docs/guides/add-a-vaccine.md followed for an invented disease: rows and cases, no line of program.
const here = import.meta.dirname;
const law = await readRulesFolder(join(here, '../../../rules'));
const added = await readRulesFolder(join(here, 'rows'));
const files = new Map([...law].map(([file, text]) => [file, withRows(text, added.get(file))]));
const before = parseRules(law);
const after = parseRules(files);
const cases = readDoseCases(here);
const forecasts = readForecastCases(here);

test('the new vaccine is judged and forecast as its invented law says', () => {
  assert.ok(cases.length >= 15 && forecasts.length >= 3);
  assert.deepEqual(
    cases.flatMap((each) => differencesOfDoses(after, each)),
    [],
  );
  assert.deepEqual(
    forecasts.flatMap((each) => differencesOfForecast(after, each)),
    [],
  );
});

test('its stages stand at the end of the list, with the names of the rows', () => {
  assert.deepEqual(
    listStages(after).slice(listStages(before).length),
    ['初回', '追加'].map((stageName, i) => ({
      programme: 'whisper-fever',
      stage: ['primary', 'booster'][i],
      programmeName: 'ささやき熱',
      stageName,
      category: 'A',
    })),
  );
});

test('the finding that a row names is said in the words of its table, with the days of the dose', () => {
  const texts: FindingsTables = new Map(
    parseCsvTable(added.get('findings.csv') ?? '').map(({ values }) => [
      values['code'] ?? '',
      { title: '', message: values['message'] ?? '', whatToDo: values['whatToDo'] ?? '' },
    ]),
  );
  const [bornOn, on] = [getDay(2027, 1, 15), getDay(2028, 1, 24)];
  const doses = [{ product: 'wf-live', on, kind: 'routine' as const }];
  const [found] = judge(after, { bornOn, sex: 'female', asOf: on, facts: [], doses }).doses[0]?.findings ?? [];
  assert.ok(found !== undefined);
  assert.equal(
    explainFinding(texts, found).message,
    'ささやき熱の初回の接種が標準の期間の終わり(2028年1月14日)を10日過ぎています。',
  );
});

test('papers and screens name it by the words of its rows', () => {
  assert.equal(nameOfProgramme(after, 'whisper-fever'), 'ささやき熱');
  assert.equal(nameOfStage(after, 'whisper-fever', 'booster'), '追加');
  assert.equal(findProductName(after, 'wf-live'), after.products.get('wf-live')?.name);
  assert.match(findProductName(after, 'wf-live') ?? '', /ささやき熱/u);
});

test('nobody is judged otherwise in any other programme, and the rules have another version', () => {
  assert.notEqual(after.version, before.version);
  fc.assert(
    fc.property(people(), (person) => {
      const more = judge(after, person);
      const plain = judge(before, person);
      assert.deepEqual(more.doses, plain.doses);
      assert.deepEqual(more.programmes.slice(0, plain.programmes.length), plain.programmes);
    }),
    { numRuns: 300 },
  );
});

test('a new row moved by a day fails a case that names it', () => {
  const changes = changesOf(files).filter(({ row }) => /whisper-fever|wf-live/u.test(row));
  assert.ok(changes.length > 30, `only ${changes.length} changes were made`);
  const unnoticed = changes.filter(({ row, file, text }) => {
    const rules = parseRules(new Map([...files, [file, text]]));
    return ![
      ...cases.filter(({ rows }) => rows.includes(row)).flatMap((each) => differencesOfDoses(rules, each)),
      ...forecasts.filter(({ rows }) => rows.includes(row)).flatMap((each) => differencesOfForecast(rules, each)),
    ].length;
  });
  // Nobody is nine months old on the first day: the row of the product says the first day for all.
  const coveredByProduct = 'windows:whisper-fever vaccinated_from';
  assert.deepEqual(
    unnoticed
      .map(({ row, column, cell }) => `${row} ${column} ${cell}`)
      .filter((each) => !each.startsWith(coveredByProduct)),
    [],
  );
});

/** A table with the rows of another below its own; the columns are the same. */
function withRows(text: string, more: string | undefined): string {
  if (more === undefined) return text;
  const [header = '', ...rows] = more.trimEnd().split('\n');
  assert.equal(text.split(/\r?\n/u)[0], header);
  return `${text.trimEnd()}\n${rows.join('\n')}\n`;
}
