import { type Decision, decide, type Finding, finding, isIndividualNumber } from '#kernel';
import type { KnownNumber, NumberRow } from './types.ts';

/** Zeros carry a right check digit and are what some senders write for nothing. */
const filler = '0'.repeat(12);

/**
 * Reads one row of the numbers' feed. A number whose check digit is wrong, and zeros, are refused; no finding ever carries a number.
 * @law 行政手続における特定の個人を識別するための番号の利用等に関する法律の規定による通知カード及び個人番号カード並びに情報提供ネットワークシステムによる特定個人情報の提供等に関する命令（平成26年総務省令第85号）第5条
 */
export function decideNumberRow(fields: Readonly<Record<string, string | null>>): Decision<NumberRow> {
  const individualNumber = fields['individualNumber'] ?? '';
  const findings: Finding[] = [];
  if (individualNumber === filler) findings.push(finding('numberIsFiller', 'refuse', 'individualNumber'));
  if (!isIndividualNumber(individualNumber)) {
    findings.push(finding('numberCheckDigitWrong', 'refuse', 'individualNumber', {}, '平成26年総務省令第85号第5条'));
  }
  return decide(findings, {
    addresseeNumber: fields['addresseeNumber'] ?? '',
    individualNumber,
    branchNumber: fields['branchNumber'] ?? null,
  });
}

/**
 * What a row says against what the vault holds of the person: nobody of that 宛名番号 is refused; a withdrawn record and
 * a branch number lower than the one in force are questions, and the newer number stays.
 */
export function decideNumberChange(
  row: { readonly branchNumber: string | null; readonly isSameNumber: boolean },
  known: KnownNumber | undefined,
): Finding[] {
  if (known === undefined) return [finding('numberPersonUnknown', 'refuse', 'addresseeNumber')];
  if (known.isCancelled) return [finding('numberPersonCancelled', 'question', 'addresseeNumber')];
  if (known.numberIndex === null || row.isSameNumber) return [];
  const difference = compareBranches(row.branchNumber, known.branchNumber);
  if (difference < 0) return [finding('numberBranchGoesBack', 'question', 'branchNumber')];
  return difference === 0 ? [finding('numberChangedSameBranch', 'note', 'branchNumber')] : [];
}

/** Branch numbers as numbers: 2 is 02. A missing one is lower than any. */
function compareBranches(one: string | null, other: string | null): number {
  return (one === null ? -1 : Number(one)) - (other === null ? -1 : Number(other));
}
