import { NotPermitted, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { Conflict } from '#kernel';
import { KeyTrouble, type WrappingKeyIdentity } from '#platform/keys';
import { type Tx, withMunicipality } from '#platform/postgres';
import { type DataKeyPurpose, listDataKeys } from './key-store.ts';
import { drawDataKeys, wrapContext } from './number-keys.ts';
import { countOlderRows, findOpenRotation } from './rotation-store.ts';
import { countNumbersInForce, endNumbersInForce } from './store.ts';
import type { VaultContext } from './types.ts';

/** One data key of the vault and whether it opens with the wrapping key at hand. */
export interface DataKeyState {
  readonly purpose: DataKeyPurpose;
  readonly version: number;
  readonly wrappingKeyId: string;
  readonly createdAt: Date;
  readonly isInUse: boolean;
  readonly opens: boolean;
}

/** The keys of one municipality's vault without anything secret. */
export interface VaultKeys {
  /** Null where the key at hand is missing or unfit; `trouble` says why. */
  readonly wrappingKey: WrappingKeyIdentity | null;
  readonly trouble: string | null;
  readonly dataKeys: readonly DataKeyState[];
  readonly numbersInForce: number;
  /** An exchange of keys that was begun and not ended: how many rows are still to be sealed anew. Null where none is. */
  readonly rotation: { readonly startedAt: Date; readonly rowsLeft: number } | null;
}

/** Which keys the vault has, where the wrapping key is, and whether it opens them: the check after a restore. */
export async function describeVaultKeys(context: VaultContext): Promise<VaultKeys> {
  requirePermission(context.actor, 'keys.view');
  return withMunicipality(
    context.db,
    context.actor.lgCode,
    async (tx) => {
      const described = await describe(tx, context);
      const details = { dataKeys: described.dataKeys.length, opens: described.dataKeys.every(({ opens }) => opens) };
      await recordAct(tx, context.actor, { act: 'numbers.keysViewed', details });
      return described;
    },
    { role: 'vault' },
  );
}

/**
 * Gives up a lost wrapping key: draws new data keys under the key at hand and lets no number be in force, so that the
 * numbers can be taken in anew. The old history stays as it is and cannot be read. Refused while the keys in use open.
 */
export async function startVaultOver(context: VaultContext): Promise<{ readonly given: number }> {
  const { actor } = context;
  requirePermission(actor, 'keys.rotate');
  if ((actor.reason ?? '').trim() === '') {
    throw new NotPermitted('keys.rotate', '金庫を新しく始めるには、処理事由（--reason）が要ります。');
  }
  return withMunicipality(
    context.db,
    actor.lgCode,
    async (tx) => {
      const { dataKeys } = await describe(tx, context);
      const inUse = dataKeys.filter((key) => key.isInUse);
      if (inUse.length === 0) throw new Conflict('金庫はまだ使われていません。sesshu init で鍵を作れます。');
      if (inUse.every(({ opens }) => opens)) {
        throw new Conflict('金庫の鍵は使えます。失われていないので、新しく始めません。');
      }
      const version = Math.max(...dataKeys.map((key) => key.version)) + 1;
      await drawDataKeys(tx, context.keyWrapper, version, context.clock.now());
      const given = await endNumbersInForce(tx);
      await recordAct(tx, actor, { act: 'numbers.vaultStartedOver', details: { keyVersion: version, given } });
      return { given };
    },
    { role: 'vault' },
  );
}

async function describe(tx: Tx, { keyWrapper }: VaultContext): Promise<VaultKeys> {
  const held = await keyWrapper.identify().catch(onlyTrouble);
  const dataKeys: DataKeyState[] = [];
  for (const { purpose, version, wrapped, createdAt } of await listDataKeys(tx)) {
    const isInUse = !dataKeys.some((key) => key.purpose === purpose);
    const key = await keyWrapper.unwrap(wrapped, wrapContext(tx.lgCode, purpose, version)).catch(onlyTrouble);
    const opens = !(key instanceof KeyTrouble);
    if (opens) key.fill(0);
    dataKeys.push({ purpose, version, wrappingKeyId: wrapped.keyId, createdAt, isInUse, opens });
  }
  const isMissing = held instanceof KeyTrouble;
  return {
    wrappingKey: isMissing ? null : held,
    trouble: isMissing ? held.message : null,
    dataKeys,
    numbersInForce: await countNumbersInForce(tx),
    rotation: await describeRotation(tx),
  };
}

async function describeRotation(tx: Tx): Promise<VaultKeys['rotation']> {
  const open = await findOpenRotation(tx);
  if (open === undefined) return null;
  const { older } = await countOlderRows(tx, open.keyVersion);
  return { startedAt: open.startedAt, rowsLeft: older };
}

/** A trouble with a key is an answer here; anything else is thrown on. */
function onlyTrouble(error: unknown): KeyTrouble {
  if (error instanceof KeyTrouble) return error;
  throw error;
}
