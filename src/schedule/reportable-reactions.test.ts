import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseIsoDay } from '#kernel';
import { checkoutRules } from '../../tests/support/demonstration.ts';
import { DayExpressions } from './day-expression.ts';
import { listReportableReactions, parseReportableReactions } from './reportable-reactions.ts';
import type { RuleDrafts } from './rule-drafts.ts';

const { reportableReactions: table, programmes } = await checkoutRules();

/** Symptom and period of each row that speaks of a programme on a day; the one of every programme left out. */
function rowsOf(programme: string, on: string): string[] {
  return listReportableReactions(table, { programme, on: parseIsoDay(on) })
    .filter(({ programmes: named }) => named !== null)
    .map(({ name, withinText }) => `${name} ${withinText}`);
}

const tdap = ['アナフィラキシー 4時間', 'けいれん 7日', '血小板減少性紫斑病 28日', '脳炎又は脳症 28日'];

test('第5条の表のとおりの症状と期間が、接種日に有効な行から出る', () => {
  for (const programme of ['dpt-ipv-hib', 'dpt-ipv', 'dpt', 'ipv', 'dt']) {
    assert.deepEqual(rowsOf(programme, '2026-04-15'), tdap, programme);
  }
  assert.deepEqual(rowsOf('bcg', '2026-04-15'), [
    'アナフィラキシー 4時間',
    '化膿性リンパ節炎 4月',
    '全身播種性BCG感染症 1年',
    'BCG骨炎（骨髄炎、骨膜炎） 2年',
    '皮膚結核様病変 3月',
  ]);
  assert.ok(rowsOf('measles-rubella', '2026-04-15').includes('けいれん 21日'));
  assert.ok(rowsOf('japanese-encephalitis', '2026-04-15').includes('けいれん 7日'));
  assert.ok(rowsOf('hpv', '2026-04-15').includes('血管迷走神経反射（失神を伴うもの） 30分'));
  assert.equal(rowsOf('influenza-older', '2026-11-01').length, 15);
  assert.equal(rowsOf('influenza-older', '2016-09-30').length, 13);
  assert.equal(rowsOf('hepatitis-b', '2016-09-30').length, 0);
  assert.equal(rowsOf('hepatitis-b', '2016-10-01').length, 7);
  // A dose of the special temporary vaccination is not told to have no criteria.
  const special = ['アナフィラキシー 4時間', 'この予防接種に定められたほかの症状 未確認'];
  assert.deepEqual(rowsOf('covid19-older', '2024-03-31'), special);
  // From April 2026 the older people's list is the children's one.
  assert.ok(rowsOf('pneumococcal-older', '2026-03-31').some((row) => row.startsWith('蜂巣炎')));
  assert.deepEqual(rowsOf('pneumococcal-older', '2026-04-01'), rowsOf('pneumococcal-child', '2026-04-01'));
});

test('どの事業にも、アナフィラキシーは4時間、その他の反応は医師が認める期間で並ぶ', () => {
  const on = parseIsoDay('2026-10-01');
  for (const { programme } of programmes) {
    const rows = listReportableReactions(table, { programme, on });
    const found = rows.filter(({ symptom }) => symptom === 'anaphylaxis').map(({ withinText }) => withinText);
    assert.deepEqual(found, ['4時間'], programme);
    assert.equal(rows.at(-1)?.symptom, 'otherReaction', programme);
    assert.equal(new Set(rows.map(({ symptom }) => symptom)).size, rows.length, `${programme}: a symptom twice`);
  }
  assert.deepEqual(listReportableReactions(table, { programme: null, on }), []);
});

test('一つの症状の名前は、どの行でも同じである', () => {
  const names = Map.groupBy(table, ({ symptom }) => symptom);
  for (const [symptom, rows] of names) assert.equal(new Set(rows.map(({ name }) => name)).size, 1, symptom);
});

const header =
  'id,programme,symptom,symptom_name,within,vaccinated_from,vaccinated_to,basis,checked_on,certainty,note\n';

test('表の誤った行は行の番号とともに断られ、表のない規則は何も言わない', () => {
  const drafts: RuleDrafts = {
    expressions: new DayExpressions(),
    diseases: new Map(),
    programmes: new Map([['bcg', {} as never]]),
    products: new Map(),
    ids: new Set(),
    tables: [],
  };
  const parse = (rows: string): unknown =>
    parseReportableReactions(new Map([['reportable-reactions.csv', header + rows]]), drafts);
  const refused = (row: string, message: string, line = 2): void =>
    assert.throws(() => parse(row), new RegExp(`reportable-reactions\\.csv ${line}行目.*${message}`, 'u'), row);
  refused('a,bcg,s,名,28,,,根拠,2026-11-22,V2,\n', 'within の「28」');
  refused('a,bcg,s,名,0日,,,根拠,2026-11-22,V2,\n', 'within の「0日」');
  refused('a,bcg,s,名,,,,根拠,2026-11-22,V2,\n', 'within');
  refused('a,,s,名,28日,,,根拠,2026-11-22,V2,\n', 'programme');
  refused('a,bcg *,s,名,28日,,,根拠,2026-11-22,V2,\n', '「\\*」がありません');
  refused('a,ない,s,名,28日,,,根拠,2026-11-22,V2,\n', '「ない」がありません');
  refused('a,bcg,s,名,28日,,,,2026-11-22,V2,\n', 'basis');
  const row = 'a,bcg,s,名,28日,,,根拠,2026-11-22,V2,\n';
  refused(row + row, 'id の「a」', 3);
  assert.deepEqual(parseReportableReactions(new Map(), drafts), []);
});

test('確かめていない行は、人が原文と照らす一覧に出る', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/rules-to-check.md'), 'utf8');
  const open = table.filter(({ certainty, within }) => certainty.startsWith('M') || within.unit === 'unread');
  assert.ok(open.length > 0);
  assert.deepEqual(
    open.filter(({ id }) => !page.includes(`| reportable-reactions | ${id} /`)).map(({ id }) => id),
    [],
  );
});
