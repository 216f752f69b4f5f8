import { type Decision, decide, type Finding, findIsoDay, finding } from '#kernel';
import type { WelfareRow } from './welfare-store.ts';

/** Reads one row of a welfare feed; refuses a row without number or first day and an end before its beginning. */
export function decideWelfareRow(
  fields: Readonly<Record<string, string | null>>,
): Decision<Omit<WelfareRow, 'ordinal'>> {
  const findings: Finding[] = [];
  const addresseeNumber = fields['addresseeNumber'] ?? '';
  if (addresseeNumber === '') findings.push(finding('welfareItemMissing', 'refuse', 'addresseeNumber'));
  const validFrom = findIsoDay(fields['validFrom'] ?? '');
  const validTo = findIsoDay(fields['validTo'] ?? '') ?? null;
  if (validFrom === undefined)
    return decideRefused([...findings, finding('welfareItemMissing', 'refuse', 'validFrom')]);
  if (validTo !== null && validTo < validFrom)
    findings.push(finding('welfareEndsBeforeBeginning', 'refuse', 'validTo'));
  return decide(findings, {
    addresseeNumber,
    validFrom,
    validTo,
    isPublicAssistance: fields['isPublicAssistance'] === '1',
    isDisabled: fields['isDisabled'] === '1',
    taxCategory: fields['taxCategory'] ?? null,
  });
}

function decideRefused(findings: readonly Finding[]): Decision<never> {
  return { answer: 'refused', findings };
}
