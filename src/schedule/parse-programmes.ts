import { cell, failRow, oneOf, period, type RuleTable, readTable, required } from './read-table.ts';
import {
  checkNoOverlap,
  type ProductDraft,
  type ProgrammeDraft,
  programmeOf,
  type RuleDrafts,
  traceOf,
} from './rule-drafts.ts';

type Files = ReadonlyMap<string, string>;

/** Reads `diseases.csv`: the diseases that vaccines, past illness and antibody tests speak of. */
export function parseDiseases(files: Files, drafts: RuleDrafts): void {
  const table = keep(drafts, readTable(files, 'diseases.csv', ['disease', 'name']));
  table.rows.forEach((row, place) => {
    const disease = required(row, 'disease');
    traceOf(drafts, row, disease);
    required(row, 'name');
    drafts.diseases.set(disease, 1 << place);
  });
  if (drafts.diseases.size > 30) throw new RangeError('more than 30 diseases: widen the bit sets');
}

/** Reads `programmes.csv`: one row per stage, in the order of the contract. */
export function parseProgrammes(files: Files, drafts: RuleDrafts): void {
  const columns = ['programme', 'stage', 'programme_name', 'stage_name', 'category', 'counted_by', 'diseases'];
  const table = keep(drafts, readTable(files, 'programmes.csv', [...columns, 'follows', 'recurs']));
  for (const row of table.rows) {
    const programme = required(row, 'programme');
    const stage = required(row, 'stage');
    traceOf(drafts, row, `${programme}/${stage}`);
    required(row, 'programme_name');
    required(row, 'stage_name');
    oneOf(row, 'category', ['A', 'B']);
    oneOf(row, 'counted_by', ['dose', 'disease']);
    oneOf(row, 'recurs', ['once', 'season', 'pregnancy']);
    const known = drafts.programmes.get(programme);
    const draft: ProgrammeDraft = known ?? { row, programme, stages: [], productBits: new Map() };
    for (const column of ['programme_name', 'category', 'counted_by', 'recurs']) {
      if (cell(row, column) === cell(draft.row, column)) continue;
      failRow(row, `列 ${column} は ${programme} のどの期でも同じにしてください(${draft.row.line}行目と違います)。`);
    }
    const follows = cell(row, 'follows');
    if (follows !== '' && !draft.stages.some((each) => each.stage === follows)) {
      failRow(row, `follows の「${follows}」は同じ programme の前の行にありません。`);
    }
    draft.stages.push({ row, stage, windows: [], exclusions: [], standards: [] });
    drafts.programmes.set(programme, draft);
  }
}

/** Reads `products.csv`: every product id that may be asked about. */
export function parseProducts(files: Files, drafts: RuleDrafts): void {
  const table = keep(drafts, readTable(files, 'products.csv', ['product', 'name', 'form', 'diseases']));
  table.rows.forEach((row, order) => {
    const product = required(row, 'product');
    traceOf(drafts, row, product);
    required(row, 'name');
    oneOf(row, 'form', ['liveInjectable', 'liveOral', 'inactivated']);
    drafts.products.set(product, { row, product, order, uses: [] });
  });
}

/** Reads `programme-products.csv`: which product counts for which programme, from its first routine day. */
export function parseProgrammeProducts(files: Files, drafts: RuleDrafts): void {
  const columns = ['programme', 'product', 'role', 'vaccinated_from', 'vaccinated_to'];
  const table = keep(drafts, readTable(files, 'programme-products.csv', columns));
  const keys = table.rows.map((row) => {
    const draft = programmeOf(drafts, row);
    const product = productOf(drafts, row);
    const trace = traceOf(drafts, row, `${draft.programme}/${product.product}`);
    const bit = draft.productBits.get(product.product) ?? 1 << draft.productBits.size;
    draft.productBits.set(product.product, bit);
    const isOwn = oneOf(row, 'role', ['own', 'also']) === 'own';
    const inUse = period(row, 'vaccinated_from', 'vaccinated_to');
    if (isOwn && product.uses.some((use) => use.isOwn)) failRow(row, '一つの製品の own は一行だけです。');
    product.uses.push({ draft, isOwn, bit, inUse, trace });
    product.uses.sort((a, b) => Number(b.isOwn) - Number(a.isOwn));
    return { row, key: `${draft.programme} ${product.product}`, inForce: inUse };
  });
  checkNoOverlap(keys);
}

/** Keeps a table for the page that shows the rules. */
export function keep(drafts: RuleDrafts, table: RuleTable): RuleTable {
  drafts.tables.push(table);
  return table;
}

function productOf(drafts: RuleDrafts, row: Parameters<typeof required>[0]): ProductDraft {
  const name = required(row, 'product');
  return drafts.products.get(name) ?? failRow(row, `products.csv に「${name}」がありません。`);
}
