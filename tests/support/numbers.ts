import type { VaultContext } from '#addressees/numbers';
import { importResidents } from '#addressees/persons';
import type { FeedSource } from '#common-base/linkage';
import { type LgCode, type PersonId, parseIsoDay } from '#kernel';
import { secretKeyWrapper } from '#platform/keys';
import { type Database, withMunicipality } from '#platform/postgres';
import { residentFeed, testActor, testContext, textFeed } from './addressees.ts';
import { noteNumbers } from './number-watch.ts';

/** The wrapping key of tests; never of an installation. */
export const testKeyWrapper = secretKeyWrapper(Buffer.alloc(32, 5).toString('base64'));

/** A context with everything that the vault's acts need. */
export function vaultContext(
  db: Database,
  lgCode: LgCode,
  permissions: Parameters<typeof testActor>[1] = ['numbers.import', 'numbers.view', 'numbers.confirm'],
  reason: string | null = '窓口での本人確認',
): VaultContext {
  return { ...testContext(db, testActor(lgCode, permissions, reason)), keyWrapper: testKeyWrapper };
}

/** Takes in people with the 宛名番号 0000000001 … count, and answers their keys in that order. */
export async function importPeople(db: Database, lgCode: LgCode, count: number): Promise<PersonId[]> {
  const people = Array.from({ length: count }, (_, i) => ({ 整理番号: addresseeNumber(i + 1) }));
  const context = testContext(db, testActor(lgCode, ['persons.import']));
  await importResidents(context, residentFeed(people), { isChanges: false, asOf: parseIsoDay('2026-11-21') });
  return withMunicipality(db, lgCode, async (tx) => {
    const { rows } = await tx.client.query<{ person_id: PersonId }>(
      'SELECT person_id FROM persons WHERE lg_code = $1 ORDER BY addressee_number',
      [tx.lgCode],
    );
    return rows.map((row) => row.person_id);
  });
}

/** The n-th 宛名番号 of the test's people. */
export function addresseeNumber(n: number): string {
  return String(n).padStart(10, '0');
}

/** A feed of numbers as 番号連携 sends it. */
export function numberFeed(
  rows: readonly (readonly [addressee: number | string, number: string, branch?: string])[],
  name = 'individual-numbers.csv',
): FeedSource {
  noteNumbers(rows.map(([, number]) => number));
  const lines = rows.map(([addressee, number, branch]) => {
    const key = typeof addressee === 'number' ? addresseeNumber(addressee) : addressee;
    return [key, number, branch ?? '01'].join(',');
  });
  return textFeed(name, ['整理番号,個人番号,個人番号の枝番', ...lines]);
}
