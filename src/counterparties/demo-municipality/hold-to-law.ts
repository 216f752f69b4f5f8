import type { Day } from '#kernel';
import { type JudgedDose, judgeDoses, type RuleSet } from '#schedule';
import type { DemoDose, DemoPerson } from './types.ts';
import { findMeantDose, type MeantDose, type VaccineLine } from './vaccine-lines.ts';

/** The law and the municipality's words for it, against which every simulated dose is held. */
export interface Law {
  readonly rules: RuleSet;
  readonly vaccineLines: readonly VaccineLine[];
  /** What lies after this day is not known yet. */
  readonly asOf: Day;
}

/** A dose of a life with what it means and what the law says of it; undefined where no code line fits its day. */
export interface HeldDose {
  readonly dose: DemoDose;
  readonly meant: MeantDose | undefined;
  readonly judged: JudgedDose | undefined;
}

/** Judges a whole life in order of days. */
export function holdToLaw(law: Law, person: DemoPerson, doses: readonly DemoDose[]): HeldDose[] {
  const held = doses.map((dose) => ({
    dose,
    meant: findMeantDose(law.vaccineLines, dose.code, dose.doseNumber, dose.on),
  }));
  const known = held.flatMap(({ meant, dose }) =>
    meant === undefined ? [] : [{ product: meant.product, on: dose.on, kind: 'routine' as const }],
  );
  const { bornOn, sex } = person;
  const judged = judgeDoses(law.rules, { bornOn, sex, asOf: law.asOf, facts: [], doses: known });
  let next = 0;
  return held.map(({ dose, meant }) => {
    if (meant === undefined) return { dose, meant, judged: undefined };
    next += 1;
    return { dose, meant, judged: judged[next - 1] };
  });
}

/** Nothing in the law speaks against the dose, and it is the one that its number says. */
export function isRight({ meant, judged }: HeldDose): boolean {
  if (meant === undefined || !isLawful(judged)) return false;
  return (
    judged?.programme === meant.programme && judged.stage === meant.stage && judged.doseNumber === meant.doseNumber
  );
}

/** The law has no question about the dose, whatever number the form gives it. */
export function isLawful(judged: JudgedDose | undefined): boolean {
  return judged?.verdict === 'valid' && judged.findings.every(({ severity }) => severity === 'note');
}

/** The doses of a life that are right together: of each series, what comes before its first dose that is not. */
export function keepRightDoses(law: Law, person: DemoPerson, doses: readonly DemoDose[]): readonly DemoDose[] {
  if (doses.length === 0) return doses;
  const wrong = holdToLaw(law, person, doses).find((held) => !isRight(held))?.dose;
  if (wrong === undefined) return doses;
  const kept = doses.filter((dose) => dose.code !== wrong.code || dose.on < wrong.on);
  return keepRightDoses(law, person, kept);
}
