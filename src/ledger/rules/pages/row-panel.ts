import { type Day, findIsoDay } from '#kernel';
import {
  type Column,
  dayText,
  disclosure,
  formatWesternDay,
  type Html,
  html,
  panel,
  statusTag,
  table,
} from '#platform/pages';
import { findProductName, type RuleSet } from '#schedule';
import { isInForce } from '../derive-row-differences.ts';
import type { RuleRow } from '../types.ts';

/** A cell of a row; empty where the table has no such column. */
export function cell(row: RuleRow, name: string): string {
  return row.cells.get(name) ?? '';
}

/** Products by the names of the office. */
export function productWords(rules: RuleSet, text: string): string {
  return text
    .split(/\s+/u)
    .map((product) => findProductName(rules, product) ?? product)
    .join('、');
}

/** `2007年4月2日～2009年10月1日 生まれ`; empty without both days. */
export function spanOfDays(from: string, to: string, word: string): string {
  if (from === '' && to === '') return '';
  return `${isoInWords(from)}～${isoInWords(to)}${word === '' ? '' : ` ${word}`}`;
}

function isoInWords(text: string): string {
  const day = findIsoDay(text);
  return day === undefined ? text : formatWesternDay(day);
}

/**
 * Rows of one table with their days in force and sources: those of the day, and below them, folded, the others. Null
 * without any row; a column that says nothing in any row is left out.
 */
export function rowsPanel(
  about: { readonly title: string; readonly columns: readonly Column<RuleRow>[]; readonly rows: readonly RuleRow[] },
  day: Day,
): Html | null {
  const { title, rows: all } = about;
  if (all.length === 0) return null;
  const now = all.filter((row) => isInForce(row, day));
  const other = all.filter((row) => !isInForce(row, day));
  const columns = [...about.columns, ...sourceColumns].filter((column) =>
    all.some((row, index) => !['', null, undefined, false].includes(column.cell(row, index) as string)),
  );
  const draw = (rows: readonly RuleRow[], caption: string) =>
    table<RuleRow>({ caption, density: 'dense', rows, columns });
  const past =
    other.length > 0 &&
    html`<div class="rules-other">${disclosure(`この日は使わないもの（${other.length}）`, draw(other, `${title}（この日は使わないもの）`))}</div>`;
  return panel({ title, icon: 'book', isFlush: true }, html`${now.length > 0 && draw(now, title)}${past}`);
}

const sourceColumns: readonly Column<RuleRow>[] = [
  { label: 'このきまりの期間', isNoWrap: true, cell: (row) => inForceWords(row) },
  { label: '根拠', cell: (row) => html`<span class="small">${cell(row, 'basis')}</span>` },
  { label: '確かめ', isNoWrap: true, cell: (row) => checkedWords(row) },
];

function inForceWords(row: RuleRow): string {
  return spanOfDays(row.inForce.from ?? '', row.inForce.to ?? '', '') || '定めなし';
}

/** How sure a row is, by the source it was checked with. */
const certainties: Readonly<Record<string, string>> = { V: '原文で', V2: '写しで', D: '計算で' };

function checkedWords(row: RuleRow): Html | null {
  const on = findIsoDay(cell(row, 'checked_on'));
  if (cell(row, 'certainty').startsWith('M')) return statusTag('確認中', 'warning', 'question');
  if (on === undefined) return null;
  return html`${dayText(on, { isShort: true })}<br><span class="small soft">${certainties[cell(row, 'certainty')] ?? ''}</span>`;
}
