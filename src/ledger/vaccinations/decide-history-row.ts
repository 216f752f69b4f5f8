import type { PersonOnRecord } from '#addressees/persons';
import {
  codeInSentence,
  type Day,
  type Decision,
  decide,
  type Finding,
  findIsoDay,
  finding,
  formatIsoDay,
} from '#kernel';
import type { MappedVaccine } from '#ledger/products';
import type { RecordItems } from './record-items.ts';
import type { NewEntry, Outcome, VaccinationClass } from './types.ts';

const outcomes: readonly Outcome[] = ['administered', 'screeningOnly', 'notConsented'];
const classes: readonly VaccinationClass[] = ['routine', 'voluntary', 'temporary'];

/** What a row of the legacy ledger is held against. */
export interface HistoryKnowledge {
  readonly asOf: Day;
  readonly runId: number;
  readonly findPerson: (addresseeNumber: string) => PersonOnRecord | undefined;
  readonly mapVaccine: (code: string, doseNumber: number | null, on: Day) => MappedVaccine | undefined;
  readonly pickItems: (fields: Readonly<Record<string, string | null>>) => RecordItems;
  readonly decideItems: (items: RecordItems) => readonly Finding[];
}

/** One row of the feed, as far as the decision looks at it. */
export interface HistoryRow {
  readonly ordinal: number;
  readonly fields: Readonly<Record<string, string | null>>;
  readonly findings: readonly Finding[];
}

/**
 * Takes a row of the legacy ledger as a fact: only what cannot be read or cannot have happened is refused. Rules
 * are not asked here: they give verdicts when the history is looked at, never questions.
 */
export function decideHistoryRow(row: HistoryRow, known: HistoryKnowledge): Decision<NewEntry> {
  const { fields } = row;
  const items = known.pickItems(fields);
  const findings: Finding[] = [...row.findings, ...known.decideItems(items)];
  const isUnreadable = findings.some((each) => each.severity === 'refuse');
  const number = fields['addresseeNumber'] ?? '';
  const person = known.findPerson(number);
  if (person === undefined && !(isUnreadable && number === '')) {
    findings.push(finding('historyPersonUnknown', 'refuse', 'addresseeNumber'));
  }
  if (person !== undefined && isOfOther(person, fields['birthDate'])) {
    findings.push(finding('historyBirthDateDiffers', 'refuse', 'birthDate'));
  }
  const on = findIsoDay(fields['vaccinatedOn'] ?? '');
  if (on === undefined) {
    if (!isUnreadable) findings.push(finding('historyDayMissing', 'refuse', 'vaccinatedOn'));
  } else findings.push(...decideDay(on, known.asOf, person));
  const code = fields['vaccineCode'] ?? '';
  const sentDose = fields['doseNumber'] ?? '';
  const doseNumber = /^\d{1,2}$/u.test(sentDose) ? Number(sentDose) : null;
  const vaccine = known.mapVaccine(code, doseNumber, on ?? known.asOf);
  if (vaccine === undefined && !(isUnreadable && code === '')) {
    findings.push(finding('historyVaccineUnknown', 'refuse', 'vaccineCode', { code: codeInSentence(code) }));
  }
  if (person === undefined || on === undefined || vaccine === undefined) return { answer: 'refused', findings };
  return decide(findings, {
    personId: person.personId,
    outcome: outcomes.find((each) => each === fields['outcome']) ?? 'administered',
    vaccinatedOn: on,
    vaccinationClass: classes.find((each) => each === fields['vaccinationClass']) ?? 'routine',
    programme: vaccine.programme,
    stage: vaccine.stage,
    product: vaccine.product,
    items: { ...items, vaccineName: items.vaccineName ?? vaccine.name },
    source: 'legacyLedger',
    certainty: 'documented',
    findings: findings.filter((each) => each.severity === 'note'),
    reason: null,
    runId: known.runId,
    runRow: row.ordinal,
  });
}

/** Whether a row tells another birth date than the register: then its number may be somebody else's. */
function isOfOther(person: PersonOnRecord, birthDate: string | null | undefined): boolean {
  const told = findIsoDay(birthDate ?? '');
  return told !== undefined && person.bornOn !== null && !person.isBirthDateUncertain && told !== person.bornOn;
}

function decideDay(on: Day, asOf: Day, person: PersonOnRecord | undefined): Finding[] {
  const field = 'vaccinatedOn';
  if (on > asOf) {
    return [finding('historyDayInFuture', 'refuse', field, { on: formatIsoDay(on), asOf: formatIsoDay(asOf) })];
  }
  const bornOn = person?.bornOn ?? null;
  if (bornOn === null || person?.isBirthDateUncertain === true || on >= bornOn) return [];
  const params = { on: formatIsoDay(on), bornOn: formatIsoDay(bornOn) };
  return [finding('historyDayBeforeBirth', 'refuse', field, params)];
}
