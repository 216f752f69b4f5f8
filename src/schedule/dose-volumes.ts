import { ageInYears, type Day } from '#kernel';
import { cell, failRow, type Period, period, type RuleRow, readTable, required } from './read-table.ts';

/** How much of a product is given at once, at an age and on a day (`rules/dose-volumes.csv`). */
export interface DoseVolume {
  /** Null: at every stage. */
  readonly stage: string | null;
  /** Full years, inclusive. */
  readonly ageFrom: number;
  /** Full years, exclusive. */
  readonly ageBelow: number;
  readonly volumeMl: number;
  readonly inForce: Period;
  readonly basis: string;
}

/** The table, by product. */
export type DoseVolumes = ReadonlyMap<string, readonly DoseVolume[]>;

/** A dose of which the volume is asked; without a birth date rows that ask the age say nothing. */
export interface VolumeQuestion {
  readonly product: string;
  readonly stage: string | null;
  readonly on: Day;
  readonly bornOn: Day | null;
}

const file = 'dose-volumes.csv';
const columns = ['product', 'stage', 'age_from', 'age_below', 'volume_ml', 'vaccinated_from', 'vaccinated_to'];

/** Reads the table; a set of rules from before there was one says nothing of volumes. */
export function parseDoseVolumes(files: ReadonlyMap<string, string>): DoseVolumes {
  if (!files.has(file)) return new Map();
  const { rows } = readTable(files, file, columns);
  return Map.groupBy(rows.map(volumeOf), ({ product }) => product);
}

/**
 * What is given of a product: the rows of its product, stage, day and age. On the day before
 * a birthday a person is both below and of the new age by the law, so the rows of both speak. None where no row was confirmed.
 */
export function listDoseVolumes(table: DoseVolumes, asked: VolumeQuestion): readonly DoseVolume[] {
  return (table.get(asked.product) ?? []).filter((row) => speaksOf(row, asked));
}

function volumeOf(row: RuleRow): DoseVolume & { readonly product: string } {
  const volumeMl = Number(required(row, 'volume_ml'));
  if (!(volumeMl > 0)) failRow(row, `volume_ml の「${cell(row, 'volume_ml')}」は 0 より大きい数ではありません。`);
  return {
    product: required(row, 'product'),
    stage: cell(row, 'stage') || null,
    ageFrom: years(row, 'age_from') ?? 0,
    ageBelow: years(row, 'age_below') ?? Number.POSITIVE_INFINITY,
    volumeMl,
    inForce: period(row, 'vaccinated_from', 'vaccinated_to'),
    basis: cell(row, 'basis'),
  };
}

function years(row: RuleRow, column: string): number | null {
  const text = cell(row, column);
  if (text === '') return null;
  return /^\d+$/u.test(text) ? Number(text) : failRow(row, `${column} の「${text}」は満年齢の数ではありません。`);
}

function speaksOf(row: DoseVolume, { stage, on, bornOn }: VolumeQuestion): boolean {
  if (row.stage !== null && row.stage !== stage) return false;
  if (on < row.inForce.from || on > row.inForce.to) return false;
  if (row.ageFrom === 0 && row.ageBelow === Number.POSITIVE_INFINITY) return true;
  if (bornOn === null || on < bornOn) return false;
  const age = ageInYears(bornOn, on);
  const ageYesterday = on === bornOn ? age : ageInYears(bornOn, (on - 1) as Day);
  return isWithin(row, age) || isWithin(row, ageYesterday);
}

function isWithin({ ageFrom, ageBelow }: DoseVolume, age: number): boolean {
  return age >= ageFrom && age < ageBelow;
}
