import { DayExpressions } from './day-expression.ts';
import { digestTables } from './digest-tables.ts';
import { parseDoseVolumes } from './dose-volumes.ts';
import { joinPeriods } from './join-periods.ts';
import { parseBranches } from './parse-doses.ts';
import { parseCrossRules, parseExceptions, parsePregnancies, parseSeasons } from './parse-measures.ts';
import { keep, parseDiseases, parseProducts, parseProgrammeProducts, parseProgrammes } from './parse-programmes.ts';
import { parseExclusions, parseStandardWindows, parseWindows } from './parse-windows.ts';
import {
  cell,
  firstDay,
  lastDay,
  type Period,
  type RuleRow,
  type RuleTable,
  readTable,
  required,
  words,
} from './read-table.ts';
import { parseReportableReactions } from './reportable-reactions.ts';
import { diseaseBits, type ProgrammeDraft, programmeOf, type RuleDrafts, stagePlaces, traceOf } from './rule-drafts.ts';
import type {
  Branch,
  CrossRule,
  ExceptionRule,
  Family,
  FamilyMember,
  PregnancyRule,
  Product,
  ProductClass,
  ProductUse,
  Programme,
  Recurrence,
  RuleRowInForce,
  RuleSet,
  Season,
  VaccineForm,
} from './rule-set.ts';

type Files = ReadonlyMap<string, string>;
type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Reads the tables of `rules/` (file name → text) and compiles them for judging. A fault of any row stops the
 * reading and names file and line: a missing citation, an id twice, a reference to nothing, two rows of one key in
 * force on the same day. `seasons` is a municipality's own `seasons.csv`, which then stands for the default one.
 */
export function parseRules(files: Files, settings: { readonly seasons?: string } = {}): RuleSet {
  const all = settings.seasons === undefined ? files : new Map([...files, ['seasons.csv', settings.seasons]]);
  const drafts: RuleDrafts = {
    expressions: new DayExpressions(),
    diseases: new Map(),
    programmes: new Map(),
    products: new Map(),
    ids: new Set(),
    tables: [],
  };
  parseDiseases(all, drafts);
  parseProgrammes(all, drafts);
  parseProducts(all, drafts);
  parseProgrammeProducts(all, drafts);
  const branches = parseBranches(all, drafts);
  parseWindows(all, drafts);
  parseExclusions(all, drafts);
  parseStandardWindows(all, drafts, branches);
  const measures: Measures = {
    seasons: parseSeasons(all, drafts),
    pregnancies: parsePregnancies(all, drafts),
    exceptions: parseExceptions(all, drafts),
  };
  const crossRules = parseCrossRules(all, drafts);
  const reportableReactions = parseReportableReactions(all, drafts);
  const programmes = [...drafts.programmes.values()].map((draft, index) =>
    programmeFrom(drafts, draft, index, branches, measures),
  );
  const products = productsFrom(drafts, programmes, crossRules);
  for (const programme of programmes) {
    programme.productClasses = classesOf(programme, [...products.values()], crossRules);
  }
  assignFamilies(all, drafts, programmes, [...products.values()]);
  const names = [...all.keys()].filter((name) => name !== 'findings.csv' && name.endsWith('.csv')).toSorted();
  const texts = new Map(names.map((name) => [name, all.get(name) ?? '']));
  return {
    version: digestTables(texts),
    texts,
    programmes,
    products,
    diseases: drafts.diseases,
    doseVolumes: parseDoseVolumes(all),
    reportableReactions,
    expressionCount: drafts.expressions.size,
    rows: drafts.tables.flatMap(rowsInForce),
  };
}

/** What is measured in programmes beside their stages and branches, by programme. */
interface Measures {
  readonly seasons: ReadonlyMap<string, Season[]>;
  readonly pregnancies: ReadonlyMap<string, PregnancyRule[]>;
  readonly exceptions: ReadonlyMap<string, ExceptionRule[]>;
}

function programmeFrom(
  drafts: RuleDrafts,
  draft: ProgrammeDraft,
  index: number,
  branches: ReadonlyMap<string, readonly Branch[]>,
  { seasons, pregnancies, exceptions }: Measures,
): Writable<Programme> {
  return {
    programme: draft.programme,
    index,
    name: cell(draft.row, 'programme_name'),
    category: cell(draft.row, 'category') === 'A' ? 'A' : 'B',
    recurs: cell(draft.row, 'recurs') as Recurrence,
    isCountedPerDisease: cell(draft.row, 'counted_by') === 'disease',
    stages: draft.stages.map(({ row, stage, windows, exclusions, standards }, place) => {
      const follows = cell(row, 'follows');
      return {
        stage,
        name: cell(row, 'stage_name'),
        place,
        diseases: diseaseBits(drafts, row, 'diseases'),
        follows: follows === '' ? null : draft.stages.findIndex((each) => each.stage === follows),
        windows,
        exclusions,
        standards,
      };
    }),
    branches: branches.get(draft.programme) ?? [],
    seasons: seasons.get(draft.programme) ?? [],
    pregnancies: pregnancies.get(draft.programme) ?? [],
    exceptions: exceptions.get(draft.programme) ?? [],
    productClasses: [],
    family: null,
  };
}

function productsFrom(
  drafts: RuleDrafts,
  programmes: readonly Programme[],
  crossRules: readonly CrossRule[],
): ReadonlyMap<string, Product> {
  const byId = new Map(programmes.map((programme) => [programme.programme, programme]));
  return new Map(
    [...drafts.products.values()].map(({ row, product, order, uses }) => {
      const compiled: Writable<Product> = {
        product,
        name: cell(row, 'name'),
        form: cell(row, 'form') as VaccineForm,
        diseases: diseaseBits(drafts, row, 'diseases'),
        order,
        uses: uses.flatMap(({ draft, ...use }): ProductUse[] => {
          const programme = byId.get(draft.programme);
          if (programme === undefined) return [];
          return [{ ...use, programme, windowsInForce: windowsInForce(programme, use.bit) }];
        }),
        crossRules: [],
      };
      compiled.crossRules = crossRules.filter((rule) => rule.later.has(compiled));
      return [product, compiled];
    }),
  );
}

function windowsInForce({ stages }: Programme, bit: number): readonly Period[] {
  const windows = stages.flatMap((stage) => stage.windows.filter(({ products }) => (products & bit) !== 0));
  return joinPeriods(windows.map(({ inForce }) => inForce));
}

/** Groups a programme's own products that no row of it tells apart, so that each group is forecast once. */
function classesOf(
  programme: Programme,
  products: readonly Product[],
  crossRules: readonly CrossRule[],
): readonly ProductClass[] {
  const own = products.flatMap((product) =>
    product.uses.filter((use) => use.isOwn && use.programme === programme).map((use) => ({ product, use })),
  );
  const groups = Map.groupBy(
    own,
    ({ product, use }) => `${product.form} ${product.diseases} ${signature(programme, use.bit)}`,
  );
  return [...groups.values()].flatMap((members): ProductClass[] => {
    const [first] = members;
    if (first === undefined) return [];
    return [
      {
        bits: members.reduce((bits, { use }) => bits | use.bit, 0),
        inUse: {
          from: members.reduce((from, { use }) => (use.inUse.from < from ? use.inUse.from : from), lastDay),
          to: members.reduce((to, { use }) => (use.inUse.to > to ? use.inUse.to : to), firstDay),
        },
        representative: first.product,
        crossRules: crossRules.filter((rule) => members.some(({ product }) => rule.later.has(product))),
      },
    ];
  });
}

function signature(programme: Programme, bit: number): string {
  const rows = [
    ...programme.stages.flatMap((stage) => [...stage.windows, ...stage.exclusions, ...stage.standards]),
    ...programme.branches.flatMap((branch) => branch.stages.flat(2)),
  ];
  const named = rows.map((row) => ((row.products & bit) === 0 ? '0' : '1')).join('');
  return (
    named + programme.branches.map((branch) => branch.beginsWith.map((each) => Number(each === bit)).join('')).join('/')
  );
}

/** Reads `paths.csv`: programmes for the same diseases of which a person follows one path. */
function assignFamilies(
  files: Files,
  drafts: RuleDrafts,
  programmes: readonly Writable<Programme>[],
  products: readonly Product[],
): void {
  const table = keep(drafts, readTable(files, 'paths.csv', ['family', 'programme', 'stages', 'components']));
  for (const [name, rows] of Map.groupBy(table.rows, (row) => required(row, 'family'))) {
    const bits = new Map<string, number>();
    for (const component of rows.flatMap((row) => words(row, 'components'))) {
      if (!bits.has(component)) bits.set(component, 1 << bits.size);
    }
    const members = rows.flatMap((row) => memberOf(drafts, programmes, products, row, bits));
    const family: Family = { family: name, components: (1 << bits.size) - 1, members };
    for (const { programme } of members) (programme as Writable<Programme>).family = family;
  }
}

function memberOf(
  drafts: RuleDrafts,
  programmes: readonly Programme[],
  products: readonly Product[],
  row: RuleRow,
  bits: ReadonlyMap<string, number>,
): FamilyMember[] {
  const draft = programmeOf(drafts, row);
  const programme = programmes.find((each) => each.programme === draft.programme);
  if (programme === undefined) return [];
  required(row, 'components');
  return [
    {
      programme,
      products: products.filter(({ uses }) => uses[0]?.programme === programme),
      stages: stagePlaces(draft, row, 'stages'),
      components: words(row, 'components').reduce((sum, component) => sum | (bits.get(component) ?? 0), 0),
      trace: traceOf(drafts, row, draft.programme),
    },
  ];
}

function rowsInForce(table: RuleTable): RuleRowInForce[] {
  return table.rows.map((row) => ({
    table: table.file.replace(/\.csv$/u, ''),
    line: row.line,
    rule: cell(row, 'id') || cell(row, 'programme') || cell(row, 'product') || cell(row, 'disease'),
    inForce: { from: cell(row, 'vaccinated_from') || null, to: cell(row, 'vaccinated_to') || null },
    cells: row.cells,
  }));
}
