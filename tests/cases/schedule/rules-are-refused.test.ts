import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { UnreadableInput } from '#kernel';
import { readRulesFolder } from '#platform/files';
import { parseRules } from '#schedule';

const files = await readRulesFolder(join(import.meta.dirname, '../../../rules'));

/** The tables with one cell of one row changed; the row is the first whose first cell says the name. */
function changed(file: string, name: string, column: string, cell: string): ReadonlyMap<string, string> {
  const lines = (files.get(file) ?? '').trimEnd().split('\n');
  const header = (lines[0] ?? '').split(',');
  const at = lines.findIndex((line, i) => i > 0 && line.startsWith(`${name},`));
  const place = header.indexOf(column);
  assert.ok(at > 0 && place >= 0, `${file} ${name} ${column}`);
  const cells = (lines[at] ?? '').split(',').with(place, cell);
  return new Map([...files, [file, lines.with(at, cells.join(',')).join('\n')]]);
}

function refusal(tables: ReadonlyMap<string, string>): string {
  try {
    parseRules(tables);
  } catch (error) {
    if (error instanceof UnreadableInput) return error.message;
    throw error;
  }
  return 'was read';
}

/** Faults of a single cell: file, row, column, what is written there, and what the refusal must say. */
const faults: readonly (readonly [string, string, string, string, RegExp])[] = [
  ['windows.csv', 'rv1', 'basis', '', /windows\.csv 2行目.*basis/u],
  ['windows.csv', 'rv1', 'checked_on', '', /windows\.csv 2行目.*checked_on/u],
  ['windows.csv', 'rv1', 'certainty', 'sure', /certainty.*sure/u],
  ['windows.csv', 'rv1', 'programme', 'plague', /programmes\.csv.*plague/u],
  ['windows.csv', 'rv1', 'stages', 'secondary', /rotavirus.*secondary/u],
  ['windows.csv', 'rv1', 'products', 'hepb', /rotavirus.*hepb/u],
  ['windows.csv', 'rv1', 'opens', '', /opens/u],
  ['windows.csv', 'rv1', 'opens', 'x(42)', /opens.*x\(42\)/u],
  ['windows.csv', 'rv1', 'opens', 'due-84', /due.*pregnancy/u],
  ['windows.csv', 'rv1', 'closes', 'm(two)', /closes.*m\(two\)/u],
  ['windows.csv', 'rv1', 'vaccinated_from', '2020-02-30', /vaccinated_from.*2020-02-30/u],
  ['windows.csv', 'rv1', 'vaccinated_to', '2019-01-01', /vaccinated_from.*vaccinated_to/u],
  ['windows.csv', 'rv1', 'sex', 'girls', /sex.*girls/u],
  ['windows.csv', 'rv1', 'requires', 'isTall', /requires.*isTall/u],
  ['windows.csv', 'rv1', 'requires', 'hadDisease(plague)', /diseases\.csv.*plague/u],
  ['windows.csv', 'rv1', 'requires', 'categoryBEligible60to64(heart liver)', /requires.*liver/u],
  ['windows.csv', 'rv1', 'requires', 'categoryBEligible60to64', /requires/u],
  ['windows.csv', 'rv1', 'requires', 'supplyShortage(mumps)', /requires/u],
  ['windows.csv', 'rv1', 'requires', 'hbigAtBirth(yes)', /requires/u],
  ['windows.csv', 'rv1', 'requires', 'antibodyTest(rubella maybe)', /requires/u],
  ['windows.csv', 'rv1', 'requires', 'antibodyTest(rubella sufficient soon)', /requires/u],
  ['windows.csv', 'rv1', 'requires', 'dose(2020-01-01)', /requires/u],
  ['windows.csv', 'rv1', 'requires', 'hadDisease(measles rubella)', /requires/u],
  ['windows.csv', 'rv1', 'requires', 'noDose(2020-01-01)', /requires/u],
  ['windows.csv', 'rv5', 'id', 'rv1', /rv1.*二度/u],
  ['windows.csv', 'rv5', 'id', 'ロタ', /ロタ.*半角/u],
  ['windows.csv', 'dpt-ipv-from-3-months', 'vaccinated_to', '2023-04-01', /windows\.csv \d+行目.*重なります/u],
  ['windows.csv', 'zoster-steps', 'ages', '70 many', /many/u],
  ['doses.csv', 'hepb-2', 'minimum', '27 days', /minimum.*27/u],
  ['doses.csv', 'hepb-2', 'minimum', '二十七日', /minimum.*二十七日/u],
  ['doses.csv', 'dpt-ipv-2', 'standard', '20日-56日', /standard.*20日-56日/u],
  ['doses.csv', 'dpt-ipv-2', 'standard', '..', /standard/u],
  ['doses.csv', 'hepb-2', 'dose', '4', /dose は 1 から順/u],
  ['doses.csv', 'hepb-2', 'dose', '3', /dose は 1 から順/u],
  ['doses.csv', 'hepb-3', 'dose', '2.5', /dose は 1 から順/u],
  ['doses.csv', 'hepb-3', 'dose', '三', /dose は 1 から順/u],
  ['doses.csv', 'hepb-2', 'dose', '0', /dose は 1 から順/u],
  ['doses.csv', 'je-booster-special-before', 'vaccinated_to', '2011-05-20', /doses\.csv \d+行目.*重なります/u],
  ['doses.csv', 'dpt-ipv-2', 'standard', '20日..x', /standard.*20日\.\.x/u],
  ['doses.csv', 'dpt-ipv-2', 'standard', 'x..56日', /standard.*x\.\.56日/u],
  ['doses.csv', 'hepb-2', 'branch', 'four-doses', /branches\.csv.*four-doses/u],
  ['doses.csv', 'hepb-2', 'after', 'later', /after.*later/u],
  ['doses.csv', 'hepb-2', 'if_short', 'maybe', /if_short.*maybe/u],
  ['doses.csv', 'hepb-2', 'if_short', 'branch:four', /branches\.csv.*four/u],
  ['doses.csv', 'hepb-2', 'offered', 'yes', /offered.*yes/u],
  ['doses.csv', 'hepb-1', 'offered', 'no', /1回目は、案内しない回/u],
  ['doses.csv', 'hepb-2', 'offered', 'no', /doses\.csv 10行目.*期の最後の回/u],
  ['doses.csv', 'hib-2', 'offered', 'no', /同じ回の行はそろえて/u],
  ['doses.csv', 'hepb-2', 'not_after', 'soon', /not_after.*soon/u],
  ['programmes.csv', 'bcg', 'category', 'C', /category.*C/u],
  ['programmes.csv', 'bcg', 'recurs', 'always', /recurs.*always/u],
  ['programmes.csv', 'bcg', 'recurs', 'season', /seasons\.csv/u],
  ['programmes.csv', 'bcg', 'recurs', 'pregnancy', /pregnancies\.csv/u],
  ['programmes.csv', 'bcg', 'counted_by', 'week', /counted_by.*week/u],
  ['programmes.csv', 'bcg', 'follows', 'primary', /follows.*primary/u],
  ['programmes.csv', 'hib', 'category', 'B', /category.*hib.*同じ/u],
  ['programmes.csv', 'bcg', 'stage', 'twice', /bcg に「single」の期はありません/u],
  ['programmes.csv', 'bcg', 'diseases', 'plague', /diseases\.csv.*plague/u],
  ['programmes.csv', 'hib', 'stage', 'booster', /「hib\/booster」は二度/u],
  ['programmes.csv', 'bcg', 'stage_name', '', /stage_name/u],
  ['programmes.csv', 'bcg', 'programme_name', '', /programme_name/u],
  ['diseases.csv', 'hib', 'name', '', /name/u],
  ['diseases.csv', 'hib', 'disease', 'measles', /「measles」は二度/u],
  ['products.csv', 'bcg', 'form', 'dead', /form.*dead/u],
  ['products.csv', 'bcg', 'diseases', 'plague', /diseases\.csv.*plague/u],
  ['products.csv', 'bcg', 'name', '', /name/u],
  ['programme-products.csv', 'bcg', 'product', 'bcg2', /products\.csv.*bcg2/u],
  ['programme-products.csv', 'hib', 'product', '5in1', /own は一行だけ/u],
  ['programme-products.csv', 'bcg', 'role', 'mine', /role.*mine/u],
  ['branches.csv', 'rotavirus', 'begins_with', 'hepb', /rotavirus.*hepb/u],
  ['branches.csv', 'bcg', 'first_to', 'm()', /first_to.*m\(\)/u],
  ['doses.csv', 'varicella-1', 'not_after', 'm(18)', /1回目に not_after/u],
  ['doses.csv', 'varicella-1', 'omitted_if_previous_after', 'm(18)', /1回目に not_after/u],
  ['exclusions.csv', 'hepatitis-b-hbig', 'excluded_by', '', /excluded_by/u],
  ['exclusions.csv', 'hepatitis-b-hbig', 'excluded_by', 'hbigAtBirth; pregnancy', /一つだけ/u],
  ['exclusions.csv', 'hepatitis-b-hbig', 'excluded_by', 'dose(2020-01-01 2020-12-31)', /dose は書けません/u],
  ['exclusions.csv', 'hepatitis-b-hbig', 'excluded_by', 'noDose', /dose は書けません/u],
  ['exclusions.csv', 'measles-rubella-pregnant', 'to', '', /from と to/u],
  ['exclusions.csv', 'measles-rubella-pregnant', 'excluded_by', 'hbigAtBirth', /pregnancy/u],
  ['exceptions.csv', 'bcg', 'years', '0', /years/u],
  ['exceptions.csv', 'bcg', 'years', 'two', /years/u],
  ['exceptions.csv', 'bcg', 'cap', '4', /cap.*4/u],
  ['seasons.csv', 'influenza-older', 'opens', '13-01', /opens.*13-01/u],
  ['seasons.csv', 'influenza-older', 'closes', '02-29', /closes.*02-29/u],
  ['pregnancies.csv', 'rsv-maternal', 'days_apart', '', /days_apart/u],
  ['pregnancies.csv', 'rsv-maternal', 'days_apart', '0', /days_apart は 1 以上/u],
  ['pregnancies.csv', 'rsv-maternal', 'days_apart', '28週', /days_apart は 1 以上/u],
  ['pregnancies.csv', 'rsv-maternal', 'programme', 'bcg', /bcg は妊娠ごとの事業ではありません/u],
  ['cross-vaccine.csv', 'live-after-live', 'previous', 'form', /previous.*form/u],
  ['cross-vaccine.csv', 'live-after-live', 'later', 'product:bcg2', /products\.csv.*bcg2/u],
  ['cross-vaccine.csv', 'live-after-live', 'scope', 'all', /scope.*all/u],
  ['cross-vaccine.csv', 'live-after-live', 'minimum', '', /minimum/u],
  ['cross-vaccine.csv', 'live-after-live', 'minimum', '27', /minimum の「27」/u],
  ['cross-vaccine.csv', 'live-after-live', 'if_short', '', /if_short/u],
  ['standard-windows.csv', 'dpt-ipv-from-3-months', 'vaccinated_to', '2023-04-01', /重なります/u],
  ['standard-windows.csv', 'bcg', 'branch', 'twice', /bcg.*twice/u],
  ['paths.csv', 'diphtheria-polio-hib', 'components', '', /components/u],
];

test('a fault of any cell is refused with the file, the line and the reason', () => {
  for (const [file, name, column, cell, wanted] of faults) {
    const message = refusal(changed(file, name, column, cell));
    assert.match(message, wanted, `${file} ${name} ${column} = ${cell}`);
    assert.match(message, /^rules\/[\w-]+\.csv \d+行目: /u, message);
  }
});

test('the least that may be written is read', () => {
  assert.equal(refusal(changed('pregnancies.csv', 'rsv-maternal', 'days_apart', '1')), 'was read');
  assert.equal(refusal(changed('exceptions.csv', 'bcg', 'years', '1')), 'was read');
});

test('a standard window without any day is refused', () => {
  const without = changed('standard-windows.csv', 'bcg', 'opens', '');
  const table = (without.get('standard-windows.csv') ?? '').replace(/^(bcg,.*),m\(8\),/mu, '$1,,');
  assert.match(refusal(new Map([...files, ['standard-windows.csv', table]])), /opens か closes/u);
});

test('a missing table, a missing column and an unknown column are refused', () => {
  const less = new Map(files);
  less.delete('paths.csv');
  assert.match(refusal(less), /rules\/paths\.csv がありません/u);
  const text = files.get('paths.csv') ?? '';
  const renamed = new Map([...files, ['paths.csv', text.replace('components', 'parts')]]);
  assert.match(refusal(renamed), /paths\.csv 1行目: 列 components がありません/u);
  const wider = text.replace(/^(family.*)$/mu, '$1,colour').replaceAll(/^(diphtheria.*)$/gmu, '$1,red');
  assert.match(refusal(new Map([...files, ['paths.csv', wider]])), /paths\.csv 1行目: 列 colour は知らない列です/u);
});

test('a row with too many or too few cells and an open quote are refused with their lines', () => {
  const text = (files.get('seasons.csv') ?? '').trimEnd();
  const withTail = (tail: string): ReadonlyMap<string, string> =>
    new Map([...files, ['seasons.csv', `${text}\n${tail}\n`]]);
  assert.match(refusal(withTail('a,b')), /seasons\.csv 4行目: 列が2個です/u);
  assert.match(refusal(withTail('a')), /seasons\.csv 4行目: 列が1個です/u);
  const again = 'winter,influenza-older,2030-04-01,,11-01,12-31,b,2026-10-03,V,';
  assert.match(refusal(withTail(again)), /seasons\.csv 4行目: .*重なります/u);
  assert.match(refusal(withTail(',')), /seasons\.csv 4行目: 列が2個です/u);
  assert.match(refusal(withTail(',influenza-older,,,10-01,01-31,b,2026-10-03,V,')), /seasons\.csv 4行目: .*id/u);
  assert.match(refusal(withTail('"a')), /seasons\.csv 4行目: 引用符が閉じていません/u);
  assert.match(refusal(withTail('"a"b')), /seasons\.csv 4行目: 引用符の後に文字があります/u);
});

test('line ends, a byte order mark and quotes change nothing but the version', () => {
  const plain = parseRules(files);
  const other = new Map(
    [...files].map(([file, text]) => [file, `\uFEFF${text.replaceAll('\r', '').replaceAll('\n', '\r\n')}`]),
  );
  const quoted = (files.get('seasons.csv') ?? '').replace(
    '自治体が定める接種期間(既定値)',
    '"自治体が定める接種期間(既定値)"',
  );
  const again = parseRules(new Map([...other, ['seasons.csv', quoted]]));
  assert.deepEqual(again.rows, plain.rows);
  assert.notEqual(again.version, plain.version);
  assert.equal(parseRules(files).version, plain.version);
});

test('a doubled quote within quotes is one quote, and a comma there is a comma', () => {
  const text = (files.get('seasons.csv') ?? '').replace('自治体が定める接種期間(既定値)', '"市の「""秋""」, 既定値"');
  const { rows } = parseRules(new Map([...files, ['seasons.csv', text]]));
  const season = rows.find(({ table }) => table === 'seasons');
  assert.equal(season?.cells.get('basis'), '市の「"秋"」, 既定値');
  assert.equal(season?.cells.get('checked_on'), '2026-10-03');
});

test('an empty line within a table is no row', () => {
  const lines = (files.get('seasons.csv') ?? '').split('\n');
  const text = [...lines.slice(0, 2), '', ...lines.slice(2)].join('\n');
  const { rows } = parseRules(new Map([...files, ['seasons.csv', text]]));
  const seasons = rows.filter(({ table }) => table === 'seasons');
  assert.deepEqual(
    seasons.map(({ rule, line }) => `${rule} ${line}`),
    ['influenza-older 2', 'covid19-older 4'],
  );
});

test('a municipality may give its own seasons', () => {
  const own = (files.get('seasons.csv') ?? '').replace('10-01,01-31', '10-15,02-28');
  const rules = parseRules(files, { seasons: own });
  const season = rules.programmes.find(({ programme }) => programme === 'influenza-older')?.seasons[0];
  assert.deepEqual([season?.opensMonth, season?.opensDay, season?.closesMonth, season?.closesDay], [10, 15, 2, 28]);
  assert.notEqual(rules.version, parseRules(files).version);
});

test('a programme without a way through it, or a way without doses, is refused', () => {
  const without = (file: string, lines: RegExp): ReadonlyMap<string, string> =>
    new Map([...files, [file, (files.get(file) ?? '').replaceAll(lines, '')]]);
  assert.match(refusal(without('branches.csv', /^bcg,.*\n/gmu)), /bcg|once/u);
  assert.match(refusal(without('doses.csv', /^bcg,.*\n/gmu)), /doses\.csv に bcg/u);
  assert.match(refusal(without('windows.csv', /^bcg.*\n/gmu)), /windows\.csv に bcg single/u);
});
