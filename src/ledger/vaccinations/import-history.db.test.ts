import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { listFeedRunRows, listFeedRuns } from '#common-base/linkage';
import { type Finding, type PersonId, UnreadableInput } from '#kernel';
import { getOwnerUrl, withClient, withMunicipality } from '#platform/postgres';
import { loadDemonstrationSettings, textFeed } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { historyHeader, intakeAsOf, intakeContext } from '../../../tests/support/intake.ts';
import { insertTestPeople } from '../../../tests/support/ledger.ts';
import { type HistoryResult, importHistory } from './import-history.ts';
import { listEntryHistory } from './list-entry-history.ts';
import { verifyLedger } from './verify-ledger.ts';

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
  const feed = textFeed('vrs.csv', [`21,${first},${second}`, `,${first}`, `99,${first.replace('1234', '9234')}`]);
  const result = await importHistory(context, feed, { layoutName: 'vrs-ledger', asOf: intakeAsOf });
  assert.deepEqual([result.rows, result.accepted, result.refused], [4, 2, 2]);
  // The report speaks of the columns of the file, not of our keys.
  const fields = await withMunicipality(base.db, base.lgCode, async ({ client }) => {
    const { rows } = await client.query<{ field: string }>(
      `SELECT DISTINCT each->>'field' AS field FROM feed_run_rows, jsonb_array_elements(findings) AS each
        WHERE lg_code = $1 AND each->>'code' = 'historyPersonUnknown'`,
      [base.lgCode],
    );
    return rows.map(({ field }) => field);
  });
  assert.deepEqual(fields, ['個別宛名番号']);
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

test('券番号からだれの接種か決まらない行は、理由を付けて断り、台帳に入れない', async () => {
  const context = intakeContext(base.db, base.lgCode);
  const numbers = Array.from({ length: 8 }, (_, i) => String(31 + i).padStart(10, '0'));
  const people = await insertTestPeople(
    base.db,
    base.lgCode,
    numbers.map((addresseeNumber) => ({ addresseeNumber, bornOn: '1950-01-15' })),
  );
  // 37 and 38 are one person under two records.
  await withClient(getOwnerUrl(base.db), (client) =>
    client.query('UPDATE persons SET principal_id = $2 WHERE lg_code = $1 AND person_id = ANY ($3)', [
      ...[base.lgCode, people[6], people.slice(6)],
    ]),
  );
  const dose = (on: string, coupon: string) =>
    `,20210701093000,${on},${coupon},134996,市民体育館,試験　医師,ファイザー,FA5715`;
  const feed = textFeed('vrs-coupons.csv', [
    `31${dose('20210601', '0000005555')}${dose('20210622', '0000005555')}`,
    `32${dose('20210601', '0000005555')}`,
    `33${dose('20210601', '0000001234')}`,
    `34${dose('20210601', '0000007777')}`,
    `34${dose('20210608', '0000007777')}`,
    `35${dose('20210601', '0000008888')}`,
    `36${dose('20210601', '0000008888')}`,
    `37${dose('20210601', '0000009999')}`,
    `38${dose('20210622', '')}${dose('20210622', '0000009999')}`,
  ]);
  const couponHolders = () => Promise.resolve(new Map([['0000008888', people[5] ?? (0 as PersonId)]]));
  const options = { layoutName: 'vrs-ledger', asOf: intakeAsOf, couponHolders };
  const result = await importHistory(context, feed, options);
  assert.deepEqual(figuresOf(result), { rows: 11, accepted: 5, refused: 6, entered: 5, alreadyInLedger: 0 });
  const listed = await withMunicipality(base.db, base.lgCode, async (tx) => {
    const [run] = await listFeedRuns(tx, { limit: 1 });
    return listFeedRunRows(tx, run?.runId ?? 0, { limit: 20 });
  });
  assert.deepEqual(
    listed.map((row) => [row.ordinal, row.answer, row.findings.map(({ code }) => code).join(' ')]),
    [
      // Two people with one number that nobody knows: every dose of both waits.
      [1, 'refused', 'couponSharedInFile historyCouponRefused'],
      [2, 'refused', 'couponSharedInFile historyCouponRefused'],
      [3, 'refused', 'couponSharedInFile historyCouponRefused'],
      // The ledger knows the number of the person of the test above.
      [4, 'refused', 'couponOfOther historyCouponRefused'],
      // The first dose on two days: one of them stands.
      [6, 'refused', 'couponDoseTwice historyCouponRefused'],
      // Printed for 36, who keeps it.
      [7, 'refused', 'couponOfOther historyCouponRefused'],
    ],
  );
  assert.deepEqual(
    listed.map(({ findings }) => findings[0]?.field),
    Array.from({ length: 6 }, () => '券番号'),
  );
  const again = await importHistory(
    context,
    textFeed('vrs-later.csv', [`34${dose('20210601', '0000007777')}`]),
    options,
  );
  assert.equal(again.alreadyInLedger, 1, 'what stands is known, not doubted');
  const { differences } = await verifyLedger(base.db, base.lgCode);
  assert.equal(differences, 0);
});

/** Ten children with one dose each in the order of their numbers; a stranger, a day before birth and a row told twice. */
const town = Array.from({ length: 10 }, (_, i) => String(100 + i).padStart(10, '0'));
const townRow = (number: string, on = '20260415') => `${number},24,1,${on},,A1,03,0.50,,,`;
const townFile = (name: string, lot = 'A1') =>
  textFeed(name, [
    historyHeader,
    ...town.map((number) => townRow(number).replace('A1', lot)),
    townRow('9999999999'),
    townRow('0000000100', '20251231'),
    townRow('0000000101').replace('A1', lot),
  ]);

const countEntries = (): Promise<number> =>
  withMunicipality(base.db, base.lgCode, async ({ client }) => {
    const { rows } = await client.query<{ count: number }>('SELECT count(*) AS count FROM ledger_entries');
    return rows[0]?.count ?? 0;
  });

const figuresOf = ({ rows, accepted, refused, entered, alreadyInLedger }: HistoryResult) => ({
  rows,
  accepted,
  refused,
  entered,
  alreadyInLedger,
});

test('区切りの途中で止めても前の区切りは残り、同じファイルの続きから入って、件数が釣り合う', async () => {
  const context = intakeContext(base.db, base.lgCode);
  await insertTestPeople(
    base.db,
    base.lgCode,
    town.map((addresseeNumber) => ({ addresseeNumber })),
  );
  const before = await countEntries();
  const stopped = {
    ...context,
    onProgress: (done: number) => {
      if (done > 8) throw new Error('the machine stops');
    },
  };
  const options = { asOf: intakeAsOf, rowsPerPart: 4 };
  await assert.rejects(importHistory(stopped, townFile('town.csv'), options), /the machine stops/u);
  assert.equal(await countEntries(), before + 8, 'two parts of four stand, the third is gone whole');
  const [open] = await withMunicipality(base.db, base.lgCode, (tx) => listFeedRuns(tx, { limit: 1 }));
  assert.deepEqual([open?.state, open?.progress?.['rows']], ['running', 8]);

  const rest: number[] = [];
  const result = await importHistory(
    { ...context, onProgress: (done) => rest.push(done) },
    townFile('town.csv'),
    options,
  );
  assert.deepEqual(figuresOf(result), { rows: 13, accepted: 10, refused: 3, entered: 10, alreadyInLedger: 0 });
  assert.deepEqual(rest, [12, 13], 'only the parts that did not stand were read into the ledger');
  assert.equal(await countEntries(), before + 10);
  const listed = await withMunicipality(base.db, base.lgCode, (tx) =>
    listFeedRunRows(tx, open?.runId ?? 0, { limit: 10 }),
  );
  const codes = (findings: readonly Finding[]) => findings.map(({ code }) => code);
  assert.deepEqual(
    listed.map((row) => [row.ordinal, row.answer, codes(row.findings)]),
    [
      [11, 'refused', ['historyPersonUnknown']],
      [12, 'refused', ['historyDayBeforeBirth']],
      [13, 'refused', ['historyRowTwice']],
    ],
  );
  const again = await importHistory(context, townFile('town.csv'), options);
  assert.deepEqual([again.repeated, figuresOf(again)], [true, figuresOf(result)]);
  const { differences } = await verifyLedger(base.db, base.lgCode);
  assert.equal(differences, 0);
});

test('すでに台帳にある記録は数えるだけで、二度は入らない。読めないファイルは一行も入れない', async () => {
  const context = intakeContext(base.db, base.lgCode);
  const before = await countEntries();
  const options = { asOf: intakeAsOf, rowsPerPart: 4 };
  const known = await importHistory(context, townFile('town-again.csv', 'A2'), options);
  assert.deepEqual(figuresOf(known), { rows: 13, accepted: 11, refused: 2, entered: 0, alreadyInLedger: 11 });
  const cut = textFeed('cut.csv', [
    historyHeader,
    ...town.map((number) => townRow(number, '20260520').replace(',1,', ',2,')),
    `${townRow('0000000100', '20260520')}"`,
  ]);
  await assert.rejects(importHistory(context, cut, options), UnreadableInput);
  assert.equal(await countEntries(), before);
});

test('日付順のファイルでも、台帳にある記録とファイルに二度ある記録を、一件ずつ見分ける', async () => {
  const context = intakeContext(base.db, base.lgCode);
  const numbers = Array.from({ length: 120 }, (_, i) => String(500 + i).padStart(10, '0'));
  await insertTestPeople(
    base.db,
    base.lgCode,
    numbers.map((addresseeNumber) => ({ addresseeNumber })),
  );
  const row = (number: string, on: string) => townRow(number, on);
  const [one = '', two = ''] = numbers;
  const before = textFeed('before.csv', [historyHeader, row(one, '20260601'), row(two, '20260602')]);
  const options = { asOf: intakeAsOf };
  assert.equal((await importHistory(context, before, options)).entered, 2);
  // 120 people on one day: of the day's doses, `one` has this very dose, `two` only that of another day.
  const rows = [...numbers.map((number) => row(number, '20260601')), row(numbers[7] ?? '', '20260601')];
  const result = await importHistory(context, textFeed('day.csv', [historyHeader, ...rows]), options);
  assert.deepEqual(figuresOf(result), { rows: 121, accepted: 120, refused: 1, entered: 119, alreadyInLedger: 1 });
  // Cut into parts, the second telling of a record stands in another part than the first.
  const later = [
    ...numbers.map((number) => row(number, '20260610')),
    ...numbers.map((number) => row(number, '20260610')),
  ];
  const parts = await importHistory(context, textFeed('parts.csv', [historyHeader, ...later]), {
    ...options,
    rowsPerPart: 110,
  });
  assert.deepEqual(figuresOf(parts), { rows: 240, accepted: 120, refused: 120, entered: 120, alreadyInLedger: 0 });
});
