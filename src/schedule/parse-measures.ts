import { findDay } from '#kernel';
import { findInterval } from './interval-expression.ts';
import { keep } from './parse-programmes.ts';
import { cell, failRow, oneOf, period, type RuleRow, readTable, required, words } from './read-table.ts';
import { checkNoOverlap, dayOf, programmeOf, type RuleDrafts, stagePlaces, traceOf } from './rule-drafts.ts';
import type { CrossRule, ExceptionRule, PregnancyRule, Product, ProductSelector, Season } from './rule-set.ts';

type Files = ReadonlyMap<string, string>;

const span = ['vaccinated_from', 'vaccinated_to'] as const;

/** Reads `seasons.csv` (or a municipality's own): from which month and day to which a season runs. */
export function parseSeasons(files: Files, drafts: RuleDrafts): ReadonlyMap<string, Season[]> {
  const seasons = new Map<string, Season[]>();
  const table = keep(drafts, readTable(files, 'seasons.csv', ['id', 'programme', ...span, 'opens', 'closes']));
  const keys = table.rows.map((row) => {
    const draft = programmeOf(drafts, row);
    const inForce = period(row, ...span);
    const [opensMonth, opensDay] = monthAndDay(row, 'opens');
    const [closesMonth, closesDay] = monthAndDay(row, 'closes');
    const trace = traceOf(drafts, row, required(row, 'id'));
    const list = seasons.get(draft.programme) ?? [];
    list.push({ trace, inForce, opensMonth, opensDay, closesMonth, closesDay });
    seasons.set(draft.programme, list);
    return { row, key: draft.programme, inForce };
  });
  checkNoOverlap(keys);
  for (const draft of drafts.programmes.values()) {
    const isSeasonal = cell(draft.row, 'recurs') === 'season';
    if (isSeasonal && !seasons.has(draft.programme)) failRow(draft.row, 'seasons.csv に接種期間がありません。');
  }
  return seasons;
}

/** Reads `pregnancies.csv`: how far apart the expected days of delivery of two pregnancies lie. */
export function parsePregnancies(files: Files, drafts: RuleDrafts): ReadonlyMap<string, PregnancyRule[]> {
  const pregnancies = new Map<string, PregnancyRule[]>();
  const table = keep(drafts, readTable(files, 'pregnancies.csv', ['id', 'programme', ...span, 'days_apart']));
  const keys = table.rows.map((row) => {
    const draft = programmeOf(drafts, row);
    if (cell(draft.row, 'recurs') !== 'pregnancy') failRow(row, `${draft.programme} は妊娠ごとの事業ではありません。`);
    const inForce = period(row, ...span);
    const daysApart = Number(required(row, 'days_apart'));
    if (!Number.isInteger(daysApart) || daysApart < 1) failRow(row, 'days_apart は 1 以上の整数です。');
    const list = pregnancies.get(draft.programme) ?? [];
    list.push({ trace: traceOf(drafts, row, required(row, 'id')), inForce, daysApart });
    pregnancies.set(draft.programme, list);
    return { row, key: draft.programme, inForce };
  });
  checkNoOverlap(keys);
  for (const { row, programme } of drafts.programmes.values()) {
    const isOfPregnancy = cell(row, 'recurs') === 'pregnancy';
    if (isOfPregnancy && !pregnancies.has(programme)) failRow(row, 'pregnancies.csv に行がありません。');
  }
  return pregnancies;
}

/** Reads `exceptions.csv`: until when a long-term illness lets a municipality grant a stage. */
export function parseExceptions(files: Files, drafts: RuleDrafts): ReadonlyMap<string, ExceptionRule[]> {
  const exceptions = new Map<string, ExceptionRule[]>();
  const table = keep(
    drafts,
    readTable(files, 'exceptions.csv', ['id', 'programme', 'stages', ...span, 'years', 'cap']),
  );
  for (const row of table.rows) {
    const draft = programmeOf(drafts, row);
    const years = Number(required(row, 'years'));
    if (!Number.isInteger(years) || years < 1) failRow(row, 'years は 1 以上の整数です。');
    const list = exceptions.get(draft.programme) ?? [];
    list.push({
      trace: traceOf(drafts, row, required(row, 'id')),
      stages: stagePlaces(draft, row, 'stages'),
      inForce: period(row, ...span),
      years,
      cap: dayOf(drafts, row, 'cap'),
    });
    exceptions.set(draft.programme, list);
  }
  return exceptions;
}

/** Reads `cross-vaccine.csv`: intervals between different vaccines. */
export function parseCrossRules(files: Files, drafts: RuleDrafts): CrossRule[] {
  const columns = ['id', 'previous', 'later', 'scope', ...span, 'minimum', 'if_short'];
  const table = keep(drafts, readTable(files, 'cross-vaccine.csv', columns));
  return table.rows.map((row) => {
    const text = required(row, 'minimum');
    const minimum = findInterval(text) ?? failRow(row, `minimum の「${text}」は間隔の書き方ではありません。`);
    return {
      trace: traceOf(drafts, row, required(row, 'id')),
      previous: selectorOf(drafts, row, 'previous'),
      later: selectorOf(drafts, row, 'later'),
      isOtherProgrammesOnly: oneOf(row, 'scope', ['any', 'otherProgramme']) === 'otherProgramme',
      inForce: period(row, ...span),
      minimum,
      daysAtMost: minimum.unit === 'clearDays' ? minimum.amount + 1 : (minimum.amount + 1) * 31,
      countsIfShort: oneOf(row, 'if_short', ['counts', 'doesNotCount']) === 'counts',
    };
  });
}

/** `form:liveInjectable form:liveOral`, `product:x`, `any`, `any except:y`: which products a rule speaks of. */
function selectorOf(drafts: RuleDrafts, row: RuleRow, column: string): ProductSelector {
  const forms = new Set<string>();
  const products = new Set<string>();
  const exceptions = new Set<string>();
  let isAny = false;
  for (const word of words(row, column)) {
    const [kind = '', name = ''] = word.split(':');
    const target = { form: forms, product: products, except: exceptions }[kind];
    if (word === 'any') isAny = true;
    else if (target === undefined || name === '') failRow(row, `列 ${column} の「${word}」は読めません。`);
    else target.add(name);
  }
  for (const name of [...products, ...exceptions]) {
    if (!drafts.products.has(name)) failRow(row, `products.csv に「${name}」がありません。`);
  }
  const has = (product: Product): boolean =>
    (isAny || forms.has(product.form) || products.has(product.product)) && !exceptions.has(product.product);
  return { has };
}

function monthAndDay(row: RuleRow, column: string): [month: number, day: number] {
  const text = required(row, column);
  const match = /^(\d{2})-(\d{2})$/u.exec(text);
  const month = Number(match?.[1]);
  const day = Number(match?.[2]);
  if (findDay(2001, month, day) === undefined) failRow(row, `列 ${column} の「${text}」は MM-DD の日ではありません。`);
  return [month, day];
}
