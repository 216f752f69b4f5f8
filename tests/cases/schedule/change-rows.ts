import { parseCsvTable } from '#formats';
import { addDays, findIsoDay, formatIsoDay } from '#kernel';

/** One cell of one row of `rules/` put a step beside what it says: a day, a month, a word less. */
export interface ChangedRow {
  /** `windows:rv1`, as cases name rows. */
  readonly row: string;
  readonly column: string;
  /** What stands there instead. */
  readonly cell: string;
  /** The whole table with that one change. */
  readonly file: string;
  readonly text: string;
}

type Cells = Readonly<Record<string, string>>;

/** Every change that a case must notice, over all tables. */
export function changesOf(files: ReadonlyMap<string, string>): readonly ChangedRow[] {
  return [...files].flatMap(([file, text]) => {
    const columns = steps[file.replace(/\.csv$/u, '')];
    if (columns === undefined) return [];
    const rows = parseCsvTable(text).map(({ values }) => values);
    return rows.flatMap((cells, place) =>
      Object.entries(columns).flatMap(([column, step]) =>
        step(cells[column] ?? '').map((cell) => ({
          row: `${file.replace(/\.csv$/u, '')}:${nameOf(file, cells)}`,
          column,
          cell,
          file,
          text: tableText(rows.map((each, i) => (i === place ? { ...each, ...together(cells, column, cell) } : each))),
        })),
      ),
    );
  });
}

/** A fixed day that also bounds the days in force is one boundary in two cells: both move. */
function together(cells: Cells, column: string, cell: string): Cells {
  const twin = { opens: 'vaccinated_from', closes: 'vaccinated_to', vaccinated_from: 'opens', vaccinated_to: 'closes' }[
    column
  ];
  const isOne = twin !== undefined && cells[column] !== '' && cells[twin] === cells[column];
  return isOne ? { [column]: cell, [twin]: cell } : { [column]: cell };
}

/** The name of a row as traces and cases say it. */
export function nameOf(file: string, cells: Cells): string {
  const second = { 'branches.csv': 'branch', 'programme-products.csv': 'product', 'programmes.csv': 'stage' }[file];
  if (second !== undefined) return `${cells['programme']}/${cells[second]}`;
  return cells['id'] ?? cells['product'] ?? cells['programme'] ?? '';
}

const steps: Readonly<Record<string, Readonly<Record<string, (cell: string) => string[]>>>> = {
  windows: {
    vaccinated_from: besideDay,
    vaccinated_to: besideDay,
    opens: besideDay,
    closes: besideDay,
    ages: withoutEach(' '),
    born_from: besideDay,
    born_to: besideDay,
    sex: otherWord({ female: '', male: '' }),
    requires: withoutEach('; '),
    products: orAll,
  },
  doses: {
    vaccinated_from: besideDay,
    vaccinated_to: besideDay,
    minimum: besideInterval,
    standard: besideStandard,
    not_before: besideDay,
    not_after: besideDay,
    omitted_if_previous_after: besideDay,
    requires: withoutEach('; '),
    after: otherWord({ complete: 'cut', cut: 'complete' }),
    if_short: (cell) => (cell.startsWith('branch:') ? ['counts', 'doesNotCount'] : []),
    offered: orAll,
    products: orAll,
  },
  branches: {
    begins_with: orAll,
    first_from: besideDay,
    first_to: besideDay,
    born_from: besideDay,
    born_to: besideDay,
    vaccinated_from: besideDay,
    vaccinated_to: besideDay,
  },
  'standard-windows': {
    opens: besideDay,
    closes: besideDay,
    vaccinated_from: besideDay,
    vaccinated_to: besideDay,
    dose: orAll,
    branch: orAll,
    products: orAll,
    finding_after: orAll,
  },
  exclusions: {
    excluded_by: () => ['hadDisease(mumps)'],
    from: besideDay,
    to: besideDay,
    products: orAll,
    stages: orAll,
  },
  exceptions: {
    vaccinated_from: besideDay,
    years: (cell) => [String(Number(cell) + 1)],
    cap: besideDay,
    stages: orAll,
  },
  seasons: { opens: besideMonthDay, closes: besideMonthDay },
  pregnancies: { days_apart: beside },
  'cross-vaccine': {
    previous: withoutEach(' '),
    later: withoutEach(' '),
    scope: otherWord({ any: 'otherProgramme', otherProgramme: 'any' }),
    vaccinated_from: besideDay,
    vaccinated_to: besideDay,
    minimum: besideInterval,
    if_short: otherWord({ counts: 'doesNotCount', doesNotCount: 'counts' }),
  },
  'programme-products': { vaccinated_from: besideDay, vaccinated_to: besideDay },
  products: {
    form: otherWord({ inactivated: 'liveInjectable', liveInjectable: 'inactivated', liveOral: 'liveInjectable' }),
  },
  paths: { components: withoutEach(' ') },
  programmes: {
    counted_by: otherWord({ disease: 'dose' }),
    follows: orAll,
    recurs: otherWord({ season: 'once', pregnancy: 'once' }),
  },
};

/** A day a day earlier and a day later, in the words of the cell. */
function besideDay(cell: string): string[] {
  if (cell === '') return [];
  const fixed = findIsoDay(cell);
  if (fixed !== undefined) return [formatIsoDay(addDays(fixed, -1)), formatIsoDay(addDays(fixed, 1))];
  const match = /^(.*?)([+-]\d+)?$/u.exec(cell);
  const [, head = '', tail = '0'] = match ?? [];
  return [-1, 1].map((step) => {
    const days = Number(tail) + step;
    return days === 0 ? head : `${head}${days > 0 ? '+' : ''}${days}`;
  });
}

/** Each interval of a cell one unit shorter and longer, and none at all. */
function besideInterval(cell: string): string[] {
  const words = cell.split(' ').filter((word) => word !== '');
  return words.flatMap((word, place) => beside(word).map((changed) => words.with(place, changed).join(' ')));
}

function besideStandard(cell: string): string[] {
  if (cell === '') return [];
  const ends = cell.split('..');
  return ends.flatMap((end, place) =>
    end === '' ? [] : beside(end).map((changed) => ends.with(place, changed).join('..')),
  );
}

function beside(interval: string): string[] {
  const amount = Number(/^\d+/u.exec(interval)?.[0] ?? '0');
  return [amount - 1, amount + 1].map((each) => interval.replace(/^\d+/u, String(each)));
}

function besideMonthDay(cell: string): string[] {
  const day = findIsoDay(`2025-${cell}`);
  if (day === undefined) throw new Error(`not a month and day: ${cell}`);
  return [-1, 1].map((step) => formatIsoDay(addDays(day, step)).slice(5));
}

/** The cell with each of its words left out. */
function withoutEach(mark: string): (cell: string) => string[] {
  return (cell) => {
    const words = cell.split(mark.trim() === '' ? ' ' : mark).filter((word) => word !== '');
    return words.map((_, place) => words.toSpliced(place, 1).join(mark));
  };
}

function otherWord(others: Readonly<Record<string, string>>): (cell: string) => string[] {
  return (cell) => (others[cell] === undefined ? [] : [others[cell]]);
}

function orAll(cell: string): string[] {
  return cell === '' ? [] : [''];
}

function tableText(rows: readonly Cells[]): string {
  const header = Object.keys(rows[0] ?? {});
  const lines = rows.map((cells) => header.map((name) => `"${(cells[name] ?? '').replaceAll('"', '""')}"`).join(','));
  return [header.join(','), ...lines].join('\n');
}
