import { prepareVault } from '#addressees/numbers';
import { listMunicipalities } from '#common-base/municipalities';
import type { LgCode } from '#kernel';
import { chooseKeyWrapper } from '#platform/keys';
import type { Database } from '#platform/postgres';
import type { Surroundings } from './command.ts';

/** The loud word whenever a wrapping key was made. */
export const keepTheKey =
  '★ 個人番号の金庫の鍵を、いますぐ別の場所に控えてください。なくすと個人番号は二度と読めません。バックアップに鍵は入りません（docs/guides/keys.md）。';

/**
 * Makes the vault of a municipality ready, with the wrapping key of a new installation, and answers the words for
 * whoever is at the machine: none where all is well, loud ones where a key was made or where the vault stays shut.
 */
export async function prepareOfficeVault(
  db: Database,
  lgCode: LgCode,
  around: Pick<Surroundings, 'home' | 'environment' | 'clock'>,
): Promise<string[]> {
  const wrapper = chooseKeyWrapper(around.home, around.environment);
  const all = (await listMunicipalities(db)).map((municipality) => municipality.lgCode);
  const prepared = await prepareVault(db, { lgCode, all }, wrapper, around.clock.now());
  if (prepared.state === 'shut') return [`個人番号の金庫は開きません。${prepared.trouble.message}`];
  if (prepared.madeFile === null) return [];
  return [`個人番号の金庫の鍵を作りました: ${prepared.madeFile}（指紋 ${prepared.key.keyId}）`, keepTheKey];
}
