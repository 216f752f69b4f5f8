import { createHash } from 'node:crypto';

/** What a seal says of its batch. */
export interface SealFields {
  readonly lgCode: string;
  readonly sealNo: number;
  /** UTC with microseconds, as the database prints it. */
  readonly sealedAt: string;
  readonly actCount: number;
  /** Acts below this and all seals before it. */
  readonly actTotal: number;
  readonly root: Uint8Array;
  readonly previousSeal: Uint8Array;
}

/** What stands before the first seal. */
export const noSeal: Buffer = Buffer.alloc(32);

/** The Merkle root of a batch in its order (RFC 6962: an odd node goes up as it is). An empty batch is an error. */
export function merkleRoot(leaves: readonly Uint8Array[]): Buffer {
  if (leaves.length === 0) throw new RangeError('a seal needs at least one leaf');
  let level: readonly Uint8Array[] = leaves;
  while (level.length > 1) level = parentsOf(level);
  return Buffer.from(level[0] ?? noSeal);
}

/** The hash that chains a batch to everything sealed before it. */
export function sealHash(fields: SealFields): Buffer {
  const text = JSON.stringify([
    'sesshu-audit-seal-1',
    fields.lgCode,
    fields.sealNo,
    fields.sealedAt,
    fields.actCount,
    fields.actTotal,
    Buffer.from(fields.root).toString('hex'),
    Buffer.from(fields.previousSeal).toString('hex'),
  ]);
  return createHash('sha256').update(text).digest();
}

function parentsOf(level: readonly Uint8Array[]): Uint8Array[] {
  const parents: Uint8Array[] = [];
  for (let i = 0; i < level.length; i += 2) {
    const left = level[i] ?? noSeal;
    const right = level[i + 1];
    parents.push(
      right === undefined ? left : createHash('sha256').update(Buffer.of(1)).update(left).update(right).digest(),
    );
  }
  return parents;
}
