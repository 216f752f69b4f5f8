import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { listFeedRunRows, listFeedRuns } from '#common-base/linkage';
import { getDay } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import { loadDemonstrationSettings, testActor, testContext, textFeed } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { checkoutRules } from '../../../tests/support/demonstration.ts';
import { importMasters } from './import-masters.ts';
import { insertMaster, loadLots, loadManufacturerNames, selectMasters } from './store.ts';

let base: TestDatabase;

before(async () => {
  base = await testDatabase();
  await loadDemonstrationSettings(base.db);
});
after(() => base.close());

const header = '種類,コード,製品・医療機関コード,名前,有効の始まり,有効の終わり,回収の日,回収の理由';

test('マスタのファイルは画面と同じきまりで入り、同じ内容は書き直さず、変わったものは新しい版になる', async () => {
  const rules = await checkoutRules();
  const context = testContext(base.db, testActor(base.lgCode, ['masters.update']));
  const good = [
    'メーカー,77,,架空製薬,,,,',
    'ロット,Ａ７７７,B型肝炎ワクチン,架空製薬,R8.4.1,20270331,,',
    'ロット,B888,5in1,架空製薬,,,2026-06-01,異物の混入',
    '医師,D-1,1311400046,試験　太郎,,,,',
    '会場,V-1,,市民体育館,,2026-12-31,,',
  ];
  const bad = [
    'ロット,C1,,架空製薬,,,,',
    'ロット,C2,ない製品,架空製薬,,,,',
    '会場,V-2,,別館,2026-04-02,2026-04-01,,',
    'ロット,C3,5in1,架空製薬,,,2026-06-01,',
    '車,V-3,,移動接種車,,,,',
  ];
  const first = await importMasters(context, textFeed('masters.csv', [header, ...good, ...bad]), { rules });
  assert.deepEqual([first.rows, first.accepted, first.refused], [10, 5, 5]);
  const codes = await withMunicipality(base.db, base.lgCode, async (tx) => {
    const [run] = await listFeedRuns(tx, { kind: 'masters', limit: 1 });
    const rows = await listFeedRunRows(tx, run?.runId ?? 0, { limit: 20 });
    return rows.map((row) => row.findings.map(({ code }) => code).join());
  });
  assert.deepEqual(codes.slice(0, 4), [
    'masterOwnerMissing',
    'masterProductUnknown',
    'masterSpanReversed',
    'masterRecallSilent',
  ]);
  const lots = await withMunicipality(base.db, base.lgCode, loadLots);
  const lot = lots.get('hepb')?.get('A777') ?? assert.fail('the lot is not there');
  assert.deepEqual([lot.validFrom, lot.validTo, lot.recall], [getDay(2026, 4, 1), getDay(2027, 3, 31), null]);
  assert.deepEqual(lots.get('5in1')?.get('B888')?.recall, { on: getDay(2026, 6, 1), reason: '異物の混入' });

  const makers = await withMunicipality(base.db, base.lgCode, loadManufacturerNames);
  assert.equal(makers.get('77'), '架空製薬', 'kept on the screen or in the file');
  assert.equal(makers.get('01'), '組換えB型肝炎製造社', 'of the municipality’s table');

  // The same again, but for one lot that is recalled since.
  const later = [
    ...good.filter((line) => !line.includes('７７７')),
    'ロット,A777,hepb,架空製薬,R8.4.1,20270331,20260901,力価',
  ];
  await importMasters(context, textFeed('later.csv', [header, ...later]), { rules });
  const versions = await withMunicipality(base.db, base.lgCode, async ({ client }) => {
    const { rows } = await client.query<{ code: string; n: number }>(
      'SELECT code, count(*) AS n FROM master_entries GROUP BY code ORDER BY code',
    );
    return rows.map(({ code, n }) => `${code} ${n}`);
  });
  assert.deepEqual(versions, ['77 1', 'A777 2', 'B888 1', 'D-1 1', 'V-1 1']);
  const [held] = await withMunicipality(base.db, base.lgCode, (tx) =>
    selectMasters(tx, 'lot', { text: 'A777', after: 0, limit: 1 }),
  );
  assert.equal(held?.recall?.reason, '力価');

  // An older list of the same lots, in another spelling: nothing of it undoes a recall.
  const old = ['ロット,b-888,5in1,架空製薬,,,,', 'ロット,A777,hepb,架空製薬,R8.4.1,20270331,,'];
  assert.equal((await importMasters(context, textFeed('old.csv', [header, ...old]), { rules })).refused, 2);
  const spelled = {
    kind: 'lot',
    code: 'b-888',
    owner: '5in1',
    name: '架空製薬',
    validFrom: null,
    validTo: null,
  } as const;
  const after = await withMunicipality(base.db, base.lgCode, async (tx) => {
    await insertMaster(tx, { actId: 1, staffName: '画面' }, { ...spelled, isRetired: false, note: null, recall: null });
    return await loadLots(tx);
  });
  assert.equal(after.get('5in1')?.get('B888')?.recall?.reason, '異物の混入');
  assert.equal(after.get('hepb')?.get('A777')?.recall?.reason, '力価');
  await assert.rejects(
    importMasters(testContext(base.db, testActor(base.lgCode, [])), textFeed('x.csv', [header]), { rules }),
    /権限/u,
  );
});
