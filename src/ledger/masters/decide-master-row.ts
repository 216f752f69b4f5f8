import { codeInSentence, type Day, type Decision, decide, type Finding, findIsoDay, finding } from '#kernel';
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
  const findings: Finding[] = [...readFindings];
  const kind = (Object.keys(masterKinds) as MasterKind[]).find((one) => one === fields['masterKind']);
  const text = (key: string): string => (fields[key] ?? '').normalize('NFKC').trim();
  const [code, told, name] = [text('masterCode'), text('masterOwner'), (fields['masterName'] ?? '').trim()];
  if (kind === undefined || code === '' || name === '' || findings.some((each) => each.severity === 'refuse')) {
    return { answer: 'refused', findings };
  }
  const owner = ownerOf(kind, told, findProduct);
  if (owner === undefined && told === '') findings.push(finding('masterOwnerMissing', 'refuse', 'masterOwner'));
  if (owner === undefined && told !== '') {
    findings.push(finding('masterProductUnknown', 'refuse', 'masterOwner', { product: codeInSentence(told) }));
  }
  const [validFrom, validTo] = [dayOf(fields['validFrom']), dayOf(fields['validTo'])];
  if (validFrom !== null && validTo !== null && validTo < validFrom) {
    findings.push(finding('masterSpanReversed', 'refuse', 'validTo'));
  }
  const recalledOn = kind === 'lot' ? dayOf(fields['recalledOn']) : null;
  const reason = (fields['recallReason'] ?? '').trim();
  if (recalledOn !== null && reason === '') findings.push(finding('masterRecallSilent', 'refuse', 'recallReason'));
  if (owner === undefined || findings.some((each) => each.severity === 'refuse'))
    return { answer: 'refused', findings };
  return decide(findings, {
    ...{ kind, code, owner, name, validFrom, validTo },
    isRetired: fields['masterState'] === 'retired',
    note: (fields['masterNote'] ?? '').trim() || null,
    recall: recalledOn === null ? null : { on: recalledOn, reason },
  });
}

/** To what an entry belongs: nothing, a product, an institution; undefined where it must belong to something it does not name. */
function ownerOf(
  kind: MasterKind,
  told: string,
  findProduct: (nameOrCode: string) => string | undefined,
): string | undefined {
  if (masterKinds[kind].owner === null) return '';
  if (told === '') return undefined;
  return kind === 'lot' ? findProduct(told) : told;
}

function dayOf(text: string | null | undefined): Day | null {
  return findIsoDay(text ?? '') ?? null;
}
