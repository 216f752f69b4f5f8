import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCsvTable } from '#formats';
import { addDays, type Day, parseIsoDay, type Sex } from '#kernel';
import type { DoseKind, Fact, GivenDose } from '#schedule';

/** The person of a case: a birth date, a sex, facts, and the doses given before the day asked about. */
export interface CasePerson {
  readonly bornOn: Day;
  readonly sex: Sex;
  readonly facts: readonly Fact[];
  readonly given: readonly GivenDose[];
}

/** What a case says of one day; `text` is the cell, empty where the case says nothing of that day. */
export interface Expectation {
  readonly on: Day;
  readonly text: string;
}

/** A dose on the day before a boundary, on it and on the day after, with the answers the law gives. */
export interface DoseCase {
  readonly name: string;
  readonly rows: readonly string[];
  readonly person: CasePerson;
  readonly programme: string;
  readonly product: string;
  readonly kind: DoseKind;
  /** The day on which the case is judged; null for the day after the boundary. */
  readonly asOf: Day | null;
  readonly expected: readonly Expectation[];
}

/** Where a stage stands on the day before a boundary, on it and on the day after, and its days on that day. */
export interface ForecastCase {
  readonly name: string;
  readonly rows: readonly string[];
  readonly person: CasePerson;
  readonly programme: string;
  readonly stage: string;
  readonly expected: readonly Expectation[];
  readonly asOf: Day;
  /** Cells of the day itself; empty where the case says nothing. */
  readonly eligible: string;
  readonly standard: string;
  readonly needed: string;
  readonly next: string;
}

type Values = Readonly<Record<string, string>>;

/** The cases of every `*.doses.csv` of a folder. */
export function readDoseCases(folder: string = import.meta.dirname): readonly DoseCase[] {
  return readTables(folder, '.doses.csv').map(({ name, values }) => ({
    name,
    ...shared(values),
    ...productOf(need(values, 'product')),
    asOf: values['asOf'] === undefined || values['asOf'] === '' ? null : parseIsoDay(values['asOf']),
    expected: around(values, 'on'),
  }));
}

/** The cases of every `*.forecasts.csv` of a folder. */
export function readForecastCases(folder: string = import.meta.dirname): readonly ForecastCase[] {
  return readTables(folder, '.forecasts.csv').map(({ name, values }) => ({
    name,
    ...shared(values),
    stage: need(values, 'stage'),
    expected: around(values, 'asOf'),
    asOf: parseIsoDay(need(values, 'asOf')),
    eligible: values['eligible'] ?? '',
    standard: values['standard'] ?? '',
    needed: values['needed'] ?? '',
    next: values['next'] ?? '',
  }));
}

function readTables(folder: string, ending: string): readonly { readonly name: string; readonly values: Values }[] {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .sort();
  return files.flatMap((file) =>
    parseCsvTable(readFileSync(join(folder, file), 'utf8')).map(({ line, values }) => {
      if (need(values, 'because') === '') throw new Error(`${file}:${line} does not say how it was worked out`);
      return { name: `${file}:${line}`, values };
    }),
  );
}

function shared(values: Values): Pick<DoseCase, 'rows' | 'person' | 'programme'> {
  const bornOn = parseIsoDay(need(values, 'born'));
  return {
    rows: need(values, 'rows')
      .split(' ')
      .filter((row) => row !== ''),
    programme: need(values, 'programme'),
    person: {
      bornOn,
      sex: need(values, 'sex') as Sex,
      facts: parts(need(values, 'facts')).map(factOf),
      given: parts(need(values, 'given')).map(givenOf),
    },
  };
}

function around(values: Values, column: string): readonly Expectation[] {
  const day = parseIsoDay(need(values, column));
  return [
    { on: addDays(day, -1), text: need(values, 'before') },
    { on: day, text: need(values, 'that') },
    { on: addDays(day, 1), text: need(values, 'after') },
  ].filter(({ text }) => text !== '');
}

function parts(text: string): readonly string[] {
  return text
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** `hepb 2026-07-15`, `voluntary mumps 2026-07-15`. */
function givenOf(text: string): GivenDose {
  const words = text.split(' ');
  const on = parseIsoDay(words.pop() ?? '');
  return { ...productOf(words.join(' ')), on };
}

function productOf(text: string): { readonly product: string; readonly kind: DoseKind } {
  const [first = '', second] = text.split(' ');
  return second === undefined ? { product: first, kind: 'routine' } : { product: second, kind: first as DoseKind };
}

/** `hadDisease varicella 2026-09-01`, `longTermIllness 2024-01-01 2025-03-31`, `hbigAtBirth` … in the contract's order. */
function factOf(text: string): Fact {
  const [kind = '', ...terms] = text.split(' ');
  const names = fieldsOfFacts[kind];
  if (names === undefined || names.length !== terms.length) throw new Error(`no fact: ${text}`);
  const fields = names.map((name, i): [string, unknown] => {
    const term = terms[i] ?? '';
    if (term === 'null') return [name, null];
    return [name, ['on', 'dueOn', 'from', 'to'].includes(name) ? parseIsoDay(term) : term];
  });
  return { kind, ...Object.fromEntries(fields) } as Fact;
}

const fieldsOfFacts: Readonly<Record<string, readonly string[]>> = {
  hadDisease: ['disease', 'on'],
  pregnancy: ['dueOn'],
  longTermIllness: ['from', 'to'],
  exceptionGranted: ['programme', 'from', 'to'],
  hbigAtBirth: [],
  categoryBEligible60to64: ['reason'],
  antibodyTest: ['disease', 'on', 'result'],
  supplyShortage: ['programme'],
  doctorJudgedNecessary: ['programme', 'on'],
  startedProgramme: ['programme', 'on'],
};

function need(values: Values, column: string): string {
  const value = values[column];
  if (value === undefined) throw new Error(`column ${column} is missing`);
  return value.trim();
}
