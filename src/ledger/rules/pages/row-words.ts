import { findIsoDay } from '#kernel';
import { formatWesternDay } from '#platform/pages';
import { findProductName, listDiseases, listStages, nameOfProgramme, type RuleSet } from '#schedule';
import type { RuleRow } from '../types.ts';
import { dayWords } from './rule-words.ts';

/** The tables of the rules in the words of the office, by the name of their file without its ending. */
const tableNames: Readonly<Record<string, string>> = {
  diseases: '疾病',
  products: 'ワクチン',
  programmes: '定期接種の種類と期',
  'programme-products': '使えるワクチン',
  windows: '対象の期間',
  branches: '受け方',
  doses: '回数と間隔',
  'standard-windows': '標準的な接種期間',
  exclusions: '対象にならない人',
  exceptions: '長期療養特例',
  seasons: '接種の期間（毎年）',
  pregnancies: '別の妊娠と見る予定日',
  'cross-vaccine': '異なるワクチンの間隔',
  paths: '同じ疾病の道すじ',
  'reportable-reactions': '副反応の報告基準',
};

/** The columns in the words of the office. */
const columnNames: Readonly<Record<string, string>> = {
  id: '行の名前',
  programme: '事業',
  stage: '期',
  stages: '期',
  product: 'ワクチン',
  products: 'ワクチン',
  disease: '疾病',
  diseases: '疾病',
  name: '名前',
  vaccinated_from: '有効な最初の接種日',
  vaccinated_to: '有効な最後の接種日',
  opens: '始まり',
  closes: '終わり',
  ages: '年齢',
  born_from: '生年月日（から）',
  born_to: '生年月日（まで）',
  sex: '性別',
  requires: '条件',
  branch: '受け方',
  dose: '回',
  after: '前の期',
  minimum: '最短の間隔',
  standard: '標準の間隔',
  not_before: 'この日から',
  not_after: 'この日まで',
  omitted_if_previous_after: '不要になる日',
  if_short: '短いとき',
  offered: '案内',
  days_apart: '予定日が離れる日数',
  excluded_by: '除く条件',
  role: '数え方',
  begins_with: '始めるワクチン',
  first_from: '1回目（から）',
  first_to: '1回目（まで）',
  from: '始まり',
  to: '終わり',
  finding_after: '過ぎたときの指摘',
  previous: '前のワクチン',
  later: '後のワクチン',
  scope: '範囲',
  form: '種類',
  category: '類',
  counted_by: '数え方',
  follows: '先に終える期',
  recurs: 'くり返し',
  programme_name: '事業の名前',
  stage_name: '期の名前',
  family: '疾病のまとまり',
  components: '疾病',
  years: '年数',
  cap: '上限',
  symptom: '症状の符号',
  symptom_name: '症状',
  within: '接種からの期間',
  basis: '根拠',
  checked_on: '確かめた日',
  certainty: '確かさ',
  note: '備考',
};

/** What a table of the rules is called. */
export function tableWords(table: string): string {
  return tableNames[table.replace(/\.csv$/u, '')] ?? table;
}

/** What a column is called; its own name where the office has no word for it. */
export function columnWords(column: string): string {
  return columnNames[column] ?? column;
}

/** What a row is about: the programme and stage, or its own name. */
export function aboutWords(rules: RuleSet, row: RuleRow): string {
  const programme = row.cells.get('programme') ?? '';
  if (programme === '') return row.cells.get('name') ?? row.rule;
  const wanted = new Set((row.cells.get('stages') || row.cells.get('stage') || '').split(/\s+/u));
  const names = listStages(rules)
    .filter((stage) => stage.programme === programme && wanted.has(stage.stage))
    .map(({ stageName }) => stageName);
  const programmes = programme
    .split(/\s+/u)
    .map((each) => (each === '*' ? 'すべての事業' : nameOfProgramme(rules, each)));
  return [programmes.join('・'), names.join('・')].filter((word) => word !== '').join(' ');
}

const quiet = new Set(['id', 'programme', 'stage', 'stages', 'basis', 'checked_on', 'certainty', 'note']);

/** What a row says, cell by cell, without what stands beside it already. */
export function cellLines(rules: RuleSet, row: RuleRow): readonly string[] {
  return [...row.cells]
    .filter(([column, text]) => text !== '' && !quiet.has(column))
    .map(([column, text]) => `${columnWords(column)}　${cellWords(rules, column, text)}`);
}

const dayColumns = new Set([
  'opens',
  'closes',
  'not_before',
  'not_after',
  'omitted_if_previous_after',
  'cap',
  'from',
  'to',
]);
const singleWords: Readonly<Record<string, string>> = {
  female: '女性',
  male: '男性',
  own: 'その事業のワクチン',
  also: 'ほかの事業でも数える',
  complete: '終えた',
  cut: '途中まで',
  doesNotCount: '数えない',
  no: '案内しない（受けていれば数える）',
  counts: '数える',
};

/** Words of the table of programmes alone: a branch may have such a name. */
const countingWords: Readonly<Record<string, string>> = {
  dose: '回ごと',
  disease: '疾病ごと',
  once: '一度きり',
  season: '季節ごと',
  pregnancy: '妊娠ごと',
};

/** A cell in the words of the office, with what the file says behind it where the two differ. */
export function cellWords(rules: RuleSet, column: string, text: string): string {
  if (text === '') return '（空）';
  if (column === 'product' || column === 'products') {
    const names = text.split(/\s+/u).map((product) => findProductName(rules, product) ?? product);
    return names.join('、');
  }
  if (column === 'disease' || column === 'diseases') {
    const names = new Map(listDiseases(rules).map(({ disease, name }) => [disease, name]));
    return text
      .split(/\s+/u)
      .map((disease) => names.get(disease) ?? disease)
      .join('、');
  }
  const fixed = findIsoDay(text);
  if (fixed !== undefined) return formatWesternDay(fixed);
  const isDay = dayColumns.has(column) && !/^\d\d-\d\d$/u.test(text);
  const single = column === 'counted_by' || column === 'recurs' ? countingWords : singleWords;
  const words = isDay ? dayWords(text) : (single[text] ?? text);
  return words === text ? text : `${words}（${text}）`;
}
