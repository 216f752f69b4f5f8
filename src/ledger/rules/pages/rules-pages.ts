import { type Day, formatIsoDay } from '#kernel';
import {
  button,
  buttonLink,
  type Column,
  dayField,
  dayText,
  type Html,
  html,
  notice,
  pageHead,
  panel,
  statusTag,
  table,
} from '#platform/pages';
import { listStages, type RuleSet, reactionPeriodWords, type StageName } from '#schedule';
import { isInForce } from '../derive-row-differences.ts';
import type { RuleRow } from '../types.ts';
import { betweenVaccinesPanel } from './between-vaccines.ts';
import { differencesPath, programmeRulesPath, rulesPath, trialsPath, versionsPath } from './paths.ts';
import { cell, productWords, rowsPanel, spanOfDays } from './row-panel.ts';
import { dayWords, factConditionWords, intervalWords, spanWords, standardWords } from './rule-words.ts';

type Row = RuleRow;

/** The day of which the rules are shown. */
export interface DayChoice {
  readonly today: Day;
  readonly day: Day;
  /** What was typed; empty for today. */
  readonly text: string;
  /** What was typed is no day. */
  readonly isUnreadable: boolean;
}

/** Every stage with its legal window on a day, by class of disease. */
export function ruleListPage(rules: RuleSet, choice: DayChoice): Html {
  const stages = listStages(rules);
  const lead = html`${dayWordsOf(choice)}定期接種のきまりです。期間と間隔は、根拠の条文にもとづいています。`;
  const actions = html`${buttonLink('違いを見る', differencesPath)}${buttonLink('試算', trialsPath)}${buttonLink('版', versionsPath)}`;
  const ofClass = (category: 'A' | 'B', title: string) =>
    panel(
      { title, icon: 'book', isFlush: true },
      stageTable(
        rules,
        stages.filter((stage) => stage.category === category),
        choice,
      ),
    );
  return html`${pageHead('接種のきまり', { lead, actions })}${dayForm(choice, rulesPath)}${ofClass('A', 'A類疾病')}${ofClass('B', 'B類疾病')}${betweenVaccinesPanel(rules, choice.day)}`;
}

/** The form that chooses another day; it works without script. */
function dayForm({ text, isUnreadable }: DayChoice, action: string): Html {
  const error = isUnreadable ? '日付を「2027-04-01」か「R9.4.1」の形で入力してください。' : null;
  return html`<form method="get" action="${action}" class="rules-days">${dayField({ name: 'on', label: 'ほかの日のきまりを見る', value: text, error, width: 10 })}${button('見る', { icon: 'search' })}</form>`;
}

function dayWordsOf({ day, today }: DayChoice): Html {
  return day === today ? html`いま使われている` : html`${dayText(day)}に接種するときの`;
}

function stageTable(rules: RuleSet, stages: readonly StageName[], { day, today }: DayChoice): Html {
  const on = day === today ? undefined : formatIsoDay(day);
  return table<StageName>({
    caption: '定期接種の種類と対象の期間',
    density: 'dense',
    rows: stages,
    columns: [
      {
        label: '予防接種',
        isRowHeader: true,
        isNoWrap: true,
        cell: (stage) =>
          html`<a href="${programmeRulesPath(stage.programme, on)}">${stage.programmeName} ${stage.stageName}</a>`,
      },
      {
        label: '対象の期間',
        cell: (stage) => {
          const rows = windowsOf(rules, stage).filter((row) => isInForce(row, day));
          if (rows.length === 0) return statusTag('この日は対象の期間なし', 'neutral');
          const lines = [...new Set(rows.map((row) => windowLine(rules, row)))];
          return html`<ul>${lines.map((each) => html`<li>${each}</li>`)}</ul>`;
        },
      },
      {
        label: '標準的な期間',
        cell: (stage) => {
          const rows = rowsOf(rules, 'standard-windows', stage.programme)
            .filter((row) => isOfStage(row, stage.stage) && isInForce(row, day))
            .map((row) => standardWindowWords(row));
          return html`<ul>${[...new Set(rows)].map((each) => html`<li>${each}</li>`)}</ul>`;
        },
      },
    ],
  });
}

/** Everything the rules say of one programme: windows, doses and intervals, products, exceptions, sources. */
export function programmeRulesPage(rules: RuleSet, programme: string, choice: DayChoice): Html {
  const { day } = choice;
  const stages = listStages(rules).filter((stage) => stage.programme === programme);
  const [first] = stages;
  const isUncertain = (row: Row) => cell(row, 'certainty').startsWith('M');
  const tables = sections(rules, stages).map(({ table: name, title, columns }) =>
    rowsPanel({ title, columns, rows: rowsOf(rules, name, programme) }, day),
  );
  const uncertain = sections(rules, stages).some((section) =>
    rowsOf(rules, section.table, programme).some((row) => isUncertain(row) && isInForce(row, day)),
  );
  return html`${pageHead(first?.programmeName ?? programme, { lead: html`${first?.category === 'A' ? 'A類疾病' : 'B類疾病'}　${dayWordsOf(choice)}きまり` })}${dayForm(choice, programmeRulesPath(programme))}${
    uncertain &&
    notice(
      'info',
      '原文での確かめが済んでいない行があります',
      '「確認中」の行は、条文の原文と照らし合わせてから使ってください。',
    )
  }${tables}`;
}

interface Section {
  readonly table: string;
  readonly title: string;
  readonly columns: readonly Column<Row>[];
}

const reactionsTable: Section = {
  table: 'reportable-reactions',
  title: '副反応の報告基準',
  columns: [
    { label: '症状', isRowHeader: true, cell: (row) => cell(row, 'symptom_name') },
    { label: '接種からの期間', cell: (row) => reactionPeriodWords(cell(row, 'within')) },
  ],
};

function sections(rules: RuleSet, stages: readonly StageName[]): readonly Section[] {
  const stageColumn: Column<Row> = { label: '期', isNoWrap: true, cell: (row) => stageWords(row, stages) };
  const productColumn: Column<Row> = { label: 'ワクチン', cell: (row) => productWords(rules, cell(row, 'products')) };
  return [
    {
      table: 'windows',
      title: '対象の期間',
      columns: [
        stageColumn,
        { label: '期間', isRowHeader: true, cell: windowWords },
        { label: '人', cell: (row) => shortOrLong(whoWords(rules, row)) },
        productColumn,
      ],
    },
    {
      table: 'doses',
      title: '回数と間隔',
      columns: [
        stageColumn,
        { label: '受け方', cell: (row) => pathWords(rules, row) },
        { label: '回', isRowHeader: true, isNoWrap: true, cell: doseWords },
        { label: '間隔', cell: (row) => intervalWords(cell(row, 'minimum')) },
        { label: '標準的な間隔', cell: (row) => standardWords(cell(row, 'standard')) },
        { label: '受けられる日', cell: limitWords },
        productColumn,
      ],
    },
    {
      table: 'standard-windows',
      title: '標準的な接種期間',
      columns: [stageColumn, { label: '期間', isRowHeader: true, cell: standardWindowWords }, productColumn],
    },
    { table: 'programme-products', title: '使えるワクチン', columns: [productNameColumn(rules)] },
    {
      table: 'exclusions',
      title: '対象にならない人',
      columns: [
        stageColumn,
        {
          label: '人',
          isRowHeader: true,
          cell: (row) => factConditionWords(cell(row, 'excluded_by'), diseaseName(rules)),
        },
      ],
    },
    {
      table: 'exceptions',
      title: '長期療養特例',
      columns: [
        stageColumn,
        {
          label: '受けられる期間',
          isRowHeader: true,
          cell: (row) =>
            `受けられない理由がなくなった日から${cell(row, 'years')}年${cell(row, 'cap') === '' ? '' : `（${dayWords(cell(row, 'cap'))}に至るまで）`}`,
        },
      ],
    },
    {
      table: 'seasons',
      title: '接種の期間（毎年）',
      columns: [
        {
          label: '期間',
          isRowHeader: true,
          cell: (row) => `${monthDay(cell(row, 'opens'))}から${monthDay(cell(row, 'closes'))}まで`,
        },
      ],
    },
    {
      table: 'pregnancies',
      title: '別の妊娠と見る予定日',
      columns: [
        { label: '離れる日数', isRowHeader: true, cell: (row) => `予定日が${cell(row, 'days_apart')}日以上離れる` },
      ],
    },
    reactionsTable,
  ];
}

/** A window in one line: its days, then for which products and for whom where it is not for all. */
function windowLine(rules: RuleSet, row: Row): string {
  const about = [productWords(rules, cell(row, 'products')), whoWords(rules, row)].filter((part) => part !== '');
  return `${windowWords(row)}${about.length === 0 ? '' : `（${about.join('、')}）`}`;
}

function whoWords(rules: RuleSet, row: Row): string {
  const born = spanOfDays(cell(row, 'born_from'), cell(row, 'born_to'), '生まれ');
  const sex = cell(row, 'sex') === 'female' ? '女性' : cell(row, 'sex') === 'male' ? '男性' : '';
  const needs = factConditionWords(cell(row, 'requires'), diseaseName(rules));
  return [born, sex, needs].filter((part) => part !== '').join('、');
}

/** A few words stay on one line. */
function shortOrLong(words: string): Html | string {
  return words.length > 8 || words === '' ? words : html`<span class="nowrap">${words}</span>`;
}

function productNameColumn(rules: RuleSet): Column<Row> {
  return {
    label: '名前',
    isRowHeader: true,
    cell: (row) => productWords(rules, cell(row, 'product')),
  };
}

function windowWords(row: Row): string {
  const ages = cell(row, 'ages');
  const words = spanWords(cell(row, 'opens'), cell(row, 'closes'));
  return ages === '' ? words : words.replace('次の年齢', `${ages.split(/\s+/u).join('・')}歳`);
}

function standardWindowWords(row: Row): string {
  const dose = cell(row, 'dose');
  return `${dose === '' ? '' : `${dose}回目　`}${spanWords(cell(row, 'opens'), cell(row, 'closes'))}`;
}

function doseWords(row: Row): string {
  const dose = `${cell(row, 'dose')}回目`;
  return cell(row, 'offered') === 'no' ? `${dose}（案内しない）` : dose;
}

function limitWords(row: Row): string {
  const [from, to] = [cell(row, 'not_before'), cell(row, 'not_after')];
  const skipped = cell(row, 'omitted_if_previous_after');
  const parts = [
    from === '' ? '' : `${dayWords(from)}から`,
    to === '' ? '' : `${dayWords(to)}に至るまで`,
    skipped === '' ? '' : `前の回が${dayWords(skipped)}を過ぎていたら不要`,
  ];
  return parts.filter((part) => part !== '').join('、');
}

function rowsOf(rules: RuleSet, name: string, programme: string): readonly Row[] {
  return rules.rows.filter(
    (row) =>
      row.table.replace(/\.csv$/u, '') === name &&
      cell(row, 'programme')
        .split(/\s+/u)
        .some((each) => each === programme || each === '*'),
  );
}

function windowsOf(rules: RuleSet, stage: StageName): readonly Row[] {
  return rowsOf(rules, 'windows', stage.programme).filter((row) => isOfStage(row, stage.stage));
}

function isOfStage(row: Row, stage: string): boolean {
  const stages = cell(row, 'stages') || cell(row, 'stage');
  return stages === '' || stages.split(/\s+/u).includes(stage);
}

function stageWords(row: Row, stages: readonly StageName[]): string {
  return stages
    .filter((stage) => isOfStage(row, stage.stage))
    .map((stage) => stage.stageName)
    .join('・');
}

function diseaseName(rules: RuleSet): (disease: string) => string {
  const names = new Map(
    rules.rows
      .filter((row) => row.table.replace(/\.csv$/u, '') === 'diseases')
      .map((row) => [cell(row, 'disease'), cell(row, 'name')]),
  );
  return (disease) => names.get(disease) ?? disease;
}

/** Which way through a programme a row of doses belongs to, where there are several: by the first dose. */
function pathWords(rules: RuleSet, row: Row): string {
  const paths = rowsOf(rules, 'branches', cell(row, 'programme'));
  if (paths.length < 2) return '';
  const wanted = cell(row, 'branch').split(/\s+/u);
  const chosen = paths.filter((path) => wanted.includes(cell(path, 'branch')));
  if (wanted[0] === '' || chosen.length === paths.length) return 'どの受け方でも';
  return chosen.map((path) => onePath(rules, path)).join(' または ');
}

function onePath(rules: RuleSet, path: Row): string {
  const [from, to] = [cell(path, 'first_from'), cell(path, 'first_to')];
  const born = spanOfDays(cell(path, 'born_from'), cell(path, 'born_to'), '生まれ');
  const first = from === '' && to === '' ? '' : `1回目が${spanWords(from, to)}`;
  const parts = [beginningWords(rules, cell(path, 'begins_with')), first, born].filter((part) => part !== '');
  return parts.length === 0 ? 'それ以外' : parts.join('、');
}

/** The products of the first doses: one, one several times, or one after the other. */
function beginningWords(rules: RuleSet, text: string): string {
  if (text === '') return '';
  const products = text.split(/\s+/u);
  const names = [...new Set(products)].map((product) => productWords(rules, product));
  if (names.length > 1) return `${names.join('の次に')}を受けた`;
  return products.length > 1 ? `${names.join('')}を${products.length}回受けた` : `${names.join('')}で始める`;
}

function monthDay(text: string): string {
  const [month, day] = text.split('-').map(Number);
  return `${month}月${day}日`;
}
