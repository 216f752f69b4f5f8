import { type Day, type Decision, decide, type Finding, findIsoDay, finding, type Sex } from '#kernel';
import { findBirthDate } from './birth-date.ts';
import type { ResidentRow } from './types.ts';

type Fields = Readonly<Record<string, string | null>>;

const maxNumberLength = 15;
/** Longer than any name or address; what is longer is a shifted column, and no index would take it. */
const maxItemLength = 300;

/**
 * Reads one row of a resident feed. Refuses a row without number, name or kana, with an impossible birth date or day,
 * or a day of birth or death after `asOf`; keeps everything else as the register says it. (Another municipality's row is
 * the layout's finding.)
 */
export function decideResidentRow(fields: Fields, asOf: Day): Decision<ResidentRow> {
  const findings: Finding[] = [];
  const day = (key: string): Day | null => readDay(fields, key, findings);
  const addresseeNumber = required(fields, 'addresseeNumber', findings);
  if ([...addresseeNumber].length > maxNumberLength) {
    findings.push(finding('addresseeNumberTooLong', 'refuse', 'addresseeNumber', { max: maxNumberLength }));
  }
  const birthText = fields['birthDate'] ?? null;
  const birthDate = findBirthDate(birthText) ?? { bornOn: null, precision: 'unknown' as const };
  if (birthText !== null && birthDate.precision === 'unknown') {
    findings.push(finding('birthDateUnreadable', 'refuse', 'birthDate'));
  }
  const row: ResidentRow = {
    addresseeNumber,
    name: required(fields, 'name', findings),
    kana: required(fields, 'kana', findings),
    birthText,
    birthDate,
    sex: readSex(fields['sex'] ?? null, findings),
    ...readPlace(fields),
    isCancelled: readFlag(fields, 'isCancelled', findings),
    isNonRegistered: readFlag(fields, 'isNonRegistered', findings),
    isForeigner: readFlag(fields, 'isForeigner', findings),
    isProtected: readFlag(fields, 'isProtected', findings),
    becameResidentOn: day('becameResidentOn'),
    ceasedResidentOn: day('ceasedResidentOn'),
    changedOn: day('changedOn'),
    residencyChangedOn: day('residencyChangedOn'),
    diedOn: day('diedOn'),
    ...readNamesBeside(fields),
  };
  addDayFindings(row, asOf, findings);
  addLengthFindings(row, findings);
  return decide(findings, row);
}

/** The day from which the register says so: the later of its two days of change, else the first day it knows. */
export function deriveEffectiveOn(row: ResidentRow, asOf: Day): Day {
  if (row.changedOn !== null && row.residencyChangedOn !== null) {
    return row.changedOn > row.residencyChangedOn ? row.changedOn : row.residencyChangedOn;
  }
  return row.changedOn ?? row.residencyChangedOn ?? row.becameResidentOn ?? asOf;
}

function readPlace(fields: Fields) {
  const text = (key: string): string | null => fields[key] ?? null;
  return {
    machiazaId: text('machiazaId'),
    block: text('block'),
    branch: text('branch'),
    subBranch: text('subBranch'),
    address: text('address'),
    building: text('building'),
    phone: text('phone'),
    householdNumber: text('householdNumber'),
    postalCode: text('postalCode'),
    relation: text('relation'),
    previousAddress: text('previousAddress'),
    previousBuilding: text('previousBuilding'),
    nextAddress: text('nextAddress'),
    nextBuilding: text('nextBuilding'),
  };
}

function readNamesBeside(fields: Fields) {
  const text = (key: string): string | null => fields[key] ?? null;
  return {
    foreignKana: text('foreignKana'),
    foreignName: text('foreignName'),
    changeReason: text('changeReason'),
    residencyChangeReason: text('residencyChangeReason'),
    commonName: text('commonName'),
    formerFamilyName: text('formerFamilyName'),
    nationality: text('nationality'),
    guardianNumber: text('guardianNumber'),
    email: text('email'),
  };
}

function addDayFindings(row: ResidentRow, asOf: Day, findings: Finding[]): void {
  const { bornOn, precision } = row.birthDate;
  if (bornOn !== null && bornOn > asOf) findings.push(finding('bornInFuture', 'refuse', 'birthDate'));
  if (row.diedOn !== null && row.diedOn > asOf) findings.push(finding('diedInFuture', 'refuse', 'diedOn'));
  if (bornOn !== null && row.diedOn !== null && row.diedOn < bornOn) {
    findings.push(finding('diedBeforeBirth', 'refuse', 'diedOn'));
  }
  const isOrderKnown = row.becameResidentOn !== null && row.ceasedResidentOn !== null;
  if (isOrderKnown && Number(row.ceasedResidentOn) < Number(row.becameResidentOn)) {
    findings.push(finding('ceasedBeforeBecameResident', 'refuse', 'ceasedResidentOn'));
  }
  if (precision !== 'day' && (row.birthText === null || bornOn !== null))
    findings.push(finding('birthDateUncertain', 'note', 'birthDate'));
}

function addLengthFindings(row: ResidentRow, findings: Finding[]): void {
  let key: keyof ResidentRow;
  for (key in row) {
    const value = row[key];
    if (typeof value !== 'string' || value.length <= maxItemLength) continue;
    if ([...value].length > maxItemLength)
      findings.push(finding('residentItemTooLong', 'refuse', key, { max: maxItemLength }));
  }
}

function required(fields: Fields, key: string, findings: Finding[]): string {
  const value = fields[key] ?? '';
  if (value === '') findings.push(finding('residentItemMissing', 'refuse', key));
  return value;
}

function readSex(value: string | null, findings: Finding[]): Sex {
  if (value === 'male' || value === 'female' || value === 'unknown') return value;
  if (value !== null) findings.push(finding('sexUnreadable', 'refuse', 'sex'));
  return 'unknown';
}

function readFlag(fields: Fields, key: string, findings: Finding[]): boolean {
  const value = fields[key] ?? null;
  if (value === null || value === '0' || value === 'false' || value === 'no') return false;
  if (value === '1' || value === 'true' || value === 'yes') return true;
  findings.push(finding('flagUnreadable', 'refuse', key));
  return false;
}

function readDay(fields: Fields, key: string, findings: Finding[]): Day | null {
  const value = fields[key] ?? null;
  if (value === null) return null;
  const day = findIsoDay(value);
  if (day === undefined) findings.push(finding('residentDayUnreadable', 'refuse', key));
  return day ?? null;
}
