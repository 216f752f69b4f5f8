import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { withMunicipality } from '#platform/postgres';
import { loadDemonstrationSettings } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { checkoutRules } from '../../../tests/support/demonstration.ts';
import { clinicFeed, contractClinic, intakeAsOf, intakeContext } from '../../../tests/support/intake.ts';
import { insertTestPeople } from '../../../tests/support/ledger.ts';
import { answerRow } from './answer-rows.ts';
import { receiveBatch } from './receive-batch.ts';
import { writeReturnedCsv } from './write-returned-csv.ts';

let base: TestDatabase;

before(async () => {
  base = await testDatabase();
  await loadDemonstrationSettings(base.db);
});
after(() => base.close());

test('受け付けない行と差し戻す行が、送付元の列のまま、理由を添えて返る。式は働かない', async () => {
  const context = intakeContext(base.db, base.lgCode);
  const rules = await checkoutRules();
  await contractClinic(context);
  await insertTestPeople(base.db, base.lgCode, [{ addresseeNumber: '0000000001' }]);
  const feed = clinicFeed([
    {},
    { 接種年月日: '20261301', 医師名: '=HYPERLINK("x")' },
    { 回数: '2', 接種年月日: '20260520', ロット番号: '' },
  ]);
  const { batchId } = await receiveBatch(context, feed, { rules, asOf: intakeAsOf });
  const read = async (): Promise<string[]> =>
    await withMunicipality(base.db, base.lgCode, async (tx) => {
      let text = '';
      for await (const piece of writeReturnedCsv(tx, context.actor, batchId)) text += piece;
      assert.ok(text.startsWith('\uFEFF'), 'a spreadsheet must see that it is UTF-8');
      return text.slice(1).trimEnd().split('\r\n');
    });
  const refused = await read();
  assert.match(refused[0] ?? '', /^バッチ番号,行番号,団体コード,.*,画像ファイル名,行番号,扱い,理由,していただくこと$/u);
  assert.equal(refused.length, 2);
  assert.match(refused[1] ?? '', /20261301/u);
  assert.match(refused[1] ?? '', /"'=HYPERLINK\(""x""\)"/u);
  assert.match(refused[1] ?? '', /,2,受け付けません,/u);
  const answer = { kind: 'sendBack', reason: 'ロットを書いてください' } as const;
  await answerRow(context, { batchId, ordinal: 3, expectedVersion: 1, rules, answer });
  const both = await read();
  assert.equal(both.length, 3);
  assert.match(both[2] ?? '', /,3,差し戻します,.*ロットを書いてください/u);
});
