import type { DayExpression, DayExpressions } from './day-expression.ts';
import { type FactCondition, findFactCondition } from './fact-condition.ts';
import { cell, failRow, type Period, type RuleRow, type RuleTable, required, words } from './read-table.ts';
import type { Exclusion, ProductUse, StandardWindow, Window } from './rule-set.ts';
import type { TraceStep } from './types.ts';

/** What the reading of the tables has gathered so far. */
export interface RuleDrafts {
  readonly expressions: DayExpressions;
  /** Bit of each disease. */
  readonly diseases: Map<string, number>;
  readonly programmes: Map<string, ProgrammeDraft>;
  readonly products: Map<string, ProductDraft>;
  /** Every row id, to hold that each stands once. */
  readonly ids: Set<string>;
  readonly tables: RuleTable[];
}

/** A programme while its rows are read. */
export interface ProgrammeDraft {
  readonly row: RuleRow;
  readonly programme: string;
  readonly stages: StageDraft[];
  /** Bit of each product within the programme. */
  readonly productBits: Map<string, number>;
}

/** A stage while its rows are read. */
export interface StageDraft {
  readonly row: RuleRow;
  readonly stage: string;
  readonly windows: Window[];
  readonly exclusions: Exclusion[];
  readonly standards: StandardWindow[];
}

/** A product while its rows are read. */
export interface ProductDraft {
  readonly row: RuleRow;
  readonly product: string;
  readonly order: number;
  readonly uses: (Omit<ProductUse, 'programme' | 'windowsInForce'> & { readonly draft: ProgrammeDraft })[];
}

/** Names a row in a trace and holds that its id stands once in all tables. */
export function traceOf(drafts: RuleDrafts, row: RuleRow, id: string): TraceStep {
  if (!/^[\w./-]+$/u.test(id)) failRow(row, `「${id}」は名前に使えません。半角の英数字と . - _ で書いてください。`);
  const rule = `${row.file.replace(/\.csv$/u, '')}:${id}`;
  if (drafts.ids.has(rule)) failRow(row, `「${id}」は二度書かれています。行の名前は一つずつにしてください。`);
  drafts.ids.add(rule);
  return { rule, basis: cell(row, 'basis') };
}

/** The programme that a row names. */
export function programmeOf(drafts: RuleDrafts, row: RuleRow): ProgrammeDraft {
  const name = required(row, 'programme');
  return drafts.programmes.get(name) ?? failRow(row, `programmes.csv に「${name}」がありません。`);
}

/** Places of the stages that a row names; an empty cell names them all. */
export function stagePlaces(draft: ProgrammeDraft, row: RuleRow, column: string): readonly number[] {
  const names = words(row, column);
  if (names.length === 0) return draft.stages.map((_, place) => place);
  return names.map((name) => {
    const place = draft.stages.findIndex((stage) => stage.stage === name);
    return place === -1 ? failRow(row, `${draft.programme} に「${name}」の期はありません。`) : place;
  });
}

/** Bits of the products that a row names; -1 for an empty cell: all. */
export function productBits(draft: ProgrammeDraft, row: RuleRow, column: string): number {
  const names = words(row, column);
  if (names.length === 0) return -1;
  return names.reduce((bits, name) => bits | productBit(draft, row, name), 0);
}

/** Bit of one product within a programme. */
export function productBit(draft: ProgrammeDraft, row: RuleRow, name: string): number {
  const bit = draft.productBits.get(name);
  return bit ?? failRow(row, `programme-products.csv は ${draft.programme} に「${name}」を結びつけていません。`);
}

/** The day that a cell names; null when empty. */
export function dayOf(drafts: RuleDrafts, row: RuleRow, column: string): DayExpression | null {
  const text = cell(row, column);
  if (text === '') return null;
  return drafts.expressions.find(text) ?? failRow(row, `列 ${column} の「${text}」は日の書き方ではありません。`);
}

/** The conditions of a cell, parted by `;`. */
export function conditionsOf(
  drafts: RuleDrafts,
  draft: ProgrammeDraft,
  row: RuleRow,
  column: string,
): readonly FactCondition[] {
  return cell(row, column)
    .split(';')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => {
      const condition = findFactCondition(text, draft.programme);
      if (condition === undefined) return failRow(row, `列 ${column} の「${text}」は条件の書き方ではありません。`);
      if ('disease' in condition) diseaseBit(drafts, row, condition.disease);
      return condition;
    });
}

/** Bits of the diseases that a cell names. */
export function diseaseBits(drafts: RuleDrafts, row: RuleRow, column: string): number {
  return words(row, column).reduce((bits, name) => bits | diseaseBit(drafts, row, name), 0);
}

/** Holds that no two rows of one key are in force on the same day. */
export function checkNoOverlap(
  rows: readonly { readonly row: RuleRow; readonly key: string; readonly inForce: Period }[],
): void {
  const byKey = Map.groupBy(rows, (each) => each.key);
  for (const group of byKey.values()) {
    const sorted = group.toSorted((a, b) => a.inForce.from - b.inForce.from);
    sorted.forEach((later, i) => {
      const earlier = sorted[i - 1];
      if (earlier !== undefined && later.inForce.from <= earlier.inForce.to) {
        failRow(
          later.row,
          `${earlier.row.line}行目と同じ内容で、有効な期間が重なります。前の行の最後の日を入れてください。`,
        );
      }
    });
  }
}

function diseaseBit(drafts: RuleDrafts, row: RuleRow, name: string): number {
  return drafts.diseases.get(name) ?? failRow(row, `diseases.csv に「${name}」がありません。`);
}
