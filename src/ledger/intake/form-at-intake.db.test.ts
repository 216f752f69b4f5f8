import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { linkPersons } from '#addressees/registration';
import { recordAct } from '#common-base/audit';
import { registerMunicipality } from '#common-base/municipalities';
import { type BatchId, Conflict, getDay, type PersonId } from '#kernel';
import { keepPrice } from '#ledger/contracts';
import { formatFormNumber, issueForms, markReissued, takeFormNumbers } from '#ledger/forms';
import { touchLedgers } from '#ledger/vaccinations';
import { withMunicipality } from '#platform/postgres';
import { testActor, testContext, textFeed } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { checkoutRules, demonstrationSettings } from '../../../tests/support/demonstration.ts';
import {
  type ClinicRow,
  clinicHeader,
  clinicLine,
  contractClinic,
  intakeAsOf,
  intakeContext,
} from '../../../tests/support/intake.ts';
import { insertTestPeople } from '../../../tests/support/ledger.ts';
import { answerRow } from './answer-rows.ts';
import { commitBatch } from './commit-batch.ts';
import { listRows } from './list-batches.ts';
import { receiveBatch } from './receive-batch.ts';
import { recheckBatch } from './recheck-batch.ts';

let base: TestDatabase;
let settings: string;

before(async () => {
  base = await testDatabase();
  settings = await mkdtemp(join(tmpdir(), 'sesshu-settings-'));
  await cp(demonstrationSettings, settings, { recursive: true });
  const layout = JSON.parse(await readFile(join(settings, 'layouts/clinic-records.json'), 'utf8')) as {
    columns: { name: string; key: string; type: string; optional?: boolean }[];
  };
  layout.columns.push({ name: '発行番号', key: 'formNumber', type: 'text' });
  layout.columns.push({ name: '請求額', key: 'claimYen', type: 'text', optional: true });
  await writeFile(join(settings, 'layouts/with-forms.json'), JSON.stringify(layout));
  await registerMunicipality(base.db, settings);
});
after(async () => {
  await base.close();
  await rm(settings, { recursive: true, force: true });
});

test('予診票の発行番号は、受付で発行番号簿と照らし合わされる', async () => {
  const context = intakeContext(base.db, base.lgCode);
  const rules = await checkoutRules();
  await contractClinic(context);
  const [hanako, taro, formerTaro] = await insertTestPeople(base.db, base.lgCode, [
    { addresseeNumber: '0000000001' },
    { addresseeNumber: '0000000002' },
    { addresseeNumber: '0000000003' },
  ]);
  assert.ok(hanako !== undefined && taro !== undefined && formerTaro !== undefined);
  const [good, old, replacement, others] = await withMunicipality(base.db, base.lgCode, async (tx) => {
    const numbers = await takeFormNumbers(tx, 4);
    const actId = await recordAct(tx, context.actor, { act: 'forms.issued' });
    const owners: readonly PersonId[] = [hanako, hanako, hanako, taro];
    const forms = numbers.map((formNumber, i) => ({
      formNumber,
      personId: owners[i] ?? hanako,
      programme: 'dpt-ipv-hib',
      stage: 'primary',
      doseNumber: 1,
      document: 'screening' as const,
      layoutId: 'layout',
      issuedOn: intakeAsOf,
      validUntil: null,
      issueReason: 'single' as const,
      remark: null,
      printJobId: null,
    }));
    await issueForms(tx, context.actor, actId, forms);
    const [, formNumber = '', replacedBy = ''] = numbers;
    await markReissued(tx, context.actor, actId, [{ formNumber, replacedBy }], { reason: '紛失', on: intakeAsOf });
    return numbers;
  });
  assert.ok(good !== undefined && old !== undefined && replacement !== undefined && others !== undefined);
  const rows: readonly (readonly [ClinicRow, string])[] = [
    [{}, formatFormNumber(good)],
    [{ 回数: '2', 接種年月日: '20260520' }, old],
    [{ 回数: '3', 接種年月日: '20260701' }, others],
  ];
  const lines = rows.map(([row, formNumber], i) => `${clinicLine(row, i + 1)},${formNumber}`);
  const feed = textFeed('forms.csv', [`${clinicHeader},発行番号`, ...lines]);
  const { batchId } = await receiveBatch(context, feed, { rules, asOf: intakeAsOf, layoutName: 'with-forms' });
  const page = await withMunicipality(base.db, base.lgCode, (tx) => listRows(tx, context.actor, batchId, { limit: 9 }));
  assert.deepEqual(
    page.rows.map(({ answer, questionCodes }) => [answer, ...questionCodes]),
    [['accepted'], ['questioned', 'formReissued'], ['questioned', 'formOfOther']],
  );
  const reissued = page.rows[1]?.findings.find(({ code }) => code === 'formReissued');
  assert.deepEqual(reissued?.params, { number: formatFormNumber(old), replacedBy: formatFormNumber(replacement) });
  assert.equal(reissued?.field, '発行番号');

  // The form was printed for one of Taro's two records, the row names the other: no question once they are linked.
  const linking = { ...context, actor: testActor(base.lgCode, ['persons.link']) };
  await linkPersons(linking, { memberId: formerTaro, principalId: taro }, '窓口で確認', touchLedgers);
  const line = `${clinicLine({ 整理番号: '0000000003' }, 1)},${formatFormNumber(others)}`;
  const second = textFeed('linked.csv', [`${clinicHeader},発行番号`, line]);
  const given = await receiveBatch(context, second, { rules, asOf: intakeAsOf, layoutName: 'with-forms' });
  assert.deepEqual([given.accepted, given.questioned, given.refused], [1, 0, 0]);

  // The first form's dose enters the ledger; the same form comes again with another day.
  assert.equal((await commitBatch(context, batchId, { rules })).committed, 1);
  const later = `${clinicLine({ 接種年月日: '20260416' }, 1)},${good}`;
  const third = textFeed('again.csv', [`${clinicHeader},発行番号`, later]);
  const again = await receiveBatch(context, third, { rules, asOf: intakeAsOf, layoutName: 'with-forms' });
  const found = await withMunicipality(base.db, base.lgCode, (tx) =>
    listRows(tx, context.actor, again.batchId, { code: 'formUsedBefore', limit: 9 }),
  );
  assert.equal(found.total, 1);
});

test('発行番号簿にない同じ番号の予診票が二人の行にあれば、どちらも尋ねる。先に入った他人の番号は登録の直前に見つかる', async () => {
  const context = intakeContext(base.db, base.lgCode);
  const rules = await checkoutRules();
  const numbers = ['0000000011', '0000000012', '0000000013', '0000000014'];
  await insertTestPeople(
    base.db,
    base.lgCode,
    numbers.map((addresseeNumber) => ({ addresseeNumber })),
  );
  const [first = '', second = '', third = '', fourth = ''] = numbers;
  const file = (name: string, ...rows: readonly (readonly [person: string, form: string])[]) =>
    textFeed(name, [
      `${clinicHeader},発行番号`,
      ...rows.map(([person, form], i) => `${clinicLine({ 整理番号: person }, i + 1)},${form}`),
    ]);
  const options = { rules, asOf: intakeAsOf, layoutName: 'with-forms' };
  const list = (batchId: BatchId) =>
    withMunicipality(base.db, base.lgCode, async (tx) => {
      const { rows } = await listRows(tx, context.actor, batchId, { limit: 9 });
      return rows.map(({ questionCodes }) => questionCodes.join());
    });
  const mixed = await receiveBatch(context, file('mixed.csv', [first, '7700-1'], [second, '７７００１']), options);
  assert.deepEqual(await list(mixed.batchId), ['formSharedInFile', 'formSharedInFile']);
  const answer = { kind: 'refuse', reason: '番号の読み違い' } as const;
  await answerRow(context, { batchId: mixed.batchId, ordinal: 2, expectedVersion: 1, rules, answer });
  assert.deepEqual(await recheckBatch(context, mixed.batchId, { rules }), { changed: 1 });
  assert.deepEqual(await list(mixed.batchId), ['', 'formSharedInFile'], 'the other row is refused: nobody shares it');

  const early = await receiveBatch(context, file('early.csv', [third, '88001']), options);
  const late = await receiveBatch(context, file('late.csv', [fourth, '88001']), options);
  assert.deepEqual([...(await list(early.batchId)), ...(await list(late.batchId))], ['', '']);
  assert.equal((await commitBatch(context, early.batchId, { rules })).committed, 1);
  await assert.rejects(commitBatch(context, late.batchId, { rules }), Conflict);
  assert.deepEqual(await list(late.batchId), ['formUsedBefore']);
});

test('単価を登録した自治体では、単価のない接種と違う請求額を尋ねる', async () => {
  const context = intakeContext(base.db, base.lgCode);
  const rules = await checkoutRules();
  const chief = testContext(base.db, testActor(base.lgCode, ['institutions.update']));
  const told = {
    ...{ priceCode: 'P1', programme: 'dpt-ipv-hib', product: null, outcome: 'administered' as const },
    ...{ institutionCode: null, ageFromYears: null, ageToYears: 5, unitPriceYen: 19_800, note: null },
    ...{ validFrom: getDay(2026, 4, 1), validTo: null, isRetired: false },
  };
  await keepPrice(chief, { told, replaces: null });
  await assert.rejects(keepPrice(chief, { told, replaces: null }), Conflict);
  const header = `${clinicHeader},発行番号,請求額`;
  const rows = [
    `${clinicLine({ 整理番号: '0000000002' }, 1)},,19800`,
    `${clinicLine({ 整理番号: '0000000002', 接種年月日: '20260331' }, 2)},,19800`,
    `${clinicLine({ 整理番号: '0000000002', 回数: '2', 接種年月日: '20260520' }, 3)},,19801`,
  ];
  const feed = textFeed('claims.csv', [header, ...rows]);
  const { batchId } = await receiveBatch(context, feed, { rules, asOf: intakeAsOf, layoutName: 'with-forms' });
  const page = await withMunicipality(base.db, base.lgCode, (tx) => listRows(tx, context.actor, batchId, { limit: 9 }));
  assert.deepEqual(
    page.rows.map((row) => row.questionCodes.filter((code) => code.startsWith('claim'))),
    [[], ['claimPriceMissing'], ['claimAmountDiffers']],
  );
});
