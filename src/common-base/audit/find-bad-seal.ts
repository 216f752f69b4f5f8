import { commitPersonalFields, leafHash } from './leaf.ts';
import { merkleRoot, sealHash } from './merkle.ts';
import { auditProblemMessage } from './problem-messages.ts';
import { leafFieldsOf, personalFieldsOf, type StoredAct } from './store.ts';
import type { AuditProblem, BadRow } from './types.ts';

/** A seal as stored. */
export interface StoredSeal {
  readonly seal_no: number;
  readonly sealed_at_utc: string;
  readonly act_count: number;
  readonly act_total: number;
  readonly root: Buffer;
  readonly previous_seal: Buffer;
  readonly seal: Buffer;
}

/** A place in a seal with the act that stands there; the act's columns are null when it was removed. */
export type SealedRow = SealedPlace & (StoredAct | { readonly [key in keyof StoredAct]: null });

interface SealedPlace {
  readonly seal_no: number;
  readonly leaf_no: number;
  readonly leaf: Buffer;
  readonly sealed_recorded_on: string;
  readonly sealed_act_id: number;
}

/** Where the chain stood before a seal. */
export interface ChainPosition {
  readonly sealNo: number;
  readonly actTotal: number;
  readonly seal: Buffer;
}

/** The first fault of one seal and its rows, or undefined when everything is as it was sealed. */
export function findBadSeal(
  lgCode: string,
  before: ChainPosition,
  seal: StoredSeal,
  rows: readonly SealedRow[],
): BadRow | undefined {
  const ofSeal = (problem: AuditProblem): BadRow => ({
    problem,
    sealNo: seal.seal_no,
    recordedOn: rows[0]?.sealed_recorded_on ?? null,
    actId: rows[0]?.sealed_act_id ?? null,
    message: auditProblemMessage(problem),
  });
  if (seal.seal_no !== before.sealNo + 1) return { ...ofSeal('sealRemoved'), sealNo: before.sealNo + 1 };
  if (!isSealHonest(lgCode, before, seal)) return ofSeal('sealChanged');
  for (const [place, row] of rows.entries()) {
    const problem = findRowProblem(lgCode, row, place);
    if (problem !== undefined) {
      return { ...ofSeal(problem), recordedOn: row.sealed_recorded_on, actId: row.sealed_act_id };
    }
  }
  if (rows.length !== seal.act_count) return ofSeal('actRemoved');
  const isRootKept = merkleRoot(rows.map((row) => row.leaf)).equals(seal.root);
  return isRootKept ? undefined : ofSeal('actsReordered');
}

function isSealHonest(lgCode: string, before: ChainPosition, seal: StoredSeal): boolean {
  const expected = sealHash({
    lgCode,
    sealNo: seal.seal_no,
    sealedAt: seal.sealed_at_utc,
    actCount: seal.act_count,
    actTotal: seal.act_total,
    root: seal.root,
    previousSeal: seal.previous_seal,
  });
  const isChained = seal.previous_seal.equals(before.seal) && seal.act_total === before.actTotal + seal.act_count;
  return isChained && expected.equals(seal.seal);
}

function findRowProblem(lgCode: string, row: SealedRow, place: number): AuditProblem | undefined {
  if (row.act_id === null) return 'actRemoved';
  if (row.leaf_no > place) return 'actRemoved';
  if (row.leaf_no < place) return 'actsReordered';
  const isPersonalErased =
    row.salt === null && [row.staff_name, row.from_address, row.os_user, row.reason].every((field) => field === null);
  if (!isPersonalErased && !isPersonalKept(row)) return 'personalFieldsChanged';
  if (leafHash(leafFieldsOf(lgCode, row)).equals(row.leaf)) return undefined;
  return 'actChanged';
}

function isPersonalKept(row: StoredAct): boolean {
  if (row.salt === null) return false;
  return commitPersonalFields(row.salt, personalFieldsOf(row)).equals(row.personal_commitment);
}
