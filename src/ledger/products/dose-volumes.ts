import { parseCsvTable } from '#formats';
import { ageInYears, type Day, type Finding, findIsoDay, finding } from '#kernel';

/** How much of a product is given at once, at an age and on a day (`rules/dose-volumes.csv`). */
interface DoseVolume {
  readonly product: string;
  /** Null: at every stage. */
  readonly stage: string | null;
  /** Full years, inclusive; null: from birth. */
  readonly ageFrom: number | null;
  /** Full years, exclusive; null: no limit. */
  readonly ageBelow: number | null;
  readonly volumeMl: number;
  readonly from: Day | null;
  readonly to: Day | null;
  readonly basis: string;
}

/** What was given, as a record tells it. */
interface GivenVolume {
  readonly product: string;
  readonly stage: string | null;
  readonly on: Day;
  /** Null where it is not known: rows that ask the age say nothing then. */
  readonly bornOn: Day | null;
  /** Millilitres as written; null where none were. */
  readonly told: string | null;
}

/** The table, by product: every arriving row asks it. */
type DoseVolumes = ReadonlyMap<string, readonly DoseVolume[]>;

/** Reads the table; throws with the line of the fault. */
export function parseDoseVolumes(text: string): DoseVolumes {
  const rows = parseCsvTable(text).map(({ line, values }): DoseVolume => {
    const cell = (name: string): string | null => values[name]?.trim() || null;
    const product = cell('product');
    const basis = cell('basis');
    const volumeMl = Number(cell('volume_ml') ?? Number.NaN);
    if (product === null || basis === null || !(volumeMl > 0)) {
      throw new Error(`line ${line}: product, volume_ml and basis must be there`);
    }
    return {
      product,
      stage: cell('stage'),
      ageFrom: years(cell('age_from'), line),
      ageBelow: years(cell('age_below'), line),
      volumeMl,
      from: day(cell('vaccinated_from'), line),
      to: day(cell('vaccinated_to'), line),
      basis,
    };
  });
  return Map.groupBy(rows, ({ product }) => product);
}

/**
 * Holds a told volume against the table: where rows speak of the product, stage, day and age, and none names that
 * volume, it differs. Nothing is said of a volume that was not told, nor of a product that no row speaks of. The law
 * counts a year of age from the day before the birthday, so on that day and the birthday either volume is right.
 */
export function decideDoseVolume(table: DoseVolumes, given: GivenVolume, severity: 'note' | 'question'): Finding[] {
  const told = Number(given.told ?? Number.NaN);
  if (given.told === null || Number.isNaN(told)) return [];
  const rows = (table.get(given.product) ?? []).filter((row) => speaksOf(row, given));
  const [first] = rows;
  if (first === undefined || rows.some((row) => row.volumeMl === told)) return [];
  const params = { told: given.told, expected: String(first.volumeMl) };
  return [finding('doseVolumeDiffers', severity, 'doseVolumeMl', params, first.basis)];
}

function speaksOf(row: DoseVolume, { stage, on, bornOn }: GivenVolume): boolean {
  if (row.stage !== null && row.stage !== stage) return false;
  if ((row.from !== null && on < row.from) || (row.to !== null && on > row.to)) return false;
  if (row.ageFrom === null && row.ageBelow === null) return true;
  if (bornOn === null || on < bornOn) return false;
  const age = ageInYears(bornOn, on);
  const ageYesterday = on === bornOn ? age : ageInYears(bornOn, (on - 1) as Day);
  return isWithin(row, age) || isWithin(row, ageYesterday);
}

function isWithin({ ageFrom, ageBelow }: DoseVolume, age: number): boolean {
  return age >= (ageFrom ?? 0) && age < (ageBelow ?? Number.POSITIVE_INFINITY);
}

function years(text: string | null, line: number): number | null {
  if (text === null) return null;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Error(`line ${line}: ages are full years`);
  return value;
}

function day(text: string | null, line: number): Day | null {
  if (text === null) return null;
  const value = findIsoDay(text);
  if (value === undefined) throw new Error(`line ${line}: a day is none of the calendar`);
  return value;
}
