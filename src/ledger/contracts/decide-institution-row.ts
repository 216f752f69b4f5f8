import { type Day, type Decision, decide, type Finding, findIsoDay, finding, formatIsoDay } from '#kernel';
import { hasWrongCheckDigit } from './decide-institution.ts';
import type { InstitutionState } from './types.ts';

/**
 * What a row of the feed of institutions tells. A code with a wrong check digit is taken and questioned, since the
 * office may have known it so for years; a reversed contract period is refused.
 */
export function decideInstitutionRow(
  fields: Readonly<Record<string, string | null>>,
  readFindings: readonly Finding[],
): Decision<InstitutionState> {
  const findings = [...readFindings];
  const text = (key: string): string | null => (fields[key] === '' ? null : (fields[key] ?? null));
  const day = (key: string): Day | null => findIsoDay(text(key) ?? '') ?? null;
  const state: InstitutionState = {
    institutionCode: text('institutionCode') ?? '',
    name: text('name') ?? '',
    postalCode: text('postalCode'),
    address: text('address'),
    phone: text('phone'),
    contractedFrom: day('contractedFrom'),
    contractedTo: day('contractedTo'),
    bankCode: text('bankCode'),
    branchCode: text('branchCode'),
    accountKind: text('accountKind'),
    accountNumber: text('accountNumber'),
    accountHolderKana: text('accountHolderKana'),
  };
  const isRefused = findings.some((each) => each.severity === 'refuse');
  if (state.institutionCode === '' && !isRefused)
    findings.push(finding('institutionCodeMissing', 'refuse', 'institutionCode'));
  if (state.name === '' && !isRefused) findings.push(finding('institutionNameMissing', 'refuse', 'name'));
  if (hasWrongCheckDigit(state.institutionCode)) {
    findings.push(finding('institutionCheckDigit', 'question', 'institutionCode'));
  }
  const { contractedFrom: from, contractedTo: to } = state;
  if (from !== null && to !== null && to < from) {
    const params = { from: formatIsoDay(from), to: formatIsoDay(to) };
    findings.push(finding('contractPeriodReversed', 'refuse', 'contractedTo', params));
  }
  return decide(findings, state);
}
