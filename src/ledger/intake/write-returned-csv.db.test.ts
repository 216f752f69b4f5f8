import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { importResidents } from '#addressees/persons';
import { bytesSource } from '#common-base/linkage';
import { encodeCp932 } from '#formats';
import { withMunicipality } from '#platform/postgres';
import { loadDemonstrationSettings, residentFeed, testActor, testContext } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { checkoutRules } from '../../../tests/support/demonstration.ts';
import {
  clinicFeed,
  clinicHeader,
  clinicLine,
  contractClinic,
  intakeAsOf,
  intakeContext,
} from '../../../tests/support/intake.ts';
import { insertTestPeople } from '../../../tests/support/ledger.ts';
import { withSettings } from '../../../tests/support/settings.ts';
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
      const bytes = Buffer.concat(await Array.fromAsync(writeReturnedCsv(tx, context.actor, batchId)));
      const text = bytes.toString('utf8');
      assert.ok(text.startsWith('\uFEFF'), 'a spreadsheet must see that it is UTF-8');
      return text.slice(1).trimEnd().split('\r\n');
    });
  const refused = await read();
  assert.match(
    refused[0] ?? '',
    /^バッチ番号,行番号,団体コード,.*,画像ファイル名,届いた行,扱い,理由,していただくこと,連絡$/u,
  );
  assert.equal(refused.length, 2);
  assert.match(refused[1] ?? '', /20261301/u);
  assert.match(refused[1] ?? '', /"'=HYPERLINK\(""x""\)"/u);
  assert.match(refused[1] ?? '', /,2,受け付けません,/u);
  const answer = { kind: 'sendBack', reason: 'ロットを書いてください' } as const;
  await answerRow(context, { batchId, ordinal: 3, expectedVersion: 1, rules, answer });
  const both = await read();
  assert.equal(both.length, 3);
  assert.match(both[2] ?? '', /,3,差し戻します,.*ロット番号が空欄.*,ロットを書いてください$/u);
});

test('シフトJISで届いたファイルはシフトJISで返り、台帳だけが知ることと職員どうしの言葉は渡らない', async () => {
  const context = intakeContext(base.db, base.lgCode);
  const rules = await checkoutRules();
  const dead = { 整理番号: '0000000077', 住民でなくなった日: '20260301', 死亡年月日: '20260301' };
  const people = residentFeed([
    { 氏名カナ: 'シケン　ハナ', 生年月日: '20260110', 住民となった日: '20260110', ...dead },
  ]);
  const importer = testContext(base.db, testActor(base.lgCode, ['persons.import']));
  await importResidents(importer, people, { isChanges: true, asOf: intakeAsOf });
  const text = [clinicHeader, clinicLine({ 整理番号: '0000000077' }, 1), ''].join('\r\n');
  const feed = bytesSource('sjis.csv', Buffer.from(encodeCp932(text).bytes));
  const { batchId } = await receiveBatch(context, feed, { rules, asOf: intakeAsOf });
  const answer = { kind: 'refuse', reason: '遺族に電話で確認' } as const;
  await answerRow(context, { batchId, ordinal: 1, expectedVersion: 1, rules, answer });
  const bytes = await withMunicipality(base.db, base.lgCode, async (tx) =>
    Buffer.concat(await Array.fromAsync(writeReturnedCsv(tx, context.actor, batchId))),
  );
  const [, row = ''] = new TextDecoder('shift_jis', { fatal: true }).decode(bytes).split('\r\n');
  assert.match(row, /,1,受け付けません,接種日より前に死亡,送り直しは要りません,$/u);
  assert.doesNotMatch(row, /2026年3月1日|遺族/u);
});

test('相互乗入の相手の住民の行は、ほかに誤りがなければ送付元に返さない', async () => {
  const context = intakeContext(base.db, base.lgCode);
  const rules = await checkoutRules();
  await withSettings(base.db, {
    'mutual-agreement.csv': 'lg_code,name,valid_from,valid_to\n131091,品川区,2026-04-01,\n',
  });
  const theirs = { 団体コード: '131091' };
  const feed = clinicFeed(
    [theirs, { ...theirs, 接種年月日: '20261399' }, { ...theirs, 接種年月日: '20260331' }],
    'p.csv',
  );
  const { batchId, refused } = await receiveBatch(context, feed, { rules, asOf: intakeAsOf });
  assert.equal(refused, 3);
  const bytes = await withMunicipality(base.db, base.lgCode, async (tx) =>
    Buffer.concat(await Array.fromAsync(writeReturnedCsv(tx, context.actor, batchId))),
  );
  const told = bytes.toString('utf8').trimEnd().split('\r\n').slice(1);
  assert.deepEqual(
    told.map((line) => /,(\d),受け付けません,([^,]*),/u.exec(line)?.slice(1)),
    [
      ['2', '接種年月日: 日付として読めないか、暦にない日です。'],
      // The day before the agreement began.
      ['3', 'ほかの自治体（団体コード 131091）の行です。'],
    ],
  );
});
