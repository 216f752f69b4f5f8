import type { Finding } from '#kernel';

/** What says that a row names another municipality. */
export const foreignCodes: ReadonlySet<string> = new Set(['otherMunicipality', 'feedOtherMunicipality']);

/**
 * The findings of a row as they are told. A row of a resident of the mutual agreement (相互乗入) is no ledger's of ours, yet
 * its sender did right: that it is handed on is said, not that the sender is to be asked for whom it was.
 */
export function findingsTold(findings: readonly Finding[]): readonly Finding[] {
  if (!findings.some(({ code }) => code === 'forMutualAgreement')) return findings;
  return findings.filter(({ code }) => !foreignCodes.has(code));
}

/** Whether a row is handed on to a partner of the mutual agreement as it stands: nobody has to put anything right in it. */
export function isForPartner(findings: readonly Finding[]): boolean {
  const told = findingsTold(findings);
  return told !== findings && !told.some(({ severity }) => severity === 'refuse');
}
