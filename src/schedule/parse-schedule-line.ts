import { type Day, findDay, findIsoDay, type Sex } from '#kernel';
import type { RuleSet } from './rule-set.ts';
import type { CategoryBReason, DoseKind, Fact, GivenDose, PersonCase } from './types.ts';

/** A line of `sesshu schedule` that could be read. */
export interface ScheduleLine {
  readonly id: string | number;
  readonly person: PersonCase;
}

/** A line that could not: written out in its place, while the other lines go on. */
export interface ScheduleLineError {
  readonly id: string | number | null;
  readonly line: number;
  readonly error: { readonly code: LineFault; readonly field: string | null; readonly message: string };
}

type LineFault = 'invalidJson' | 'missingField' | 'invalidValue' | 'unknownProduct' | 'unknownFact';
type JsonObject = Readonly<Record<string, unknown>>;

/** Days outside this span are slips of the pen, and the rules could not be worked out for them. */
const firstDayRead = findDay(1868, 1, 25);
const lastDayRead = findDay(2300, 12, 31);

/** Reads one line of NDJSON: a person with facts and doses, or what is wrong with the line. `line` counts from 1. */
export function parseScheduleLine(rules: RuleSet, text: string, line: number): ScheduleLine | ScheduleLineError {
  let id: string | number | null = null;
  try {
    const input = parseObject(text);
    id = typeof input['id'] === 'string' || typeof input['id'] === 'number' ? input['id'] : null;
    if (id === null) return refuse(null, line, readFault(input, 'id', '', '文字列か数'));
    return { id, person: personFrom(rules, input) };
  } catch (error) {
    if (error instanceof Fault) return refuse(id, line, error);
    throw error;
  }
}

class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: LineFault;
  readonly field: string | null;
  constructor(code: LineFault, field: string | null, message: string) {
    super(message);
    this.code = code;
    this.field = field;
  }
}

function refuse(id: string | number | null, line: number, { code, field, message }: Fault): ScheduleLineError {
  return { id, line, error: { code, field, message } };
}

function parseObject(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Fault('invalidJson', null, 'JSON として読めません。1行に1つの JSON を書いてください。');
  }
  if (!isObject(value)) throw new Fault('invalidJson', null, 'JSON のオブジェクト({…})ではありません。');
  return value;
}

function personFrom(rules: RuleSet, input: JsonObject): PersonCase {
  const bornOn = readDay(input, 'bornOn');
  const sex = readWord<Sex>(input, 'sex', ['male', 'female', 'unknown']);
  const asOf = readDay(input, 'asOf');
  const facts = input['facts'] === undefined ? [] : readList(input, 'facts');
  return {
    bornOn,
    sex,
    asOf,
    facts: facts.map((fact, i) => factFrom(rules, fact, `facts[${i}].`)),
    doses: readList(input, 'doses').map((dose, i) => doseFrom(rules, dose, `doses[${i}].`)),
  };
}

function doseFrom(rules: RuleSet, input: JsonObject, at: string): GivenDose {
  const product = readText(input, 'product', at);
  if (!rules.products.has(product)) {
    throw new Fault('unknownProduct', `${at}product`, `製品「${product}」は規則の製品一覧にありません。`);
  }
  const on = readDay(input, 'on', at);
  const kinds = ['routine', 'voluntary', 'temporary'] as const;
  const kind = input['kind'] === undefined ? 'routine' : readWord<DoseKind>(input, 'kind', kinds, at);
  return { product, on, kind };
}

function factFrom(rules: RuleSet, input: JsonObject, at: string): Fact {
  const kind = readText(input, 'kind', at);
  switch (kind) {
    case 'hadDisease':
      return { kind, disease: readDisease(rules, input, at), on: readDay(input, 'on', at) };
    case 'pregnancy':
      return { kind, dueOn: readDay(input, 'dueOn', at) };
    case 'longTermIllness':
      return { kind, ...readPeriod(input, at, readOpenDay) };
    case 'exceptionGranted':
      return { kind, programme: readProgramme(rules, input, at), ...readPeriod(input, at, readDay) };
    case 'hbigAtBirth':
      return { kind };
    case 'categoryBEligible60to64': {
      const reasons = ['heart', 'kidney', 'respiratory', 'hiv'] as const;
      return { kind, reason: readWord<CategoryBReason>(input, 'reason', reasons, at) };
    }
    case 'antibodyTest': {
      const result = readWord(input, 'result', ['sufficient', 'insufficient'] as const, at);
      return { kind, disease: readDisease(rules, input, at), on: readDay(input, 'on', at), result };
    }
    case 'supplyShortage':
      return { kind, programme: readProgramme(rules, input, at) };
    case 'doctorJudgedNecessary':
    case 'startedProgramme':
      return { kind, programme: readProgramme(rules, input, at), on: readDay(input, 'on', at) };
    default:
      throw new Fault('unknownFact', `${at}kind`, `事実の種類「${kind}」は知らない種類です。`);
  }
}

function readPeriod<T extends Day | null>(
  input: JsonObject,
  at: string,
  readEnd: (input: JsonObject, field: string, at: string) => T,
): { from: Day; to: T } {
  const from = readDay(input, 'from', at);
  const to = readEnd(input, 'to', at);
  if (to !== null && to < from) throw new Fault('invalidValue', `${at}to`, 'to が from より前です。');
  return { from, to };
}

function readProgramme(rules: RuleSet, input: JsonObject, at: string): string {
  const programme = readText(input, 'programme', at);
  if (rules.programmes.some((each) => each.programme === programme)) return programme;
  throw new Fault('invalidValue', `${at}programme`, `「${programme}」は規則の事業の一覧にありません。`);
}

function readDisease(rules: RuleSet, input: JsonObject, at: string): string {
  const disease = readText(input, 'disease', at);
  if (rules.diseases.has(disease)) return disease;
  throw new Fault('invalidValue', `${at}disease`, `病気「${disease}」は規則の病気の一覧にありません。`);
}

function readDay(input: JsonObject, field: string, at = ''): Day {
  const text = readText(input, field, at);
  const day = findIsoDay(text);
  if (day === undefined) throw new Fault('invalidValue', at + field, `「${text}」は YYYY-MM-DD の日付ではありません。`);
  if (firstDayRead !== undefined && lastDayRead !== undefined && day >= firstDayRead && day <= lastDayRead) return day;
  throw new Fault('invalidValue', at + field, `「${text}」は扱える日付(1868年から2300年)の外です。`);
}

function readOpenDay(input: JsonObject, field: string, at: string): Day | null {
  return input[field] === null ? null : readDay(input, field, at);
}

function readWord<T extends string>(input: JsonObject, field: string, choices: readonly T[], at = ''): T {
  const text = readText(input, field, at);
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw new Fault('invalidValue', at + field, `「${text}」は ${choices.join('、')} のどれでもありません。`);
}

function readText(input: JsonObject, field: string, at: string): string {
  const value = input[field];
  if (typeof value === 'string') return value;
  throw readFault(input, field, at, '文字列');
}

function readList(input: JsonObject, field: string): readonly JsonObject[] {
  const value = input[field];
  if (!Array.isArray(value)) throw readFault(input, field, '', '配列');
  return value.map((each: unknown, i) => {
    if (isObject(each)) return each;
    throw new Fault('invalidValue', `${field}[${i}]`, `${field}[${i}] がオブジェクト({…})ではありません。`);
  });
}

function readFault(input: JsonObject, field: string, at: string, wanted: string): Fault {
  const isMissing = input[field] === undefined;
  return isMissing
    ? new Fault('missingField', at + field, `項目 ${at}${field} がありません。`)
    : new Fault('invalidValue', at + field, `項目 ${at}${field} は${wanted}で書いてください。`);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
