import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ActionContext } from '#common-base/access';
import { Conflict, type Day, getDay, parseIsoDay, type StaffId, UnreadableInput } from '#kernel';
import { answerRow, commitBatch, listRows, receiveBatch } from '#ledger/intake';
import { keepMaster } from '#ledger/masters';
import { loadVaccineMap } from '#ledger/products';
import { FormFields } from '#platform/http';
import { withMunicipality } from '#platform/postgres';
import { loadDemonstrationSettings, testActor, testContext } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { checkoutRules } from '../../../tests/support/demonstration.ts';
import { clinicFeed, contractClinic, contractedClinic, intakeContext } from '../../../tests/support/intake.ts';
import { issueTestForms } from '../../../tests/support/issued-forms.ts';
import { insertTestPeople } from '../../../tests/support/ledger.ts';
import { decideBundleState } from './decide-bundle-state.ts';
import { handOverBundle } from './hand-over.ts';
import { checkForm, keyForm, listComparedForms } from './key-form.ts';
import { getBundle } from './list-bundles.ts';
import { listVaccineCodes } from './list-vaccine-codes.ts';
import {
  addBundle,
  announceBundle,
  explainDifference,
  linkMonth,
  receiveBundle,
  remindLate,
} from './manage-bundles.ts';
import { readKeyedValues } from './read-keyed-values.ts';
import { countWaitingBundles } from './store.ts';
import type { KeyingPass } from './types.ts';

let base: TestDatabase;
let first: ActionContext;
let second: ActionContext;
let numbers: readonly string[];

before(async () => {
  base = await testDatabase();
  await loadDemonstrationSettings(base.db);
  await contractClinic(intakeContext(base.db, base.lgCode));
  const actor = testActor(base.lgCode, ['bundles.view', 'bundles.manage', 'bundles.key', 'intake.receive']);
  first = testContext(base.db, actor);
  second = testContext(base.db, { ...actor, staffId: 2 as StaffId, staffName: '二人目 職員' });
  const people = ['0000000001', '0000000002'].map((addresseeNumber) => ({ addresseeNumber }));
  numbers = await issueTestForms(base.db, base.lgCode, await insertTestPeople(base.db, base.lgCode, people));
});
after(() => base.close());

const usual = { outcome: '1', consent: '1', vaccinatedOn: '080415', lotNumber: 'A726B', manufacturerCode: '03' };

function key(context: ActionContext, bundleId: number, pass: KeyingPass, fields: Readonly<Record<string, string>>) {
  const { ordinal, ...typed } = { ordinal: '', ...fields };
  const { values } = readKeyedValues(new FormFields({ ...usual, ...typed }));
  return keyForm(context, { bundleId, pass, ordinal: ordinal === '' ? null : Number(ordinal), values });
}

const compared = (bundleId: number) =>
  withMunicipality(base.db, base.lgCode, async (tx) =>
    listComparedForms(tx, await getBundle(tx, first.actor, bundleId)),
  );

async function newBundle(needsSecond: boolean): Promise<number> {
  const bundle = { institutionCode: contractedClinic, claimMonth: '2026-04', ward: '', needsSecond } as const;
  return await addBundle(first, { ...bundle, expectedCount: 2, dueOn: getDay(2026, 5, 10) });
}

test('二人目は別の職員だけ。違う値は決めるまで回せず、決めた人も残る', async () => {
  const bundleId = await newBundle(true);
  const [one = '', two = ''] = numbers;
  await key(first, bundleId, 1, { formNumber: one });
  await key(first, bundleId, 1, { formNumber: two, lotNumber: 'A726D' });
  await assert.rejects(key(first, bundleId, 2, { ordinal: '1', formNumber: one }), UnreadableInput);
  await key(second, bundleId, 2, { ordinal: '1', formNumber: one });
  await key(second, bundleId, 2, { ordinal: '2', formNumber: two });
  const rules = await checkoutRules();
  await assert.rejects(handOverBundle(first, { bundleId, version: 1, rules }), /1枚は、二人の入力/u);
  assert.deepEqual(
    (await compared(bundleId)).map((form) => form.differences.map((each) => `${each.first}≠${each.second}`)),
    [[], ['A726D≠A726B']],
  );
  await key(second, bundleId, 3, { ordinal: '2', formNumber: two });
  await assert.rejects(handOverBundle(first, { bundleId, version: 9, rules }), Conflict, 'another version was seen');
  const { batchId } = await handOverBundle(first, { bundleId, version: 1, rules });
  const bundle = await withMunicipality(base.db, base.lgCode, (tx) => getBundle(tx, first.actor, bundleId));
  assert.deepEqual([bundle.batchId, bundle.entered, bundle.committed], [batchId, 2, 0]);
  await assert.rejects(
    key(first, bundleId, 1, { formNumber: one }),
    Conflict,
    'nothing is typed after the handing over',
  );
});

test('一人が二つのアカウントを使っても、一人目と二人目にはなれない', async () => {
  const staff = (account: string, person: string) => `INSERT INTO staff_members (lg_code, account_name, display_name,
      department, roles, must_change_password, is_demonstration, rank, person_staff_id)
    VALUES ('${base.lgCode}', '${account}', '同じ 人', '健康推進課', '{clerk}', false, false, 'member', ${person})
    RETURNING staff_id`;
  const as = (sql: string): Promise<ActionContext> =>
    withMunicipality(base.db, base.lgCode, async ({ client }) => {
      const { rows } = await client.query<{ staff_id: StaffId }>(sql);
      const staffId = rows[0]?.staff_id ?? assert.fail('no account');
      return { ...first, actor: { ...first.actor, staffId } };
    });
  const daily = await as(staff('onaji', 'NULL'));
  const other = await as(staff('onaji2', String(daily.actor.staffId)));
  const bundleId = await newBundle(true);
  const [one = ''] = numbers;
  await key(daily, bundleId, 1, { formNumber: one });
  await assert.rejects(key(other, bundleId, 2, { ordinal: '1', formNumber: one }), /別の職員/u);
  const colleague = await as(staff('betsu', 'NULL'));
  await key(colleague, bundleId, 2, { ordinal: '1', formNumber: one });
});

test('数えた枚数と入力した枚数が違えば回せない', async () => {
  const bundleId = await newBundle(false);
  await receiveBundle(first, { bundleId, version: 1, count: 2, on: getDay(2026, 11, 20) });
  await key(first, bundleId, 1, { formNumber: numbers[0] ?? '' });
  await assert.rejects(
    handOverBundle(first, { bundleId, version: 2, rules: await checkoutRules() }),
    /枚数は 2、入力した枚数は 1/u,
  );
});

test('宛名番号だけでは人を決めず、生年月日が合って初めて決める。入力中に指摘が出る', async () => {
  const bundleId = await newBundle(false);
  const rules = await checkoutRules();
  const look = (fields: Readonly<Record<string, string>>) =>
    checkForm(first, { bundleId, rules, values: readKeyedValues(new FormFields({ ...usual, ...fields })).values });
  const code = { vaccineCode: '24', doseNumber: '1', addresseeNumber: '2' };
  assert.equal((await look(code)).person, null);
  assert.equal((await look({ ...code, birthDate: '080111' })).person, null, 'another birth date');
  const right = await look({ ...code, birthDate: '080110' });
  assert.equal(right.person?.addresseeNumber, '0000000002');
  assert.deepEqual(
    right.findings?.map((each) => each.severity).filter((severity) => severity === 'question'),
    [],
  );
  const early = await look({ ...code, birthDate: '080110', vaccinatedOn: '080220' });
  assert.ok(
    early.findings?.some((each) => each.severity === 'question'),
    'before two months of age',
  );
  const mixed = await look({ formNumber: numbers[0] ?? '', addresseeNumber: '2', birthDate: '080110' });
  assert.equal(mixed.person, null, 'the form is the first child’s, the number the second one’s');
});

test('製品の二つある予診票は、シールを見てコードを入れるまで登録しない。日がなければ「気になることはない」とも言わない', async () => {
  const bundleId = await newBundle(false);
  const rules = await checkoutRules();
  const people = await insertTestPeople(base.db, base.lgCode, [
    { addresseeNumber: '0000000009', bornOn: '1961-06-01' },
  ]);
  const of = { programme: 'zoster', stage: 'primary' };
  const [formNumber = ''] = await issueTestForms(base.db, base.lgCode, people, of);
  const look = (fields: Readonly<Record<string, string>>) =>
    checkForm(first, { bundleId, rules, values: readKeyedValues(new FormFields({ ...usual, ...fields })).values });
  const scanned = await look({ formNumber });
  assert.deepEqual([scanned.values.vaccineCode, scanned.findings], ['', null]);
  await assert.rejects(key(first, bundleId, 1, { formNumber }), /54 帯状疱疹組換え、55 帯状疱疹生/u);
  const chosen = await look({ formNumber, vaccineCode: '55', vaccinatedOn: '' });
  assert.deepEqual([chosen.vaccineName, chosen.values.doseNumber, chosen.findings], ['帯状疱疹生', '1', null]);
  assert.notEqual((await look({ formNumber, vaccineCode: '55' })).findings, null);
  assert.equal((await look({ formNumber, vaccineCode: '99' })).vaccineName, null);
  await key(first, bundleId, 1, { formNumber, vaccineCode: '55' });
});

test('製品の二つある予防接種は、予診票だけではどちらとも決めない。一つなら通しの回数まで決まる', async () => {
  const map = await withMunicipality(base.db, base.lgCode, (tx) => loadVaccineMap(tx));
  const codes = (programme: string, stage: string, on: string, doseNumber: number | null = 1) =>
    listVaccineCodes(map, { programme, stage, doseNumber }, parseIsoDay(on)).map((each) => [
      each.vaccineCode,
      each.doseNumber,
    ]);
  // 生と組換えでは回数が違う。1価と5価も。
  assert.deepEqual(codes('zoster', 'primary', '2026-11-24'), [
    ['54', 1],
    ['55', 1],
  ]);
  assert.deepEqual(codes('rotavirus', 'primary', '2026-11-24', 2), [
    ['22', 2],
    ['36', 2],
  ]);
  assert.deepEqual(codes('rsv-maternal', 'single', '2026-11-24'), [['35', 1]]);
  // 追加は4回目と書かれる。
  assert.deepEqual(codes('dpt-ipv-hib', 'booster', '2026-11-24'), [['24', 4]]);
  assert.deepEqual(codes('dpt-ipv-hib', 'booster', '2026-11-24', null), [['24', null]]);
  // 高用量は令和8年10月1日から。特例臨時接種 (VRS) は令和6年3月31日まで。
  assert.deepEqual(codes('influenza-older', 'seasonal', '2026-09-30'), [['51', 1]]);
  assert.equal(codes('influenza-older', 'seasonal', '2026-10-01').length, 2);
  assert.deepEqual(codes('covid19-older', 'seasonal', '2026-11-24'), [['52', 1]]);
  assert.deepEqual(codes('unknown', 'single', '2026-11-24'), []);
});

test('医師と会場はコードで入力でき、名前とコードが台帳に入る。マスタにない名前は文字で残る', async () => {
  const rules = await checkoutRules();
  const keeper = testContext(base.db, testActor(base.lgCode, ['masters.update']));
  const keep = (kind: 'physician' | 'venue', code: string, name: string) => {
    const owner = kind === 'physician' ? contractedClinic : '';
    const span = { validFrom: null, validTo: null, isRetired: false, note: null, recall: null };
    return keepMaster(keeper, { told: { kind, code, owner, name, ...span }, replaces: null });
  };
  await keep('physician', '12', '見本　医師');
  await keep('venue', 'V1', '市民体育館');
  const bundleId = await newBundle(false);
  const [one = '', two = ''] = numbers;
  await key(first, bundleId, 1, { formNumber: one, administeringPhysician: '12', venueOther: 'V1' });
  await key(first, bundleId, 1, { formNumber: two, administeringPhysician: '応援 医師' });
  assert.deepEqual(
    (await compared(bundleId)).map((form) => form.holds?.administeringPhysician),
    ['見本　医師', '応援 医師'],
  );
  const { batchId } = await handOverBundle(first, { bundleId, version: 1, rules });
  const office = intakeContext(base.db, base.lgCode);
  const { rows } = await withMunicipality(base.db, base.lgCode, (tx) =>
    listRows(tx, office.actor, batchId, { limit: 10 }),
  );
  const names = (row: (typeof rows)[number] | undefined) =>
    row?.findings.map(({ code }) => code).filter((code) => code.includes('Master'));
  assert.deepEqual([names(rows[0]), names(rows[1])], [[], ['physicianNotInMaster']]);
  for (const row of rows.filter((each) => each.answer === 'questioned')) {
    const answer = { kind: 'accept' as const, reason: '予診票を確かめた' };
    await answerRow(office, { batchId, ordinal: row.ordinal, expectedVersion: row.version, rules, answer });
  }
  await keep('physician', '13', '応援　医師');
  await commitBatch(office, batchId, { rules });
  const entered = await withMunicipality(base.db, base.lgCode, async ({ client }) => {
    const { rows: entries } = await client.query<{ names: string }>(
      `SELECT concat_ws('|', administering_physician, administering_physician_code, venue_other, venue_code) AS names
       FROM ledger_entries WHERE batch_id = $1 ORDER BY batch_row`,
      [batchId],
    );
    return entries.map((entry) => entry.names);
  });
  assert.deepEqual(entered, ['見本　医師|12|市民体育館|V1', '応援 医師']);
});

test('パンチ業者のファイルは、行のある医療機関の束とまとめて結びつき、遅れた束はまとめて督促し、差異は理由で終わる', async () => {
  const rules = await checkoutRules();
  const claimMonth = '2026-05';
  const frame = { claimMonth, ward: '', needsSecond: false, dueOn: getDay(2026, 6, 10) } as const;
  const own = await addBundle(first, { ...frame, institutionCode: contractedClinic, expectedCount: 3 });
  const late = await addBundle(first, { ...frame, institutionCode: '1311400053', expectedCount: null });
  const row = { 整理番号: '0000000001', 接種年月日: '20260801', 回数: '3' };
  const feed = clinicFeed([row, { ...row, 接種年月日: '20261301' }, { ...row, 医療機関コード: 'K-77' }], 'punched.csv');
  const { batchId } = await receiveBatch(intakeContext(base.db, base.lgCode), feed, {
    rules,
    asOf: getDay(2026, 11, 20),
  });
  assert.equal(await linkMonth(first, { claimMonth, batchId }), 1, 'a code that nobody knows gets no bundle');
  assert.equal(await linkMonth(first, { claimMonth, batchId }), 0);

  const waiting = (on: Day) =>
    withMunicipality(base.db, base.lgCode, async (tx) => (await countWaitingBundles(tx, on)).late);
  const before = await waiting(getDay(2026, 6, 10));
  assert.equal((await waiting(getDay(2026, 6, 11))) - before, 2, 'due on the 10th, late on the 11th');
  await receiveBundle(first, { bundleId: own, version: 2, count: 2, on: getDay(2026, 6, 12) });
  assert.equal(await remindLate(first, { bundleIds: [own, late], note: '電話' }), 1, 'what came needs no reminder');

  const stateOf = () =>
    withMunicipality(base.db, base.lgCode, async (tx) => {
      const bundle = await getBundle(tx, first.actor, own);
      return [
        decideBundleState(bundle, getDay(2026, 11, 20)),
        bundle.entered,
        bundle.returned,
        bundle.version,
      ] as const;
    });
  assert.deepEqual(await stateOf(), ['differs', 2, 1, 3], 'three were announced, two came');
  await announceBundle(first, { bundleId: own, version: 3, expectedCount: 2, dueOn: null });
  assert.equal((await stateOf())[0], 'inReview');
  const refused = { kind: 'refuse', reason: '別の月に届いた' } as const;
  const answering = intakeContext(base.db, base.lgCode);
  await answerRow(answering, { batchId, ordinal: 1, expectedVersion: 1, rules, answer: refused });
  assert.equal((await stateOf())[0], 'returned');
  await assert.rejects(explainDifference(first, { bundleId: own, version: 1, note: '返した' }), Conflict);
  await explainDifference(first, { bundleId: own, version: 4, note: '1枚は医療機関へ返した' });
  assert.equal((await stateOf())[0], 'done');
  await receiveBundle(first, { bundleId: own, version: 5, count: 2, on: getDay(2026, 6, 13) });
  assert.equal((await stateOf())[0], 'done', 'another day, the same count');
  await receiveBundle(first, { bundleId: own, version: 6, count: 5, on: getDay(2026, 6, 13) });
  assert.equal((await stateOf())[0], 'differs', 'the reason was given for other counts');
});
