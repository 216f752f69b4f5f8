import { type MasterTold, masterKinds } from './types.ts';

/** Why an entry cannot be so: each place where entries are told has its own words for it. */
export type MasterFault = 'ownerMissing' | 'productUnknown' | 'spanReversed' | 'recallSilent';

/**
 * What is wrong with an entry that has a code and a name: a lot belongs to a product of the rules, a physician to an
 * institution; it ends no day before it begins, and a recall says why.
 */
export function decideMaster(
  { kind, owner, validFrom, validTo, recall }: MasterTold,
  isProduct: (owner: string) => boolean,
): readonly MasterFault[] {
  const faults: MasterFault[] = [];
  if (masterKinds[kind].owner !== null && owner === '') faults.push('ownerMissing');
  else if (kind === 'lot' && !isProduct(owner)) faults.push('productUnknown');
  if (validFrom !== null && validTo !== null && validTo < validFrom) faults.push('spanReversed');
  if (recall !== null && recall.reason === '') faults.push('recallSilent');
  return faults;
}
