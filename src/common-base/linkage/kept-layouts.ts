import { recordAct } from '#common-base/audit';
import { findSettings, listSettingsPaths } from '#common-base/municipalities';
import { Conflict, type StaffId, UnreadableInput } from '#kernel';
import type { Tx } from '#platform/postgres';
import { findStandardLayout, listStandardLayouts } from './standard-layouts.ts';

/** Where a layout is written: kept on a screen, in the settings, or with the program. */
export type LayoutOrigin = 'screen' | 'settings' | 'program';

/** A layout's name with where it is written; the settings stand before a screen, and both before the program. */
export interface NamedLayout {
  readonly name: string;
  readonly origin: LayoutOrigin;
}

/** Every layout of the municipality by name. */
export async function listLayouts(tx: Tx): Promise<readonly NamedLayout[]> {
  const inSettings = (await listSettingsPaths(tx, 'layouts/')).map((path) =>
    path.slice('layouts/'.length, -'.json'.length),
  );
  const { rows } = await tx.client.query<{ name: string }>(
    'SELECT DISTINCT name FROM kept_layouts WHERE lg_code = $1',
    [tx.lgCode],
  );
  const origins = new Map<string, LayoutOrigin>();
  for (const name of await listStandardLayouts()) origins.set(name, 'program');
  for (const { name } of rows) origins.set(name, 'screen');
  for (const name of inSettings) origins.set(name, 'settings');
  return [...origins].map(([name, origin]) => ({ name, origin })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** What was last kept on a screen under a name; undefined where nothing was. */
export async function findKeptLayout(tx: Tx, name: string): Promise<{ text: string; version: number } | undefined> {
  const { rows } = await tx.client.query<{ text: string; version: number }>(
    'SELECT content AS text, version FROM kept_layouts WHERE lg_code = $1 AND name = $2 ORDER BY version DESC LIMIT 1',
    [tx.lgCode, name],
  );
  return rows[0];
}

/** What is kept of a layout, and by whom. */
export interface LayoutToKeep {
  readonly name: string;
  readonly text: string;
  readonly reason: string;
  /** The version that was seen (0 for none): another one since then is a Conflict. */
  readonly expectedVersion: number;
}

/**
 * Keeps a layout under a name of its own as a new version; the caller has read it with `readLayout`. A name that the
 * settings or the program use throws UnreadableInput: what an operator wrote is changed where it is written.
 */
export async function keepLayout(
  tx: Tx,
  by: Parameters<typeof recordAct>[1] & { readonly staffId: StaffId | null; readonly staffName: string },
  { name, text, reason, expectedVersion }: LayoutToKeep,
): Promise<void> {
  if (!/^[a-z0-9-]{1,60}$/u.test(name)) {
    throw new UnreadableInput('並びの名前は、英小文字・数字・ハイフンで60文字までです。例　clinic-records-kenko');
  }
  const isTaken =
    (await findSettings(tx, `layouts/${name}.json`)) !== undefined || (await findStandardLayout(name)) !== undefined;
  if (isTaken) {
    throw new UnreadableInput(`「${name}」は、設定かプログラムにある並びの名前です。別の名前を付けてください。`);
  }
  const version = (await findKeptLayout(tx, name))?.version ?? 0;
  if (version !== expectedVersion) {
    throw new Conflict(
      'この並びは、見ているあいだにほかの職員が登録しました。開き直して、その内容から直してください。',
    );
  }
  const actId = await recordAct(tx, by, { act: 'linkage.layoutKept', details: { name, version: version + 1 } });
  await tx.client.query(
    `INSERT INTO kept_layouts (lg_code, name, version, content, reason, staff_id, staff_name, act_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [tx.lgCode, name, version + 1, text, reason, by.staffId, by.staffName, actId],
  );
}
