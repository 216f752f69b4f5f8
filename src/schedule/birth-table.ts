import type { Day } from '#kernel';

/** A number of a `BirthTable` that was not worked out yet. */
export const notYet = -2_147_483_648;

/** A population is judged in any order: all birth dates of a century find their place. */
const birthsAtMost = 50_000;
const rowsOfPage = 512;

/**
 * Numbers by birth date, so many for each: what is the same for all who were born on a day is worked out once. Numbers,
 * since objects that live long cost more to keep and collect than they save.
 */
export class BirthTable {
  private readonly rows = new Map<Day, number>();
  private pages: Int32Array[] = [];
  private readonly width: number;

  constructor(width: number) {
    this.width = width;
  }

  /** The number of the row of a birth date. */
  rowOf(bornOn: Day): number {
    const known = this.rows.get(bornOn);
    if (known !== undefined) return known;
    if (this.rows.size >= birthsAtMost) {
      this.rows.clear();
      this.pages = [];
    }
    const row = this.rows.size;
    this.rows.set(bornOn, row);
    return row;
  }

  /** The page that holds a row. */
  pageOf(row: number): Int32Array {
    const number = Math.floor(row / rowsOfPage);
    return (this.pages[number] ??= new Int32Array(rowsOfPage * this.width).fill(notYet));
  }

  /** Where on its page a row begins. */
  placeOf(row: number): number {
    return (row % rowsOfPage) * this.width;
  }
}
