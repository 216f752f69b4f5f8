/** The institutions under contract. */
export const institutionsPath = '/institutions';

/** The form of an institution that is not known yet. */
export const newInstitutionPath = `${institutionsPath}/new`;

/** What the contracts pay for. */
export const pricesPath = '/contract-prices';

/** One institution with its contracts; `versionId` is the contract whose form is shown. */
export function institutionPath(institutionCode: string, versionId: number | null = null): string {
  const path = `${institutionsPath}/${encodeURIComponent(institutionCode)}`;
  return versionId === null ? path : `${path}?contract=${versionId}#contract-form`;
}
