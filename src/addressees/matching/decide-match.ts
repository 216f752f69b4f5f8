import { type Day, dayParts, type Finding, findDay, finding } from '#kernel';
import { hasSameGivenName, isSimilarKana } from './kana-similarity.ts';
import type {
  DifferingField,
  MatchCandidate,
  MatchDecision,
  MatchPerson,
  MatchReason,
  MatchRow,
  NumberComparison,
} from './types.ts';

/**
 * The points of each reason; their sum is the score, so that whoever reads the reasons can add it up. A name or a birth
 * date alone, and a number alone, stay below `offeredFrom`; together, or one of them with a likeness in the other, they
 * make a candidate.
 */
export const matchPoints: Readonly<Record<MatchReason, number>> = {
  sameIndividualNumber: 55,
  sameNumber: 40,
  sameKana: 40,
  sameBirthDate: 40,
  similarKana: 25,
  sameAddress: 20,
  sameGivenKana: 20,
  similarNumber: 20,
  birthDateMixedUp: 20,
  samePhone: 15,
  sameName: 15,
  sameSex: 5,
};
const offeredFrom = 60;
const mostCandidates = 10;

/**
 * Decides whom a row means. `kanaKey` is `normalizeKana(row.kana)`; `sameNumber` is the person whose 宛名番号 the row
 * carries; `others` are people of the same birth date or phonetic name. Twins and people of one name stay apart,
 * since number, name and birth date must all agree; an individual number that differs forbids, whatever else agrees.
 */
export function decideMatch(
  row: MatchRow,
  kanaKey: string,
  sameNumber: MatchPerson | undefined,
  others: readonly MatchPerson[],
  compareNumbers: CompareNumbers = () => 'unknown',
): MatchDecision {
  const candidates = (): MatchCandidate[] => {
    const pool = sameNumber === undefined ? others : [sameNumber, ...others];
    return rankCandidates(row, kanaKey, pool, compareNumbers);
  };
  if (row.addresseeNumber === null) return unknown(candidates(), 'personNumberMissing');
  if (sameNumber === undefined) return unknown(candidates(), 'personUnknown');
  if (sameNumber.isCancelled === true) return unknown(candidates(), 'personCancelled');
  const fields = listDifferences(row, kanaKey, sameNumber);
  if (compareNumbers(sameNumber) === 'differing') fields.push('individualNumber');
  if (fields.length === 0) return { kind: 'matched', personId: sameNumber.personId, findings: [] };
  return {
    kind: 'differing',
    personId: sameNumber.personId,
    fields,
    candidates: candidates(),
    findings: fields.map((field) => differenceFinding(row, field)),
  };
}

/** How the individual number of the row and that of a person compare. */
export type CompareNumbers = (person: MatchPerson) => NumberComparison;

/** The people whom a row may mean, best first, each with the reasons; at most ten, never one whose number differs. */
export function rankCandidates(
  row: MatchRow,
  kanaKey: string,
  people: readonly MatchPerson[],
  compareNumbers: CompareNumbers = () => 'unknown',
): MatchCandidate[] {
  const seen = new Map<number, MatchCandidate>();
  for (const person of people) {
    if (person.isCancelled === true || seen.has(person.personId)) continue;
    const comparison = compareNumbers(person);
    if (comparison === 'differing') continue;
    const reasons = listReasons(row, kanaKey, person);
    if (comparison === 'same') reasons.unshift('sameIndividualNumber');
    const score = reasons.reduce((sum, reason) => sum + matchPoints[reason], 0);
    if (score >= offeredFrom) seen.set(person.personId, { personId: person.personId, score, reasons });
  }
  return [...seen.values()].sort((a, b) => b.score - a.score || a.personId - b.personId).slice(0, mostCandidates);
}

function unknown(candidates: readonly MatchCandidate[], code: string): MatchDecision {
  const findings: Finding[] = [finding(code, 'question', 'addresseeNumber')];
  return { kind: 'unknown', candidates, findings };
}

/** A name or birth date that is not given counts as a difference: a number alone proves nobody. */
function listDifferences(row: MatchRow, kanaKey: string, person: MatchPerson): DifferingField[] {
  const fields: DifferingField[] = [];
  if (!isSameKana(kanaKey, person)) fields.push('kana');
  if (!isSameBirthDate(row.bornOn, person)) fields.push('birthDate');
  const isSexGiven = row.sex !== null && row.sex !== 'unknown' && person.sex !== 'unknown';
  if (isSexGiven && row.sex !== person.sex) fields.push('sex');
  return fields;
}

function differenceFinding(row: MatchRow, field: DifferingField): Finding {
  if (field === 'kana')
    return finding(row.kana === null ? 'personKanaMissing' : 'personKanaDiffers', 'question', 'kana');
  if (field === 'sex') return finding('personSexDiffers', 'question', 'sex');
  if (field === 'individualNumber') return finding('personIndividualNumberDiffers', 'question', 'addresseeNumber');
  const code = row.bornOn === null ? 'personBirthDateMissing' : 'personBirthDateDiffers';
  return finding(code, 'question', 'birthDate');
}

function listReasons(row: MatchRow, kanaKey: string, person: MatchPerson): MatchReason[] {
  const reasons: MatchReason[] = [];
  const number = row.addresseeNumber;
  if (number !== null && number === person.addresseeNumber) reasons.push('sameNumber');
  if (isSameKana(kanaKey, person)) reasons.push('sameKana');
  if (isSameBirthDate(row.bornOn, person)) reasons.push('sameBirthDate');
  else if (row.bornOn !== null && person.bornOn !== null && isMixedUp(row.bornOn, person.bornOn)) {
    reasons.push('birthDateMixedUp');
  }
  if (!reasons.includes('sameKana')) {
    if (kanaKeysOf(person).some((key) => isSimilarKana(kanaKey, key))) reasons.push('similarKana');
    else if (person.kana !== undefined && hasSameGivenName(row.kana ?? '', person.kana)) reasons.push('sameGivenKana');
  }
  if (isSame(row.addressKey, person.addressKey)) reasons.push('sameAddress');
  if (number !== null && !reasons.includes('sameNumber') && isOneSlipApart(number, person.addresseeNumber)) {
    reasons.push('similarNumber');
  }
  if (isSame(row.phoneKey, person.phoneKey)) reasons.push('samePhone');
  if (isSame(row.nameKey, person.nameKey)) reasons.push('sameName');
  if (row.sex !== null && row.sex !== 'unknown' && row.sex === person.sex) reasons.push('sameSex');
  return reasons;
}

function isSame(told: string | null | undefined, known: string | null | undefined): boolean {
  return told !== null && told !== undefined && told !== '' && told === known;
}

function kanaKeysOf(person: MatchPerson): readonly string[] {
  return [person.kanaKey, ...(person.otherKanaKeys ?? [])];
}

function isSameKana(kanaKey: string, person: MatchPerson): boolean {
  return kanaKey !== '' && kanaKeysOf(person).includes(kanaKey);
}

/** Where the register knows only the year or the month, a day within it agrees. */
function isSameBirthDate(bornOn: Day | null, person: MatchPerson): boolean {
  if (bornOn === null || person.bornOn === null || person.birthDatePrecision === 'unknown') return false;
  if (bornOn === person.bornOn) return true;
  if (person.birthDatePrecision !== 'year' && person.birthDatePrecision !== 'month') return false;
  const a = dayParts(bornOn);
  const b = dayParts(person.bornOn);
  return a.year === b.year && (person.birthDatePrecision === 'year' || a.month === b.month);
}

/** The same year with day and month swapped, where that is a day at all. */
export function swapDayAndMonth(day: Day): Day | undefined {
  const { year, month, dayOfMonth } = dayParts(day);
  return findDay(year, dayOfMonth, month);
}

/** One slip of the pen: day and month swapped, or one of year, month and day differing. */
function isMixedUp(a: Day, b: Day): boolean {
  const left = dayParts(a);
  const right = dayParts(b);
  if (swapDayAndMonth(a) === b) return true;
  const same = [left.year === right.year, left.month === right.month, left.dayOfMonth === right.dayOfMonth];
  return same.filter(Boolean).length === 2;
}

/** Two numbers of one length that differ in one digit or in two neighbours swapped. */
function isOneSlipApart(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  const at = [...a].flatMap((character, i) => (character === b[i] ? [] : [i]));
  if (at.length === 1) return true;
  const [first, second] = at;
  if (at.length !== 2 || first === undefined || second !== first + 1) return false;
  return a[first] === b[second] && a[second] === b[first];
}
