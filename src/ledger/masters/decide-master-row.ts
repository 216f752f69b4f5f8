import { codeInSentence, type Day, type Decision, decide, type Finding, findIsoDay, finding } from '#kernel';
import { decideMaster, type MasterFault } from './decide-master.ts';
import { type MasterKind, type MasterTold, masterKinds } from './types.ts';

type Fields = Readonly<Record<string, string | null>>;

/**
 * Takes a row of a master's file: what it names and when it holds. A lot belongs to a product (by its name or the rules'
 * code), a physician to an institution. What the screen refuses is refused here too.
 */
export function decideMasterRow(
  fields: Fields,
  readFindings: readonly Finding[],
  findProduct: (nameOrCode: string) => string | undefined,
): Decision<MasterTold> {
  const kind = (Object.keys(masterKinds) as MasterKind[]).find((one) => one === fields['masterKind']);
  const text = (key: string): string => (fields[key] ?? '').normalize('NFKC').trim();
  const [code, owner, name] = [text('masterCode'), text('masterOwner'), (fields['masterName'] ?? '').trim()];
  if (kind === undefined || code === '' || name === '' || readFindings.some((each) => each.severity === 'refuse')) {
    return { answer: 'refused', findings: readFindings };
  }
  const recalledOn = kind === 'lot' ? dayOf(fields['recalledOn']) : null;
  const entry: MasterTold = {
    ...{ kind, code, name, validFrom: dayOf(fields['validFrom']), validTo: dayOf(fields['validTo']) },
    owner: masterKinds[kind].owner === null ? '' : kind === 'lot' ? (findProduct(owner) ?? owner) : owner,
    isRetired: fields['masterState'] === 'retired',
    note: (fields['masterNote'] ?? '').trim() || null,
    recall: recalledOn === null ? null : { on: recalledOn, reason: (fields['recallReason'] ?? '').trim() },
  };
  const faults = decideMaster(entry, (product) => findProduct(product) !== undefined);
  return decide([...readFindings, ...faults.map((fault) => findingOf(fault, owner))], entry);
}

function findingOf(fault: MasterFault, owner: string): Finding {
  switch (fault) {
    case 'ownerMissing':
      return finding('masterOwnerMissing', 'refuse', 'masterOwner');
    case 'productUnknown':
      return finding('masterProductUnknown', 'refuse', 'masterOwner', { product: codeInSentence(owner) });
    case 'spanReversed':
      return finding('masterSpanReversed', 'refuse', 'validTo');
    case 'recallSilent':
      return finding('masterRecallSilent', 'refuse', 'recallReason');
  }
}

function dayOf(text: string | null | undefined): Day | null {
  return findIsoDay(text ?? '') ?? null;
}
