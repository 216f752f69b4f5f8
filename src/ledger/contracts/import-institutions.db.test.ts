import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ActionContext, NotPermitted } from '#common-base/access';
import { listFeedRunRows, listFeedRuns } from '#common-base/linkage';
import { Conflict, getDay, UnreadableInput } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import { loadDemonstrationSettings, testActor, testContext, textFeed } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { contractedClinicLines, intakeContext } from '../../../tests/support/intake.ts';
import { importInstitutions } from './import-institutions.ts';
import { keepContract } from './keep-contract.ts';
import { loadInstitutions, selectVersions } from './store.ts';
import type { ContractTold } from './types.ts';

let base: TestDatabase;
let context: ActionContext;

before(async () => {
  base = await testDatabase();
  await loadDemonstrationSettings(base.db);
  context = intakeContext(base.db, base.lgCode);
});
after(() => base.close());

const [header = ''] = contractedClinicLines;
const line = (code: string, name: string, from: string, to: string): string => `${code},${name},,,,${from},${to},,,,,`;
const takeIn = (...lines: readonly string[]) =>
  importInstitutions(context, textFeed('institutions.csv', [header, ...lines]));

async function contractsOf(code: string) {
  const institutions = await withMunicipality(base.db, base.lgCode, (tx) => loadInstitutions(tx));
  return institutions.get(code)?.contracts;
}

function countVersions(): Promise<number> {
  return withMunicipality(base.db, base.lgCode, async ({ client }) => {
    const { rows } = await client.query<{ n: number }>('SELECT count(*) AS n FROM institution_versions');
    return rows[0]?.n ?? -1;
  });
}

test('契約は期間ごとに覚えられ、変わった行だけが新しく書かれる', async () => {
  const first = await takeIn(
    line('1311400046', '試験医院', '20200401', '99999999'),
    line('1312300138', '見本医院', '20200401', '20260930'),
  );
  assert.deepEqual([first.rows, first.accepted, first.refused], [2, 2, 0]);
  assert.deepEqual(await contractsOf('1311400046'), [{ from: getDay(2020, 4, 1), to: null, programmes: null }]);
  const second = await takeIn(
    line('1311400046', '試験医院', '20200401', '20270331'),
    line('1312300138', '見本医院', '20200401', '20260930'),
    line('1312300138', '見本医院', '20261001', '99999999'),
  );
  assert.deepEqual([second.rows, second.accepted], [3, 3]);
  assert.deepEqual(await contractsOf('1311400046'), [
    { from: getDay(2020, 4, 1), to: getDay(2027, 3, 31), programmes: null },
  ]);
  assert.deepEqual(await contractsOf('1312300138'), [
    { from: getDay(2026, 10, 1), to: null, programmes: null },
    { from: getDay(2020, 4, 1), to: getDay(2026, 9, 30), programmes: null },
  ]);
  assert.equal(await countVersions(), 4, 'two at first, one ended, one new');
});

test('検証番号の合わないコードは受け入れて確かめさせ、逆さの期間・名前のない行・二重の行は断る', async () => {
  const result = await takeIn(
    line('1311400041', '読み違い医院', '20200401', '99999999'),
    line('1313000208', '逆さ医院', '20260401', '20260331'),
    line('1314900398', '', '20200401', '99999999'),
    line('1316400546', '二重医院', '20200401', '99999999'),
    line('1316400546', '二重医院', '20200401', '99999999'),
  );
  assert.deepEqual([result.rows, result.accepted, result.questioned, result.refused], [5, 1, 1, 3]);
  const listed = await withMunicipality(base.db, base.lgCode, async (tx) => {
    const [run] = await listFeedRuns(tx, { limit: 1 });
    assert.ok(run !== undefined);
    return listFeedRunRows(tx, run.runId, { limit: 10 });
  });
  assert.deepEqual(
    listed.map((row) => [row.line, row.answer, row.findings[0]?.code]),
    [
      [2, 'questioned', 'institutionCheckDigit'],
      [3, 'refused', 'contractPeriodReversed'],
      [4, 'refused', 'feedValueMissing'],
      [6, 'refused', 'feedKeyTwice'],
    ],
  );
  assert.ok((await contractsOf('1311400041')) !== undefined);
  assert.equal(await contractsOf('1313000208'), undefined);
});

test('画面で決めた範囲は取込のあとも残り、取り下げた契約は同じ行がまた来ても戻らない', async () => {
  const code = '1316400546';
  await takeIn(line(code, '範囲医院', '20200401', '99999999'));
  const chief = testContext(base.db, testActor(base.lgCode, ['institutions.update']));
  const latest = () => withMunicipality(base.db, base.lgCode, (tx) => selectVersions(tx, code));
  const told = async (changes: Partial<ContractTold>): Promise<ContractTold> => {
    const [known] = await latest();
    assert.ok(known !== undefined);
    return { ...known, ...changes };
  };
  const change = async (changes: Partial<ContractTold>, reason: string | null) =>
    keepContract(chief, { told: await told(changes), replaces: (await latest())[0]?.versionId ?? 0, reason });
  await assert.rejects(change({ programmes: ['bcg'] }, null), UnreadableInput);
  await change({ programmes: ['bcg'] }, '別表のとおり');
  await takeIn(line(code, '範囲医院（改称）', '20200401', '99999999'));
  assert.deepEqual(await contractsOf(code), [{ from: getDay(2020, 4, 1), to: null, programmes: ['bcg'] }]);

  await change({ isRetired: true }, '別の医療機関の契約だった');
  assert.equal(await contractsOf(code), undefined);
  await takeIn(line(code, '範囲医院（改称）', '20200401', '99999999'), line('1311400046', '試験医院', '20200401', ''));
  assert.equal(await contractsOf(code), undefined);

  const stale = { told: await told({ isRetired: false }), replaces: 1, reason: '戻す' };
  await assert.rejects(keepContract(chief, stale), Conflict);
  await assert.rejects(keepContract(context, stale), NotPermitted);
  const acts = await withMunicipality(base.db, base.lgCode, async ({ client }) => {
    const { rows } = await client.query("SELECT details FROM audit_acts WHERE act = 'contracts.changed'");
    return rows;
  });
  assert.deepEqual(acts, [{ details: { institution: code } }, { details: { institution: code } }]);
});

test('ほかの自治体の契約は見えない', async () => {
  const others = await withMunicipality(base.db, base.other, (tx) => loadInstitutions(tx));
  assert.equal(others.size, 0);
});
