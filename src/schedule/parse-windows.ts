import type { Sex } from '#kernel';
import type { DayExpression } from './day-expression.ts';
import { keep } from './parse-programmes.ts';
import { cell, failRow, oneOf, type Period, period, type RuleRow, readTable, required, words } from './read-table.ts';
import {
  checkNoOverlap,
  conditionsOf,
  dayOf,
  type ProgrammeDraft,
  productBits,
  programmeOf,
  type RuleDrafts,
  stagePlaces,
  traceOf,
} from './rule-drafts.ts';
import type { Branch, StandardWindow, Window } from './rule-set.ts';

type Files = ReadonlyMap<string, string>;
type Keyed = { row: RuleRow; key: string; inForce: Period };

const span = ['vaccinated_from', 'vaccinated_to'] as const;

/** Reads `windows.csv`: the legal windows. */
export function parseWindows(files: Files, drafts: RuleDrafts): void {
  const columns = ['id', 'programme', 'stages', 'products', ...span, 'opens', 'closes', 'ages', 'born_from', 'born_to'];
  const table = keep(drafts, readTable(files, 'windows.csv', [...columns, 'sex', 'requires']));
  const keys: Keyed[] = [];
  for (const row of table.rows) {
    const draft = programmeOf(drafts, row);
    const trace = traceOf(drafts, row, required(row, 'id'));
    const inForce = period(row, ...span);
    const isOfPregnancy = cell(draft.row, 'recurs') === 'pregnancy';
    if (!isOfPregnancy && /due/u.test(cell(row, 'opens') + cell(row, 'closes'))) {
      failRow(row, '出産予定日(due)は、妊娠ごと(recurs が pregnancy)の事業だけに書けます。');
    }
    const sex = cell(row, 'sex') === '' ? null : oneOf<Sex>(row, 'sex', ['male', 'female']);
    const shape = {
      trace,
      products: productBits(draft, row, 'products'),
      inForce,
      born: period(row, 'born_from', 'born_to'),
      sex,
      requires: conditionsOf(drafts, draft, row, 'requires'),
    };
    for (const place of stagePlaces(draft, row, 'stages')) {
      for (const days of openingDays(drafts, row)) draft.stages[place]?.windows.push({ ...shape, ...days });
      const key = ['products', 'ages', 'born_from', 'born_to', 'sex', 'requires'].map((column) => cell(row, column));
      keys.push({ row, key: [draft.programme, place, ...key].join('|'), inForce });
    }
  }
  checkNoOverlap(keys);
  for (const draft of drafts.programmes.values()) {
    for (const { stage, windows, row } of draft.stages) {
      if (windows.length === 0) failRow(row, `windows.csv に ${draft.programme} ${stage} の対象期間がありません。`);
    }
  }
}

/** Reads `exclusions.csv`: who is taken out by what is known of them. */
export function parseExclusions(files: Files, drafts: RuleDrafts): void {
  const columns = ['id', 'programme', 'stages', 'products', ...span, 'excluded_by', 'from', 'to'];
  const table = keep(drafts, readTable(files, 'exclusions.csv', columns));
  for (const row of table.rows) {
    const draft = programmeOf(drafts, row);
    const [excludedBy, ...others] = conditionsOf(drafts, draft, row, 'excluded_by');
    if (excludedBy === undefined || others.length > 0) failRow(row, 'excluded_by には条件を一つだけ書いてください。');
    if (excludedBy.kind === 'dose' || excludedBy.kind === 'noDose')
      failRow(row, 'excluded_by に dose は書けません。受けた回数は branches と doses で書きます。');
    const exclusion = {
      trace: traceOf(drafts, row, required(row, 'id')),
      products: productBits(draft, row, 'products'),
      inForce: period(row, ...span),
      excludedBy,
      from: dayOf(drafts, row, 'from'),
      to: dayOf(drafts, row, 'to'),
    };
    if ((exclusion.from === null) !== (exclusion.to === null)) failRow(row, 'from と to は両方書くか、両方空けます。');
    if (exclusion.from !== null && excludedBy.kind !== 'pregnancy') {
      failRow(row, 'from と to を書けるのは、excluded_by が pregnancy の行だけです。');
    }
    for (const place of stagePlaces(draft, row, 'stages')) draft.stages[place]?.exclusions.push(exclusion);
  }
}

/** Reads `standard-windows.csv`: advice on when a dose or a whole course is best given. */
export function parseStandardWindows(
  files: Files,
  drafts: RuleDrafts,
  branches: ReadonlyMap<string, readonly Branch[]>,
): void {
  const columns = ['id', 'programme', 'stages', 'branch', 'dose', 'products', ...span, 'opens', 'closes'];
  const table = keep(drafts, readTable(files, 'standard-windows.csv', [...columns, 'finding_after']));
  const keys: Keyed[] = [];
  for (const row of table.rows) {
    const draft = programmeOf(drafts, row);
    const standard: StandardWindow = {
      trace: traceOf(drafts, row, required(row, 'id')),
      branch: branchOf(draft, row, branches),
      dose: cell(row, 'dose') === '' ? null : Number(cell(row, 'dose')),
      products: productBits(draft, row, 'products'),
      inForce: period(row, ...span),
      opens: dayOf(drafts, row, 'opens'),
      closes: dayOf(drafts, row, 'closes'),
      lateCode: cell(row, 'finding_after') === '' ? null : cell(row, 'finding_after'),
    };
    if (standard.opens === null && standard.closes === null) failRow(row, 'opens か closes を書いてください。');
    for (const place of stagePlaces(draft, row, 'stages')) {
      draft.stages[place]?.standards.push(standard);
      const key = ['branch', 'dose', 'products'].map((column) => cell(row, column));
      keys.push({ row, key: [draft.programme, place, ...key].join('|'), inForce: standard.inForce });
    }
  }
  checkNoOverlap(keys);
}

function branchOf(
  draft: ProgrammeDraft,
  row: RuleRow,
  branches: ReadonlyMap<string, readonly Branch[]>,
): Branch | null {
  const name = cell(row, 'branch');
  if (name === '') return null;
  const branch = branches.get(draft.programme)?.find((each) => each.branch === name);
  return branch ?? failRow(row, `branches.csv に ${draft.programme} の「${name}」がありません。`);
}

/** The opening and closing days of a window; `n` in them stands for each of the row's ages. */
function openingDays(drafts: RuleDrafts, row: RuleRow): Pick<Window, 'opens' | 'closes'>[] {
  const ages = words(row, 'ages');
  if (ages.length === 0) {
    return [
      { opens: dayOf(drafts, row, 'opens') ?? failRow(row, 'opens が空です。'), closes: dayOf(drafts, row, 'closes') },
    ];
  }
  return ages.map((age) => ({
    opens: dayAtAge(drafts, row, 'opens', age),
    closes: dayAtAge(drafts, row, 'closes', age),
  }));
}

function dayAtAge(drafts: RuleDrafts, row: RuleRow, column: string, age: string): DayExpression {
  const text = required(row, column);
  const day = drafts.expressions.find(text.replace('(n)', `(${age})`));
  return day ?? failRow(row, `列 ${column} の「${text}」は年齢 ${age} で日になりません。`);
}
