import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { withMunicipality } from '#platform/postgres';
import { loadDemonstrationSettings, textFeed } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { intakeAsOf, intakeContext } from '../../../tests/support/intake.ts';
import { insertTestPeople } from '../../../tests/support/ledger.ts';
import { importHistory } from './import-history.ts';
import { listEntryHistory } from './list-entry-history.ts';

let base: TestDatabase;

before(async () => {
  base = await testDatabase();
  await loadDemonstrationSettings(base.db);
});
after(() => base.close());

test('VRSの台帳向け出力は、一行の何回分もが、先頭の0を補った人の接種になる', async () => {
  const context = intakeContext(base.db, base.lgCode);
  const [personId] = await insertTestPeople(base.db, base.lgCode, [
    { addresseeNumber: '0000000021', bornOn: '1950-01-15' },
  ]);
  assert.ok(personId !== undefined);
  const first = '20210601093000,20210601,0000001234,134996,市民体育館,試験　医師,ファイザー,FA5715';
  const second = '20210622093000,20210622,0000001234,134996,市民体育館,試験　医師,ファイザー,FC3661';
  const feed = textFeed('vrs.csv', [`21,${first},${second}`, `,${first}`, `99,${first}`]);
  const result = await importHistory(context, feed, { layoutName: 'vrs-ledger', asOf: intakeAsOf });
  assert.deepEqual([result.rows, result.accepted, result.refused], [4, 2, 2]);
  const entries = await withMunicipality(base.db, base.lgCode, (tx) => listEntryHistory(tx, context.actor, personId));
  assert.deepEqual(
    entries
      .map(({ fact }) => fact?.items)
      .map((items) => [items?.doseNumber, items?.couponNumber, items?.lotNumber])
      .toSorted(([a = ''], [b = '']) => Number(a) - Number(b)),
    [
      ['1', '0000001234', 'FA5715'],
      ['2', '0000001234', 'FC3661'],
    ],
  );
  assert.ok(entries.every(({ fact }) => fact?.vaccinationClass === 'temporary'));
});
