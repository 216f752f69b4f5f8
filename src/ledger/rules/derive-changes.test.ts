import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Day, getDay, UnreadableInput } from '#kernel';
import { parseRules } from '#schedule';
import { checkoutRules } from '../../../tests/support/demonstration.ts';
import { ageGroupOf, ChangeCounts, effectsOf } from './count-changes.ts';
import { createComparer } from './derive-changes.ts';
import { differencesBetweenDays, differencesBetweenVersions } from './derive-row-differences.ts';
import { readProposal } from './read-proposal.ts';

const rules = await checkoutRules();
const asOf = getDay(2026, 11, 21);

/** The rules with one cell of one row of the windows changed. */
function withWindow(id: string, from: string, to: string): ReturnType<typeof parseRules> {
  const text = rules.texts.get('windows.csv') ?? '';
  const lines = text.split('\n').map((line) => (line.startsWith(`${id},`) ? line.replace(from, to) : line));
  assert.notEqual(lines.join('\n'), text, `no row ${id} with ${from}`);
  return parseRules(new Map([...rules.texts, ['windows.csv', lines.join('\n')]]));
}

test('対象の終わりを早めると、その年齢の子の期は「受けられる」から「終わり」に変わり、ほかは変わらない', () => {
  // pcv-primary: m(2) to m(60). With m(24), a child of 3 years is past its end.
  const compare = createComparer(rules, withWindow('pcv-primary', 'm(60)', 'm(24)'), asOf);
  const child = { bornOn: getDay(2023, 11, 1), sex: 'female' as const, doses: [], facts: [] };
  const changes = compare(child);
  const primary = changes.find(({ stage }) => stage === 'primary');
  assert.deepEqual(
    { ...primary },
    { kind: 'stage', programme: 'pneumococcal-child', stage: 'primary', before: 'overdue', after: 'closed' },
  );
  assert.ok(changes.every(({ programme }) => programme === 'pneumococcal-child'));
  assert.deepEqual(compare({ ...child, bornOn: getDay(1980, 1, 1) }), []);
});

test('接種した日の間隔や期間が変われば、受けた接種の判定が変わる', () => {
  // Given at 3 years of age: lawful until m(60), outside when the window ends with m(24).
  const compare = createComparer(rules, withWindow('pcv-primary', 'm(60)', 'm(24)'), asOf);
  const doses = [{ product: 'pcv20', on: getDay(2026, 11, 2), kind: 'routine' as const }];
  const changes = compare({ bornOn: getDay(2023, 11, 1), sex: 'female', doses, facts: [] });
  assert.deepEqual(
    changes.filter(({ kind }) => kind === 'dose'),
    [{ kind: 'dose', programme: 'pneumococcal-child', stage: 'primary', before: 'valid', after: 'invalid' }],
  );
});

test('同じきまりでは何も変わらず、案にないワクチンの接種は「きまりなし」になる', () => {
  const same = createComparer(rules, parseRules(rules.texts), asOf);
  const doses = [{ product: 'no-such-product', on: getDay(2026, 1, 2), kind: 'routine' as const }];
  assert.deepEqual(same({ bornOn: getDay(2024, 4, 1), sex: 'male', doses, facts: [] }), []);
});

test('新しい予防接種が始まっても、年齢を過ぎた人は変わらない。終わっても、前に終わっていた人は変わらない', () => {
  const day = getDay(2027, 4, 1);
  // One dose against mumps from 12 to 24 months of age, from 2027-04-01.
  const common = { basis: '案', checked_on: '2026-11-22', certainty: 'V', programme: 'mumps' };
  const rows: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'programmes.csv': {
      ...{ stage: 'single', programme_name: 'おたふくかぜ', stage_name: '1回', category: 'A', counted_by: 'dose' },
      ...{ diseases: 'mumps', recurs: 'once' },
    },
    'programme-products.csv': { product: 'mumps', role: 'own', vaccinated_from: '2027-04-01' },
    'branches.csv': { branch: 'once' },
    'doses.csv': { id: 'mumps', branch: 'once', stage: 'single', dose: '1' },
    'windows.csv': { id: 'mumps', stages: 'single', vaccinated_from: '2027-04-01', opens: 'm(12)', closes: 'm(24)' },
  };
  const texts = Object.entries(rows).map(([file, row]): [string, string] => {
    const text = rules.texts.get(file) ?? '';
    const cells: Readonly<Record<string, string>> = { ...common, ...row };
    const line = (text.split('\n')[0] ?? '').split(',').map((column) => cells[column] ?? '');
    return [file, `${text}${line.join(',')}\n`];
  });
  const started = createComparer(rules, parseRules(new Map([...rules.texts, ...texts])), day);
  const ended = createComparer(rules, withWindow('bcg', ',2013-04-01,,', ',2013-04-01,2027-03-31,'), day);
  const of = (compare: typeof started, bornOn: Day) =>
    compare({ bornOn, sex: 'male', doses: [], facts: [] }).map(({ before, after }) => `${before} ${after}`);
  // The day a year of age is reached is the day before the birthday: 2027-04-01 for one born on 2026-04-02.
  assert.deepEqual(of(started, getDay(2026, 4, 3)), ['absent tooEarly']);
  assert.deepEqual(of(started, getDay(2026, 4, 2)), ['absent due']);
  assert.deepEqual(of(started, getDay(2025, 4, 2)), ['absent due']);
  assert.deepEqual(of(started, getDay(2025, 4, 1)), []);
  assert.deepEqual(of(started, getDay(1980, 4, 1)), []);
  assert.deepEqual(of(ended, getDay(2026, 4, 2)), ['overdue closed']);
  assert.deepEqual(of(ended, getDay(2026, 4, 1)), []);
  assert.deepEqual(of(ended, getDay(1980, 4, 1)), []);
});

test('数は年齢の区分ごとに足され、意味ごとに読める', () => {
  assert.deepEqual([0, 4, 16, 64, 65, 104].map(ageGroupOf), [0, 3, 13, 60, 65, 100]);
  const counts = new ChangeCounts();
  const change = { kind: 'stage', programme: 'p', stage: 's', before: 'due', after: 'closed' } as const;
  counts.add(change, 3);
  const others = new ChangeCounts();
  others.add(change, 3, 4);
  others.add(change, 5);
  counts.addAll(others.list());
  assert.deepEqual(
    counts.list().map(({ ageFrom, count }) => [ageFrom, count]),
    [
      [3, 5],
      [5, 1],
    ],
  );
  assert.deepEqual(effectsOf(change), ['closed', 'noLongerDue']);
  assert.deepEqual(effectsOf({ kind: 'stage', before: 'overdue', after: 'due' }), []);
  assert.deepEqual(effectsOf({ kind: 'stage', before: 'waiting', after: 'due' }), ['due']);
  assert.deepEqual(effectsOf({ kind: 'stage', before: 'absent', after: 'overdue' }), ['due', 'overdue']);
  assert.deepEqual(effectsOf({ kind: 'stage', before: 'due', after: 'overdue' }), ['overdue']);
  assert.deepEqual(effectsOf({ kind: 'stage', before: 'overdue', after: 'waiting' }), ['noLongerDue']);
  assert.deepEqual(effectsOf({ kind: 'dose', before: 'valid', after: 'invalid' }), ['wrong']);
  assert.deepEqual(effectsOf({ kind: 'dose', before: 'invalid', after: 'valid' }), ['noLongerWrong']);
});

test('行の違いは、変わった行、なくなった行、加わった行に分かれる', () => {
  const proposed = withWindow('pcv-primary', 'm(60)', 'm(24)');
  const [changed, ...rest] = differencesBetweenVersions(rules.rows, proposed.rows);
  assert.deepEqual(rest, []);
  assert.deepEqual([changed?.rule, changed?.columns], ['pcv-primary', ['closes']]);
  const fewer = rules.rows.filter(({ table, rule }) => table !== 'windows' || rule !== 'pcv-primary');
  assert.deepEqual(
    differencesBetweenVersions(rules.rows, fewer).map(({ rule, after }) => [rule, after]),
    [['pcv-primary', null]],
  );
  assert.equal(differencesBetweenVersions(fewer, rules.rows)[0]?.before, null);
});

test('二つの日の違いは、間に始まる行と終わる行だけになる', () => {
  // 小児肺炎球菌 became routine on 2013-04-01.
  const found = differencesBetweenDays(rules.rows, getDay(2013, 3, 31), getDay(2013, 4, 1));
  assert.ok(found.some(({ rule, before, after }) => rule === 'pcv-primary' && before === null && after !== null));
  assert.deepEqual(differencesBetweenDays(rules.rows, asOf, asOf), []);
});

test('案は表の名前で受け取り、同じ内容、知らない表、読めない行は理由を言って断る', () => {
  const windows = rules.texts.get('windows.csv') ?? '';
  const wrong = (files: [string, string][], message: RegExp): void => {
    assert.throws(
      () => readProposal(rules, new Map(files)),
      (error) => {
        assert.ok(error instanceof UnreadableInput);
        assert.match(error.message, message);
        return true;
      },
    );
  };
  wrong([['windows.csv', windows]], /同じ内容/u);
  wrong([['windows.csv', `\uFEFF${windows.replaceAll('\n', '\r\n')}`]], /同じ内容/u);
  wrong([['window.csv', windows]], /window\.csv という表はありません/u);
  wrong([['windows.csv', windows.replace('m(60)', 'm(sixty)')]], /windows\.csv \d+行目/u);
  const { texts } = readProposal(rules, new Map([['windows.csv', windows.replace('m(60)', 'm(24)')]]));
  assert.deepEqual([...texts.keys()], ['windows.csv']);
});
