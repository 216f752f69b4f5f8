import type { Cell, ElementOf } from './layout-schema.ts';
import { choiceMarks, type Mark, type Place, type Setting, textMark } from './marks.ts';

interface PlacedCell {
  readonly cell: Cell;
  readonly place: Place;
}

const paddingMm = 1;

/** The marks of a table: fillings and rules shared, cells shared or personal by what they hold. */
export function tableMarks(table: ElementOf<'table'>, setting: Setting): Mark[] {
  const cells = placeCells(table);
  const [x, y] = table.at;
  const width = table.columns.reduce((sum, column) => sum + column, 0);
  const height = table.rows.reduce((sum, row) => sum + row.height, 0);
  const grid: Mark = {
    isPersonal: false,
    draw(canvas) {
      for (const { cell, place } of cells) {
        const box = { x: place[0], y: place[1], width: place[2], height: place[3] };
        canvas.rectangle(box, {
          line: { widthMm: table.line ?? 0.15 },
          ...(cell.fill === undefined ? {} : { fillGrey: cell.fill }),
        });
      }
      if (table.frame !== undefined) canvas.rectangle({ x, y, width, height }, { line: { widthMm: table.frame } });
      return [];
    },
  };
  return [grid, ...cells.flatMap(({ cell, place }) => contentMarks(cell, place, table, setting))];
}

/** Lays cells out row by row; a place taken by a cell reaching down from above is passed over, as in HTML. */
function placeCells(table: ElementOf<'table'>): PlacedCell[] {
  const lefts = edges(table.at[0], table.columns);
  const tops = edges(
    table.at[1],
    table.rows.map((row) => row.height),
  );
  const taken = new Set<string>();
  return table.rows.flatMap((row, r) => {
    let c = 0;
    return row.cells.map((cell) => {
      while (taken.has(`${r}:${c}`)) c += 1;
      const span = cell.span ?? 1;
      const down = cell.down ?? 1;
      for (let i = 0; i < down; i += 1) for (let j = 0; j < span; j += 1) taken.add(`${r + i}:${c + j}`);
      const left = lefts[c] ?? table.at[0];
      const top = tops[r] ?? table.at[1];
      const right = lefts[Math.min(c + span, table.columns.length)] ?? left;
      const bottom = tops[Math.min(r + down, table.rows.length)] ?? top;
      c += span;
      return { cell, place: [left, top, right - left, bottom - top] };
    });
  });
}

function edges(start: number, lengths: readonly number[]): number[] {
  const all = [start];
  for (const length of lengths) all.push((all.at(-1) ?? start) + length);
  return all;
}

function contentMarks(cell: Cell, [x, y, width, height]: Place, table: ElementOf<'table'>, setting: Setting): Mark[] {
  const padding = cell.padding ?? paddingMm;
  const inner: Place = [x + padding, y, width - 2 * padding, height];
  const look = { ...table, ...cell };
  const text =
    cell.text === undefined || cell.text === '' ? [] : [textMark(cell.text, textPlace(inner, look), look, setting)];
  const boxes = cell.choices === undefined ? [] : choiceMarks(cell.choices, inner, look, setting);
  return [...text, ...boxes];
}

/** A text of several lines, or at the top or bottom of its cell, keeps a little air to the rules. */
function textPlace([x, y, width, height]: Place, look: { readonly valign?: string; readonly wrap?: boolean }): Place {
  const air = look.valign === 'top' || look.valign === 'bottom' ? 0.7 : look.wrap === true ? 0.45 : 0;
  return [x, y + air, width, height - 2 * air];
}
