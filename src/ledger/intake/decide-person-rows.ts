import type { PersonOnRecord } from '#addressees/persons';
import { answerOf, type Finding, finding } from '#kernel';
import type { DoseOnRecord } from '#ledger/vaccinations';
import { decideFormsTwice, decideRepeats, type FactRow } from './decide-repeats.ts';
import { decideResidency } from './decide-residency.ts';
import { decideSchedule, type PersonRules } from './decide-schedule.ts';

/** A row of one person with what the match said of it. */
export interface IdentifiedRow extends FactRow {
  /** The record that the row itself names: of linked records each row is held against its own. */
  readonly person: PersonOnRecord | null;
  readonly identityFindings: readonly Finding[];
  /** The open batch that already holds the same form. */
  readonly openInBatch: number | null;
}

/** All rows of a file that speak of one person, with what is known of the person; null where nobody was found. */
export interface PersonRows {
  readonly person: PersonOnRecord | null;
  readonly rows: readonly IdentifiedRow[];
  readonly history: readonly DoseOnRecord[];
  /** Null without a person or birth date: no rule can be asked. */
  readonly rules: PersonRules | null;
}

/** What is found in each row (by ordinal) when the rows of a person are judged together with the ledger. */
export function decidePersonRows(input: PersonRows): Map<number, Finding[]> {
  const { person, rows, history } = input;
  const repeats = decideRepeats(rows, history);
  const formsTwice = decideFormsTwice(rows);
  const found = new Map<number, Finding[]>();
  for (const row of rows) {
    const findings = [...row.identityFindings];
    findings.push(...(row.person === null ? decideBirthAsTold(row) : decideResidency(row.person, row.fact)));
    const repeat = repeats.get(row.ordinal);
    if (repeat !== undefined) findings.push(repeat);
    else if (row.openInBatch !== null) {
      // No question: whichever batch is committed first makes the other's row one, by its check before the commit.
      findings.push(finding('openInOtherBatch', 'note', null, { batch: row.openInBatch }));
    }
    const formTwice = formsTwice.get(row.ordinal);
    if (formTwice !== undefined) findings.push(formTwice);
    found.set(row.ordinal, findings);
  }
  if (person === null) return found;
  const given = rows.filter((row) => row.fact.outcome === 'administered' && !repeats.has(row.ordinal));
  const possible = given.filter((row) => answerOf(found.get(row.ordinal) ?? []) !== 'refused');
  if (input.rules === null) {
    for (const row of possible) found.get(row.ordinal)?.push(finding('birthDateUnknown', 'question', 'birthDate'));
    return found;
  }
  const isDoubtful = (row: IdentifiedRow): boolean => row.identityFindings.some((each) => each.severity !== 'note');
  const judged = decideSchedule({
    sound: possible.filter((row) => !isDoubtful(row)),
    doubtful: possible.filter(isDoubtful),
    history,
    becameResidentOn: person.becameResidentOn,
    rules: input.rules,
  });
  for (const [ordinal, findings] of judged) found.get(ordinal)?.push(...findings);
  return found;
}

/** Without a person only the birth date on the form can contradict the day. */
function decideBirthAsTold(row: FactRow): Finding[] {
  const { bornOn, vaccinatedOn } = row.fact;
  if (bornOn === null || vaccinatedOn >= bornOn) return [];
  return [finding('vaccinatedBeforeBirthAsTold', 'refuse', 'vaccinatedOn')];
}
