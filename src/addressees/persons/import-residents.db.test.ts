import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { bytesSource, type FeedSource, listFeedRunRows } from '#common-base/linkage';
import { encodeCp932 } from '#formats';
import { type PersonId, parseIsoDay } from '#kernel';
import { type Tx, withMunicipality } from '#platform/postgres';
import {
  loadDemonstrationSettings,
  residentFeed,
  type TestResident,
  testActor,
  testContext,
} from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { settleAbsence } from './absences.ts';
import { importResidents } from './import-residents.ts';

let t: TestDatabase;
before(async () => {
  t = await testDatabase();
  await loadDemonstrationSettings(t.db);
});
after(() => t.close());
beforeEach(async () => {
  // Nobody may delete people but the disposal role.
  await withMunicipality(
    t.db,
    t.lgCode,
    async (tx) => {
      for (const table of ['person_absences', 'person_versions', 'persons']) {
        await tx.client.query(`DELETE FROM ${table} WHERE lg_code = $1`, [tx.lgCode]);
      }
    },
    { role: 'disposal' },
  );
});

const asOf = parseIsoDay('2026-11-21');
let files = 0;

/** Every file has bytes of its own (empty lines are no rows): else it would be known again from another test. */
async function takeIn(residents: readonly TestResident[], isChanges = false) {
  files += 1;
  const text = (await textOf(residentFeed(residents))) + '\r\n'.repeat(files);
  return takeInFile(bytesSource(`residents-${files}.csv`, Buffer.from(text)), isChanges);
}

function takeInFile(source: FeedSource, isChanges = false) {
  const context = testContext(t.db, testActor(t.lgCode, ['persons.import', 'persons.view']));
  return importResidents(context, source, { isChanges, asOf });
}

function inside<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  return withMunicipality(t.db, t.lgCode, work);
}

async function rowsOf(sql: string): Promise<string[]> {
  const { rows } = await inside((tx) => tx.client.query<unknown[]>({ text: sql, rowMode: 'array' }));
  return rows.map((row) => row.map(String).join(' '));
}

const heads = () =>
  rowsOf('SELECT addressee_number, version, name, address FROM persons ORDER BY addressee_number COLLATE "C"');
const absences = () =>
  rowsOf(`SELECT p.addressee_number, a.state FROM person_absences a JOIN persons p USING (lg_code, person_id)
    ORDER BY a.noticed_at, a.feed_run_id, p.addressee_number`);

const ichiro: TestResident = { 整理番号: '0000000002', 氏名漢字: '若葉　一郎', 氏名カナ: 'ワカバ　イチロウ' };
const hanako: TestResident = { 整理番号: '0000000001' };
const jiro: TestResident = { 整理番号: '0000000003', 氏名漢字: '若葉　次郎', 氏名カナ: 'ワカバ　ジロウ' };

test('全件: 新しい人、変わった人、変わらない人', async () => {
  const first = await takeIn([hanako, ichiro]);
  assert.deepEqual([first.rows, first.accepted, first.refused, first.repeated], [2, 2, 0, undefined]);
  const moved = { ...ichiro, 住所: '若葉台市緑町一丁目2番3号', 異動: '14', 異動年月日: '20261101' };
  const second = await takeIn([moved, hanako, jiro]);
  assert.deepEqual([second.rows, second.accepted, second.refused], [3, 3, 0]);
  assert.deepEqual(await heads(), [
    '0000000001 1 若葉　花子 若葉台市青葉台二丁目13番23号',
    '0000000002 2 若葉　一郎 若葉台市緑町一丁目2番3号',
    '0000000003 1 若葉　次郎 若葉台市青葉台二丁目13番23号',
  ]);
  assert.deepEqual(
    await rowsOf(`SELECT p.addressee_number, v.version, v.effective_on, v.address FROM person_versions v
      JOIN persons p USING (lg_code, person_id) ORDER BY p.addressee_number, v.version`),
    [
      '0000000001 1 2008-10-08 若葉台市青葉台二丁目13番23号',
      '0000000002 1 2008-10-08 若葉台市青葉台二丁目13番23号',
      '0000000002 2 2026-11-01 若葉台市緑町一丁目2番3号',
      '0000000003 1 2008-10-08 若葉台市青葉台二丁目13番23号',
    ],
  );
  assert.deepEqual(await rowsOf('SELECT count(*) FROM resident_feed_rows'), ['0']);
});

test('日次異動は載った人だけを変え、載らない人を不在としない', async () => {
  await takeIn([hanako, ichiro]);
  await takeIn([{ ...hanako, 氏名漢字: '緑　花子', 氏名カナ: 'ミドリ　ハナコ' }, jiro], true);
  assert.deepEqual(await heads(), [
    '0000000001 2 緑　花子 若葉台市青葉台二丁目13番23号',
    '0000000002 1 若葉　一郎 若葉台市青葉台二丁目13番23号',
    '0000000003 1 若葉　次郎 若葉台市青葉台二丁目13番23号',
  ]);
  assert.deepEqual(await absences(), []);
  assert.deepEqual(await rowsOf("SELECT kana_key FROM persons WHERE addressee_number = '0000000001'"), [
    'ミドリハナコ',
  ]);
});

test('同じファイルは前回の結果を答え、何も書かない', async () => {
  const file = residentFeed([hanako, { ...ichiro, 生年月日: '20270101' }], 'same.csv');
  const first = await takeInFile(file);
  assert.deepEqual([first.rows, first.accepted, first.refused], [2, 1, 1]);
  const counts = () =>
    rowsOf(`SELECT (SELECT count(*) FROM person_versions), (SELECT count(*) FROM feed_runs),
      (SELECT count(*) FROM feed_run_rows), (SELECT count(*) FROM audit_acts)`);
  const before = await counts();
  const again = await takeInFile(file);
  assert.deepEqual(again, { ...first, repeated: true });
  assert.deepEqual(await counts(), before);
});

test('全件に現れなかった住民は一度だけ作業一覧に載り、現れれば外れ、また消えればまた載る', async () => {
  const dead = { ...jiro, 死亡年月日: '20260501', 住民でなくなった日: '20260501' };
  await takeIn([hanako, ichiro, dead]);
  await takeIn([hanako]);
  assert.deepEqual(await absences(), ['0000000002 open'], '亡くなった人は載らない');
  await takeIn([{ ...hanako, 電話番号: '0299-11-1111' }]);
  assert.deepEqual(await absences(), ['0000000002 open'], '二度は載らない');
  await takeIn([ichiro], true);
  assert.deepEqual(await absences(), ['0000000002 returned'], '日次異動でも戻る');
  await takeIn([{ ...hanako, 電話番号: '0299-22-2222' }]);
  assert.deepEqual(await absences(), ['0000000002 returned', '0000000002 open']);
});

test('人が片づけた不在は、また全件に現れなければまた載る', async () => {
  await takeIn([hanako, ichiro]);
  await takeIn([hanako]);
  const [id] = await rowsOf("SELECT person_id FROM person_absences WHERE state = 'open'");
  const actor = testActor(t.lgCode, ['persons.import']);
  await inside((tx) =>
    settleAbsence(tx, actor, { personId: Number(id) as PersonId, note: '住民課に確認', at: new Date() }),
  );
  await takeIn([{ ...hanako, 電話番号: '0299-33-3333' }]);
  assert.deepEqual((await absences()).sort(), ['0000000002 open', '0000000002 settled']);
});

test('断った行の人は、ファイルにいたので不在ではない。前の内容が残る', async () => {
  await takeIn([hanako, ichiro]);
  const result = await takeIn([hanako, { ...ichiro, 生年月日: '20261122' }]);
  assert.deepEqual([result.accepted, result.refused], [1, 1]);
  assert.deepEqual(await absences(), []);
  assert.equal((await heads()).length, 2);
  const [runId] = await rowsOf('SELECT max(run_id) FROM feed_runs');
  const rows = await inside((tx) => listFeedRunRows(tx, Number(runId), { limit: 10 }));
  assert.deepEqual(
    rows.map(({ ordinal, line, answer, findings }) => [ordinal, line, answer, findings.map(({ code }) => code)]),
    [[2, 3, 'refused', ['bornInFuture']]],
  );
});

test('同じ番号の二行目は断り、一行目を取り込む', async () => {
  const result = await takeIn([hanako, { ...hanako, 氏名漢字: '偽　花子' }]);
  assert.deepEqual([result.rows, result.accepted, result.refused], [2, 1, 1]);
  assert.deepEqual(await heads(), ['0000000001 1 若葉　花子 若葉台市青葉台二丁目13番23号']);
});

test('転出して戻った人は前の住民期間を失わない', async () => {
  await takeIn([hanako]);
  const away = {
    住民でなくなった日: '20200331',
    異動: '31',
    異動年月日: '20200331',
    住民異動: '31',
    住民異動年月日: '20200331',
  };
  await takeIn([{ ...hanako, ...away }], true);
  const back = {
    住民となった日: '20240401',
    異動: '11',
    異動年月日: '20240401',
    住民異動: '11',
    住民異動年月日: '20240401',
  };
  await takeIn([{ ...hanako, ...back }], true);
  assert.deepEqual(
    await rowsOf(`SELECT became_resident_on, ceased_resident_on, jsonb_array_length(past_residencies),
      past_residencies -> 0 ->> 'becameOn', past_residencies -> 0 ->> 'ceasedOn' FROM persons`),
    ['2024-04-01 null 1 2008-10-08 2020-03-31'],
  );
});

test('CP932 の全件も同じに読め、UTF-8 の同じ内容は何も変えない', async () => {
  const text = await textOf(residentFeed([hanako, { ...ichiro, 氏名漢字: '髙﨑　一郎' }]));
  const { bytes, unmappable } = encodeCp932(text);
  assert.deepEqual(unmappable, []);
  const result = await takeInFile(bytesSource('sjis.csv', bytes));
  assert.deepEqual([result.accepted, result.refused, result.unmappedCharacters], [2, 0, 0]);
  await takeInFile(bytesSource('utf8.csv', Buffer.from(text, 'utf8')));
  assert.deepEqual(await heads(), [
    '0000000001 1 若葉　花子 若葉台市青葉台二丁目13番23号',
    '0000000002 1 髙﨑　一郎 若葉台市青葉台二丁目13番23号',
  ]);
});

test('多くの行でも、版・操作記録・触れた人の数が合う', async () => {
  const many = Array.from({ length: 8101 }, (_, i) => ({ 整理番号: String(i + 1).padStart(10, '0') }));
  await takeIn(many);
  assert.deepEqual(await rowsOf('SELECT count(*), count(DISTINCT addressee_number) FROM persons'), ['8101 8101']);
  const changed = many.map((one, i) => (i % 3 === 0 ? { ...one, 電話番号: '0299-44-4444' } : one));
  await takeIn(changed.slice(0, 8100));
  assert.deepEqual(await rowsOf('SELECT version, count(*) FROM persons GROUP BY version ORDER BY version'), [
    '1 5401',
    '2 2700',
  ]);
  assert.deepEqual(
    await rowsOf(`SELECT a.details ->> 'added', a.details ->> 'changed', a.details ->> 'absent', count(*) FROM audit_acts a
      JOIN audit_act_persons p USING (lg_code, recorded_on, act_id)
      GROUP BY a.act_id, 1, 2, 3 ORDER BY a.act_id DESC LIMIT 2`),
    ['0 2700 1 2700', '8101 0 0 8101'],
  );
});

async function textOf(source: FeedSource): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source.open()) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
