import { type Finding, finding } from '#kernel';
import type { PersonOnRecord } from './types.ts';

/** Two records as linking looks at them; `undefined` where there is no such record. */
export interface LinkCase {
  /** The record that is to be read under the other. */
  readonly member: PersonOnRecord | undefined;
  /** The record that is to stand for both. */
  readonly principal: PersonOnRecord | undefined;
  /** Whether both have an individual number, and whether it is the same: comes as an argument, never the number. */
  readonly numbers: 'same' | 'differing' | 'unknown';
}

/**
 * What forbids linking two records as one person, and what speaks against it. A differing number forbids; nobody is
 * linked with themselves, with a cancelled record as principal, or twice; a name that differs is only told.
 */
export function decideLink({ member, principal, numbers }: LinkCase): Finding[] {
  if (member === undefined || principal === undefined) return [finding('linkRecordUnknown', 'refuse', 'otherNumber')];
  if (member.personId === principal.personId) return [finding('linkSameRecord', 'refuse', 'otherNumber')];
  const findings: Finding[] = [];
  if (numbers === 'differing') findings.push(finding('linkNumbersDiffer', 'refuse', 'otherNumber'));
  if (principal.isCancelled) findings.push(finding('linkPrincipalCancelled', 'refuse', 'otherNumber'));
  if (member.principalId !== null) findings.push(finding('linkMemberLinked', 'refuse', null));
  if (principal.principalId !== null && principal.principalId !== principal.personId) {
    findings.push(finding('linkPrincipalLinked', 'refuse', 'otherNumber'));
  }
  const areSexesKnown = member.sex !== 'unknown' && principal.sex !== 'unknown';
  if (areSexesKnown && member.sex !== principal.sex) findings.push(finding('linkSexDiffers', 'question', null));
  if (!isBirthPossible(member, principal)) findings.push(finding('linkBirthDiffers', 'question', null));
  return findings;
}

/** What forbids parting a record: it is not linked, or it is the one that stands for the others. */
export function decideUnlink(member: PersonOnRecord | undefined): Finding[] {
  if (member === undefined) return [finding('linkRecordUnknown', 'refuse', null)];
  const isMember = member.principalId !== null && member.principalId !== member.personId;
  return isMember ? [] : [finding('linkNotLinked', 'refuse', null)];
}

function isBirthPossible(a: PersonOnRecord, b: PersonOnRecord): boolean {
  if (a.bornOn === null || b.bornOn === null) return true;
  if (a.birthDatePrecision !== 'day' || b.birthDatePrecision !== 'day') return true;
  return a.bornOn === b.bornOn;
}
