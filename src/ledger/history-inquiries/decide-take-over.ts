import { type Day, type Finding, findIsoDay, finding, formatIsoDay, type PersonId } from '#kernel';
import type { DoseOnRecord, NewEntry } from '#ledger/vaccinations';
import type { ToldDose } from '#messages';
import { findProductName, listStages, type RuleSet } from '#schedule';
import type { AnswerRecord } from './types.ts';

/** Whether a record of an answer can be taken over, and what it would be in the ledger. */
export type RecordVerdict =
  | { readonly kind: 'new'; readonly entry: NewEntry }
  /** The ledger holds the same vaccination already. */
  | { readonly kind: 'known'; readonly dose: DoseOnRecord }
  /** It cannot have happened. */
  | { readonly kind: 'impossible'; readonly findings: readonly Finding[] };

/** Against what a record is held. */
export interface TakeOverCase {
  readonly personId: PersonId;
  readonly bornOn: Day | null;
  readonly today: Day;
  readonly askedOf: string;
  readonly processingNumber: string | null;
  readonly own: readonly DoseOnRecord[];
  readonly rules: RuleSet;
}

/**
 * Holds one record of another municipality against the person's own doses: the same programme on the same day is the
 * same vaccination; a day before birth or to come is refused. A word of `rules/` that is not known here is kept as text.
 */
export function decideRecord({ dose }: AnswerRecord, given: TakeOverCase): RecordVerdict {
  const on = findIsoDay(dose.vaccinatedOn);
  const findings = decideDay(on, dose, given);
  if (on === undefined || findings.length > 0) return { kind: 'impossible', findings };
  const known = given.own.find((each) => each.vaccinatedOn === on && each.programme === dose.programme);
  if (known !== undefined) return { kind: 'known', dose: known };
  return { kind: 'new', entry: entryOf(dose, on, given) };
}

function decideDay(on: Day | undefined, dose: ToldDose, { bornOn, today }: TakeOverCase): Finding[] {
  const params = { on: dose.vaccinatedOn };
  if (on === undefined) return [finding('toldDayUnreadable', 'refuse', 'vaccinatedOn', params)];
  if (on > today) return [finding('toldDayInFuture', 'refuse', 'vaccinatedOn', params)];
  if (bornOn === null || on >= bornOn) return [];
  return [finding('toldDayBeforeBirth', 'refuse', 'vaccinatedOn', { ...params, bornOn: formatIsoDay(bornOn) })];
}

function entryOf(dose: ToldDose, on: Day, given: TakeOverCase): NewEntry {
  const stages = listStages(given.rules).filter(({ programme }) => programme === dose.programme);
  const isKnown = stages.length > 0;
  const stage = stages.some((each) => each.stage === dose.stage) ? dose.stage : null;
  const product =
    dose.product !== null && findProductName(given.rules, dose.product) !== undefined ? dose.product : null;
  return {
    personId: given.personId,
    outcome: dose.outcome,
    vaccinatedOn: on,
    vaccinationClass: dose.vaccinationClass,
    programme: isKnown ? dose.programme : null,
    stage,
    product,
    items: {
      ...(isKnown ? {} : { vaccineName: dose.programme }),
      ...(dose.product !== null && product === null ? { productName: dose.product } : {}),
      doseNumber: dose.doseNumber === null ? null : String(dose.doseNumber),
      lotNumber: dose.lotNumber,
      institutionOther: dose.institutionName,
      givenInLgCode: given.askedOf,
    },
    source: 'inquiry',
    certainty: 'documented',
    findings: [],
    reason: `転出元の自治体への照会（処理通番 ${given.processingNumber ?? '不明'}）`,
    runId: null,
    runRow: null,
  };
}
