import {
  codeInSentence,
  type Day,
  type Finding,
  findIsoDay,
  finding,
  formatIsoDay,
  type LgCode,
  type Sex,
} from '#kernel';
import type { MappedVaccine } from '#ledger/products';
import type { Outcome, RecordItems, VaccinationClass } from '#ledger/vaccinations';
import type { ArrivedRow, RowFact } from './types.ts';

/** What the form of a row is held against. */
export interface FormKnowledge {
  readonly lgCode: LgCode;
  readonly asOf: Day;
  readonly mapVaccine: (code: string, doseNumber: number | null, on: Day) => MappedVaccine | undefined;
  /** The name of the municipality of the mutual agreement (相互乗入) with a code on a day; undefined for none. */
  readonly partnerName: (lgCode: string, on: Day) => string | undefined;
  readonly decideInstitution: (code: string | null, on: Day, programme: string) => readonly Finding[];
  readonly decideClaim: (row: ArrivedRow['fields'], fact: RowFact) => readonly Finding[];
  readonly decideLot: (product: string, lotNumber: string | null, on: Day) => readonly Finding[];
  readonly decideVolume: (fact: RowFact) => readonly Finding[];
  readonly decideNames: (
    items: RecordItems,
    on: Day,
  ) => {
    readonly filled: Readonly<Record<string, string>>;
    readonly findings: readonly Finding[];
  };
  readonly pickItems: (fields: ArrivedRow['fields']) => RecordItems;
  readonly decideItems: (items: RecordItems) => readonly Finding[];
}

/** A row read for itself alone; without a fact it cannot be read or cannot have happened. */
export interface RowForm {
  readonly fact: RowFact | null;
  readonly findings: readonly Finding[];
}

/** Codes that say of an empty value that it is missing. */
const missing = new Set(['vaccinatedOnMissing', 'vaccineCodeMissing', 'outcomeMissing']);
const feverDegrees = 37.5;
const outcomes: readonly Outcome[] = ['administered', 'screeningOnly', 'notConsented'];
const classes: readonly VaccinationClass[] = ['routine', 'voluntary', 'temporary'];

/** Reads a row for itself: what cannot be read or cannot have happened, and form faults that a person must see. */
export function decideRowForm(row: ArrivedRow, known: FormKnowledge): RowForm {
  const items = known.pickItems(row.fields);
  const isUnreadable = row.readFindings.some((each) => each.severity === 'refuse');
  const findings: Finding[] = [...row.readFindings, ...known.decideItems(items)];
  const read = (field: string): string | null => {
    const value = row.fields[field] ?? null;
    return value === '' ? null : value;
  };
  findings.push(...decideMunicipality(read('lgCode'), known.lgCode, row.readFindings));
  const day = readDay(read('vaccinatedOn'), known.asOf);
  findings.push(...decideForPartner(read('lgCode'), day.value, known));
  const dose = readDoseNumber(read('doseNumber'));
  const vaccine = readVaccine(read('vaccineCode'), dose.value, day.value, known);
  const outcome = readOutcome(read('outcome'));
  for (const reading of [day, dose, vaccine, outcome]) {
    // A value that the layout could not read is empty here and already refused.
    findings.push(...reading.findings.filter((each) => !(isUnreadable && missing.has(each.code))));
  }
  const isRefused = findings.some((each) => each.severity === 'refuse');
  if (isRefused || day.value === null || vaccine.value === null || outcome.value === null) {
    return { fact: null, findings };
  }
  const names = known.decideNames(items, day.value);
  const fact: RowFact = {
    addresseeNumber: read('addresseeNumber'),
    kana: read('kana'),
    bornOn: findIsoDay(read('birthDate') ?? '') ?? null,
    sex: readSex(read('sex')),
    vaccinatedOn: day.value,
    outcome: outcome.value,
    vaccinationClass: classes.find((each) => each === row.fields['vaccinationClass']) ?? 'routine',
    vaccineCode: read('vaccineCode') ?? '',
    vaccine: vaccine.value,
    doseNumber: dose.value,
    items,
    filled: names.filled,
  };
  const { programme } = fact.vaccine;
  findings.push(...decideGivenDose(fact), ...names.findings);
  const givenIn = read('givenInLgCode');
  if (givenIn === null || givenIn === known.lgCode) {
    const institution = read('institutionCode');
    // A 集団接種 at a hall is under no institution's contract: the place is told by its venue, or of a 臨時接種 by its words.
    const venue = read('venueCode') ?? (fact.vaccinationClass === 'temporary' ? read('venueOther') : null);
    const isAtVenue = institution === null && venue !== null;
    if (!isAtVenue) findings.push(...known.decideInstitution(institution, fact.vaccinatedOn, programme));
    findings.push(...known.decideClaim(row.fields, fact));
  } else findings.push(...decideGivenElsewhere(givenIn, fact.vaccinatedOn, known));
  if (fact.outcome === 'administered') {
    findings.push(...known.decideLot(fact.vaccine.product, read('lotNumber'), fact.vaccinatedOn));
    findings.push(...known.decideVolume(fact));
  }
  return { fact, findings };
}

interface Reading<T> {
  readonly value: T | null;
  readonly findings: readonly Finding[];
}

/** A layout that knows the column as the municipality's code has refused the row already. */
function decideMunicipality(code: string | null, lgCode: LgCode, read: readonly Finding[]): Finding[] {
  if (code === null || code === lgCode || read.some((each) => each.code === 'feedOtherMunicipality')) return [];
  return [finding('otherMunicipality', 'refuse', 'lgCode', { code: codeInSentence(code) })];
}

/** A resident of a partner: the row is not ours to enter, and goes to the partner with the next exchange. */
function decideForPartner(code: string | null, on: Day | null, known: FormKnowledge): Finding[] {
  if (code === null || code === known.lgCode) return [];
  const name = known.partnerName(code, on ?? known.asOf);
  return name === undefined ? [] : [finding('forMutualAgreement', 'note', 'lgCode', { name })];
}

/** Given by an institution of another municipality: its contract and claim are that municipality's. */
function decideGivenElsewhere(code: string, on: Day, known: FormKnowledge): Finding[] {
  const name = known.partnerName(code, on);
  if (name !== undefined) return [finding('givenUnderMutualAgreement', 'note', 'givenInLgCode', { name })];
  return [finding('givenElsewhereWithoutAgreement', 'question', 'givenInLgCode', { code: codeInSentence(code) })];
}

function readDay(text: string | null, asOf: Day): Reading<Day> {
  const field = 'vaccinatedOn';
  if (text === null) return { value: null, findings: [finding('vaccinatedOnMissing', 'refuse', field)] };
  const day = findIsoDay(text);
  if (day === undefined) {
    return { value: null, findings: [finding('vaccinatedOnUnreadable', 'refuse', field)] };
  }
  if (day <= asOf) return { value: day, findings: [] };
  const params = { on: text, asOf: formatIsoDay(asOf) };
  return { value: day, findings: [finding('vaccinatedInFuture', 'refuse', field, params)] };
}

function readDoseNumber(text: string | null): Reading<number> {
  if (text === null) return { value: null, findings: [] };
  if (/^\d{1,2}$/u.test(text)) return { value: Number(text), findings: [] };
  return {
    value: null,
    findings: [finding('doseNumberUnreadable', 'refuse', 'doseNumber', { value: codeInSentence(text) })],
  };
}

function readVaccine(
  code: string | null,
  doseNumber: number | null,
  on: Day | null,
  known: FormKnowledge,
): Reading<MappedVaccine> {
  const field = 'vaccineCode';
  if (code === null) return { value: null, findings: [finding('vaccineCodeMissing', 'refuse', field)] };
  const vaccine = known.mapVaccine(code, doseNumber, on ?? known.asOf);
  if (vaccine === undefined) {
    return { value: null, findings: [finding('vaccineCodeUnknown', 'refuse', field, { code: codeInSentence(code) })] };
  }
  return { value: vaccine, findings: [] };
}

function readOutcome(text: string | null): Reading<Outcome> {
  if (text === null) return { value: null, findings: [finding('outcomeMissing', 'refuse', 'outcome')] };
  const value = outcomes.find((each) => each === text);
  if (value !== undefined) return { value, findings: [] };
  return { value: null, findings: [finding('outcomeUnknown', 'refuse', 'outcome', { value: codeInSentence(text) })] };
}

/** Sex as a row tells it; null where it does not say. */
export function readSex(text: string | null): Sex | null {
  return text === 'male' || text === 'female' ? text : null;
}

/** Faults that only matter where a dose was given; a 予診のみ has no product. */
function decideGivenDose(fact: RowFact): Finding[] {
  if (fact.outcome !== 'administered') return [];
  const findings: Finding[] = [];
  const { items, vaccine } = fact;
  const { consent, bodyTemperature } = items;
  if ((items.lotNumber ?? '') === '') findings.push(finding('lotMissing', 'question', 'lotNumber'));
  if (!vaccine.isInForce) {
    findings.push(finding('vaccineNotInForce', 'question', 'vaccineCode', { name: vaccine.name }));
  }
  if (fact.doseNumber === null) findings.push(finding('doseNumberMissing', 'note', 'doseNumber'));
  if (!vaccine.isInSeries) {
    const params = { name: vaccine.name, doseNumber: fact.doseNumber ?? '' };
    findings.push(finding('doseNumberOutOfSeries', 'question', 'doseNumber', params));
  }
  if (consent === 'notGiven')
    findings.push(finding('consentMissing', 'question', 'consent', {}, '予防接種実施規則第5条の2'));
  if (bodyTemperature !== undefined && bodyTemperature !== null && Number(bodyTemperature) >= feverDegrees) {
    const params = { temperature: bodyTemperature };
    findings.push(finding('feverOnDay', 'question', 'bodyTemperature', params, '予防接種法施行規則第2条'));
  }
  if ((items.administeringPhysician ?? items.administeringPhysicianCode ?? '') === '') {
    findings.push(finding('physicianMissing', 'note', 'administeringPhysician'));
  }
  return findings;
}
