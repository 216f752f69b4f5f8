import { requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { lockFeeds } from '#common-base/linkage';
import { KeyTrouble, type WrappedKey } from '#platform/keys';
import { type Tx, withMunicipality } from '#platform/postgres';
import { listDataKeys, replaceWrapping, retireUnusedKeys, type StoredDataKey } from './key-store.ts';
import { drawDataKeys, type NumberKeys, withNumberKeys, wrapContext } from './number-keys.ts';
import {
  countOlderRows,
  endRotation,
  findOpenRotation,
  type HistoryPlace,
  insertRotation,
  type KeyRotation,
  lockOlderRows,
  type ResealedRow,
  writeResealed,
} from './rotation-store.ts';
import type { VaultContext } from './types.ts';

/** Rows sealed anew in one transaction: some tens of milliseconds during which a person's row waits. */
const rowsAtOnce = 1000;

/** What an exchange of a municipality's data keys did. */
export interface KeyRotationResult {
  /** The version of the data keys in use now; null where the vault was never used. */
  readonly keyVersion: number | null;
  /** Rows sealed and indexed anew by this call. */
  readonly resealed: number;
  /** Rows that stay as they are, since their key was given up when the vault was started over. */
  readonly shut: number;
  /** It went on with an exchange that was stopped before. */
  readonly isResumed: boolean;
}

/**
 * Puts the municipality's data keys under the wrapping key that is in use now; the data keys themselves stay. Answers
 * how many were rewrapped and how many stay shut, since their wrapping key is not at hand.
 */
export async function rewrapDataKeys(
  context: VaultContext,
): Promise<{ readonly rewrapped: number; readonly shut: number }> {
  requirePermission(context.actor, 'keys.rotate');
  const { keyId } = await context.keyWrapper.identify();
  return await asVault(context, async (tx) => {
    const older = (await listDataKeys(tx)).filter(({ wrapped }) => wrapped.keyId !== keyId);
    let rewrapped = 0;
    let shut = 0;
    for (const key of older) {
      const wrapped = await rewrap(context, tx, key);
      if (wrapped === undefined) shut += 1;
      else if (await replaceWrapping(tx, key, wrapped)) rewrapped += 1;
    }
    if (rewrapped > 0) {
      const details = { wrappingKeyId: keyId, rewrapped, shut };
      await recordAct(tx, context.actor, { act: 'numbers.keysRewrapped', details });
    }
    return { rewrapped, shut };
  });
}

/** Whether an exchange of this municipality's data keys was begun and not ended. */
export async function isRotationOpen(context: VaultContext): Promise<boolean> {
  requirePermission(context.actor, 'keys.rotate');
  return await asVault(context, async (tx) => (await findOpenRotation(tx)) !== undefined);
}

/**
 * Exchanges the municipality's data keys while the office works: new keys for sealing and for finding are drawn, and
 * every row is sealed and indexed anew, some at a time. Until the end each row is found and opened by the key it has.
 * Killed in the middle it goes on where it was; nothing is done twice. Begins only between two imports of numbers.
 */
export async function rotateDataKeys(context: VaultContext): Promise<KeyRotationResult> {
  requirePermission(context.actor, 'keys.rotate');
  const begun = await asVault(context, async (tx) => await beginRotation(tx, context));
  if (begun === undefined) return { keyVersion: null, resealed: 0, shut: 0, isResumed: false };
  const { rotation, isResumed } = begun;
  const resealed = await withNumberKeys(context, async (keys) => await resealRows(context, keys, rotation));
  const shut = await asVault(context, async (tx) => await finishRotation(tx, context, rotation, resealed));
  return { keyVersion: rotation.keyVersion, resealed, shut, isResumed };
}

async function beginRotation(
  tx: Tx,
  context: VaultContext,
): Promise<{ readonly rotation: KeyRotation; readonly isResumed: boolean } | undefined> {
  // An import opened the keys when it began: none may be under way when others come into use.
  await lockFeeds(tx);
  const open = await findOpenRotation(tx);
  if (open !== undefined) return { rotation: open, isResumed: true };
  const stored = await listDataKeys(tx);
  if (stored.length === 0) return undefined;
  const keyVersion = Math.max(...stored.map(({ version }) => version)) + 1;
  const at = context.clock.now();
  await drawDataKeys(tx, context.keyWrapper, keyVersion, at);
  await insertRotation(tx, keyVersion, at);
  await recordAct(tx, context.actor, { act: 'numbers.keyRotationBegun', details: { keyVersion } });
  const rotation = await findOpenRotation(tx);
  return rotation && { rotation, isResumed: false };
}

async function resealRows(context: VaultContext, keys: NumberKeys, rotation: KeyRotation): Promise<number> {
  const { keyVersion } = rotation;
  const { older } = await asVault(context, async (tx) => await countOlderRows(tx, keyVersion));
  let after: HistoryPlace | null = null;
  let resealed = 0;
  for (;;) {
    const place: HistoryPlace | null = after;
    const { count, last } = await asVault(context, async (tx) => {
      const rows = await lockOlderRows(tx, { keyVersion, after: place, limit: rowsAtOnce });
      const anew = rows.flatMap((row) => resealRow(row, keys));
      await writeResealed(tx, anew, keyVersion);
      return { count: anew.length, last: rows.at(-1) };
    });
    resealed += count;
    context.onProgress?.(resealed, older);
    if (last === undefined) return resealed;
    after = last;
  }
}

function resealRow(row: Awaited<ReturnType<typeof lockOlderRows>>[number], keys: NumberKeys): ResealedRow[] {
  const { personId, version } = row;
  if (!keys.hasKeys(row.keyVersion, row.indexKeyVersion)) return [];
  const individualNumber = keys.open(row.sealed, row.keyVersion, personId, version);
  const sealed = keys.seal(individualNumber, personId, version);
  return [{ personId, version, sealed, numberIndex: keys.index(individualNumber) }];
}

async function finishRotation(
  tx: Tx,
  context: VaultContext,
  { rotationId, keyVersion }: KeyRotation,
  resealed: number,
): Promise<number> {
  const at = context.clock.now();
  const { older: shut } = await countOlderRows(tx, keyVersion);
  await retireUnusedKeys(tx, keyVersion, at);
  await endRotation(tx, rotationId, at);
  await recordAct(tx, context.actor, { act: 'numbers.keysRotated', details: { keyVersion, resealed, shut } });
  return shut;
}

async function rewrap(context: VaultContext, tx: Tx, key: StoredDataKey): Promise<WrappedKey | undefined> {
  const { keyWrapper } = context;
  const sealing = wrapContext(tx.lgCode, key.purpose, key.version);
  const clear = await keyWrapper.unwrap(key.wrapped, sealing).catch((error: unknown) => {
    if (error instanceof KeyTrouble && error.kind === 'wrongKey') return undefined;
    throw error;
  });
  if (clear === undefined) return undefined;
  try {
    return await keyWrapper.wrap(clear, sealing);
  } finally {
    clear.fill(0);
  }
}

async function asVault<T>(context: VaultContext, work: (tx: Tx) => Promise<T>): Promise<T> {
  return await withMunicipality(context.db, context.actor.lgCode, work, { role: 'vault' });
}
