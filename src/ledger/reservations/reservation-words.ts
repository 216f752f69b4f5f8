import { nameOfProgramme, nameOfStage, type RuleSet } from '#schedule';
import type { Reservation } from './types.ts';

/** The vaccination of a line in the words of the office. */
export function whatOf({ programme, stage, doseNumber }: Reservation, rules: RuleSet): string {
  const name = nameOfProgramme(rules, programme);
  const part = stage === null ? '' : ` ${nameOfStage(rules, programme, stage)}`;
  return `${name}${part}${doseNumber === null ? '' : ` ${doseNumber}回`}`;
}
