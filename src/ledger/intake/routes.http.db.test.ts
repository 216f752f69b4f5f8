import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { keepLayout } from '#common-base/linkage';
import type { BatchId } from '#kernel';
import { importInstitutions } from '#ledger/contracts';
import { loadFindingsTables } from '#platform/findings';
import { getOwnerUrl, withClient, withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { loadDemonstrationSettings, textFeed } from '../../../tests/support/addressees.ts';
import { checkoutRules } from '../../../tests/support/demonstration.ts';
import {
  type ClinicRow,
  clinicFeed,
  contractClinic,
  contractedClinicLines,
  intakeAsOf,
  intakeContext,
} from '../../../tests/support/intake.ts';
import { insertTestPeople } from '../../../tests/support/ledger.ts';
import { openStaffServer, StaffBrowser, type StaffServer } from '../../../tests/support/staff-server.ts';
import { commitBatch, RowsChanged } from './commit-batch.ts';
import { getRow } from './list-batches.ts';
import { batchActionPath, batchPath, intakePath, rowPath } from './pages/paths.ts';
import { receiveBatch } from './receive-batch.ts';
import { recheckBatch } from './recheck-batch.ts';
import { registerIntakeRoutes } from './routes.ts';
import { sendBackBatch } from './undo-batch.ts';

let office: StaffServer;
let rules: RuleSet;
let clerk: StaffBrowser;
let files = 0;

before(async () => {
  office = await openStaffServer('{"secondFactorRoles":[]}');
  rules = await checkoutRules();
  await loadDemonstrationSettings(office.db);
  await contractClinic(intakeContext(office.db, office.lgCode));
  await insertTestPeople(office.db, office.lgCode, [
    { addresseeNumber: '0000000001' },
    { addresseeNumber: '0000000002' },
  ]);
  registerIntakeRoutes(office.app, {
    findings: await loadFindingsTables(),
    rulesOf: () => Promise.resolve(rules),
    orderWork: () => Promise.resolve(undefined),
  });
  clerk = new StaffBrowser(office);
  assert.equal((await clerk.signIn('tantou')).statusCode, 303);
  await clerk.post('/reason', { reason: 'other', otherReason: '受付の確認', next: '/' });
});
after(() => office.close());

async function receive(rows: readonly ClinicRow[]): Promise<BatchId> {
  files += 1;
  const named = rows.map((row) => ({ 画像ファイル名: `${files}.tif`, ...row }));
  const context = intakeContext(office.db, office.lgCode);
  return (await receiveBatch(context, clinicFeed(named), { rules, asOf: intakeAsOf })).batchId;
}

const rowOf = async (batchId: BatchId, ordinal: number) => {
  const { actor } = intakeContext(office.db, office.lgCode);
  return (await withMunicipality(office.db, office.lgCode, (tx) => getRow(tx, actor, batchId, ordinal))).row;
};

/** A child's dose without lot number, and one of a clinic nobody knows. */
const twoQuestions: readonly ClinicRow[] = [
  { 整理番号: '0000000001', ロット番号: '' },
  { 整理番号: '0000000002', 医療機関コード: '1311400053' },
];

test('確認の種類は値の入らない短い名前で並び、三つの答えの違いが画面に書いてある', async () => {
  const batchId = await receive(twoQuestions);
  const { body } = await clerk.get(batchPath(batchId));
  assert.match(body, /<span>ロット番号が空欄<\/span><span class="count">1</u);
  assert.match(body, /<dt>受け付けない<\/dt><dd>台帳に入れず、ここで終わりに/u);
  assert.match(body, /<dt>差し戻す<\/dt><dd>台帳に入れず、送り元に直して/u);
  const row = await clerk.get(rowPath(batchId, 1));
  assert.match(row.body, /<dt>差し戻す<\/dt>/u);
  assert.doesNotMatch(row.body, /<datalist/u);
});

test('行の画面には本人の台帳の記録と、次のまだ答えていない行がならぶ', async () => {
  const batchId = await receive(twoQuestions);
  const lines = contractedClinicLines.map((line) => line.replace('試験医院,,,,', '試験医院,,,0299-00-0100,'));
  await importInstitutions(intakeContext(office.db, office.lgCode), textFeed('institutions.csv', lines), {});
  const row = await clerk.get(rowPath(batchId, 1));
  assert.match(row.body, /<h2[^>]*>(?:<svg.*?<\/svg>)?接種の記録/su);
  assert.match(row.body, new RegExp(`href="${rowPath(batchId, 2)}"[^>]*>.*次のまだ答えていない行（2行目）`, 'u'));
  assert.match(row.body, /問い合わせ先　試験医院　電話 <b class="nowrap">0299-00-0100<\/b>/u);
  const second = await clerk.get(rowPath(batchId, 2));
  assert.match(second.body, /次のまだ答えていない行（1行目）/u);
  assert.match(second.body, /問い合わせ先　医療機関コード 1311400053　電話 <span class="soft">台帳にありません/u);
});

test('行は、カナ・宛名番号・行番号でさがせる。さがした語は番地に出ない', async () => {
  const batchId = await receive([
    { 整理番号: '0000000001' },
    { 整理番号: '0000000002', 氏名カナ: 'ベツノ　ナマエ' },
    // A number may have letters, and what a sender wrote for one is looked for as it stands.
    { 整理番号: 'B-00000003', 氏名カナ: 'マタ　ベツ' },
  ]);
  await clerk.get(batchPath(batchId));
  const found = async (text: string): Promise<number[]> => {
    const { body, statusCode } = await clerk.post(batchActionPath(batchId, 'find'), { text });
    assert.equal(statusCode, 200);
    return [...body.matchAll(/data-ordinal="(\d+)"/gu)].map((match) => Number(match[1]));
  };
  assert.deepEqual(await found('べつの なまえ'), [2]);
  assert.deepEqual(await found('0000000001'), [1]);
  assert.deepEqual(await found('２'), [2]);
  assert.deepEqual(await found('Ｂ-0000'), [3]);
  assert.deepEqual(await found('ダレモイナイ'), []);
  assert.deepEqual(await found(''), [1, 2, 3]);
});

test('その受付で書いた理由は、次の行で選べる', async () => {
  const batchId = await receive(twoQuestions);
  await clerk.get(batchPath(batchId));
  const sent = { reason: '電話で"確認"', answer: 'sendBack', row: '1:1' };
  assert.equal((await clerk.post(batchActionPath(batchId, 'answers'), sent)).statusCode, 303);
  const { body } = await clerk.get(batchPath(batchId));
  assert.match(body, /<input [^>]*list="reason-suggestions"/u);
  assert.match(body, /<datalist id="reason-suggestions"><option\s+value="電話で&quot;確認&quot;">/u);
  assert.match((await clerk.get(rowPath(batchId, 2))).body, /<option\s+value="電話で&quot;確認&quot;">/u);
  // Rows to be put right by the sender can be listed together.
  assert.match(body, /差し戻すと決めた/u);
  const listed = await clerk.get(batchPath(batchId, { answer: 'sendBack' }));
  assert.match(listed.body, /id="row-1"/u);
  assert.doesNotMatch(listed.body, /id="row-2"/u);
});

test('答えの理由に個人番号のような12けたの数字は書けない', async () => {
  const batchId = await receive(twoQuestions);
  await clerk.get(batchPath(batchId));
  const sent = { reason: '本人確認 １２３４５６７８９０１８', answer: 'accept', row: '1:1' };
  const refused = await clerk.post(batchActionPath(batchId, 'answers'), sent);
  assert.equal(refused.statusCode, 422);
  assert.match(refused.body, /12けたの番号/u);
  assert.doesNotMatch(refused.body, /１２３４５６７８９０１８/u);
  assert.equal((await rowOf(batchId, 1)).decision, null);
});

test('前の受付の答えは示されるだけで、押した行にだけ、どの受付の答えかとともに付く', async () => {
  const first = await receive(twoQuestions);
  await clerk.get(batchPath(first));
  await clerk.post(batchActionPath(first, 'answers'), { reason: '母子手帳で確認', answer: 'accept', row: '1:1' });
  await sendBackBatch(intakeContext(office.db, office.lgCode), first, '差し替えのため');

  const again = await receive(twoQuestions);
  const { body } = await clerk.get(batchPath(again));
  assert.match(
    body,
    new RegExp(`前の受付.*受付番号 ${first}</a>）では <b>確認して受け付け</b>「母子手帳で確認」`, 'u'),
  );
  assert.match(body, /<button [^>]*value="asBefore"[^>]*formnovalidate|formnovalidate[^>]*value="asBefore"/u);
  assert.equal((await rowOf(again, 1)).decision, null);

  // The second row was not answered before: it stays open, and the page says so.
  const both = { reason: '', answer: 'asBefore', row: '2:1' };
  const refused = await clerk.post(batchActionPath(again, 'answers'), both);
  assert.equal(refused.statusCode, 409);
  assert.match(refused.body, /2行目<\/a>　前の受付に、同じ内容・同じ確認事項の答えがありません/u);
  assert.equal((await rowOf(again, 2)).decision, null);

  const given = await clerk.post(batchActionPath(again, 'answers'), { reason: '', answer: 'asBefore', row: '1:1' });
  assert.equal(given.statusCode, 303);
  const row = await rowOf(again, 1);
  assert.deepEqual(
    [row.decision, row.decisionReason],
    ['accept', `母子手帳で確認（受付番号 ${first} での答えと同じ）`],
  );
});

test('答えたあとで台帳が変わった行は、印とともに並び、前の答えは行の経過に残る', async () => {
  const context = intakeContext(office.db, office.lgCode);
  const fever = { 整理番号: '0000000001', 体温: '378' };
  const batchId = await receive([fever]);
  await clerk.get(batchPath(batchId));
  await clerk.post(batchActionPath(batchId, 'answers'), { reason: '医師が診て接種', answer: 'accept', row: '1:1' });
  // Somebody who looked at the row before is told what became of it, and keeps what they wrote.
  const late = await clerk.post(rowPath(batchId, 1), { version: '1', reason: '二重の行', answer: 'refuse' });
  assert.equal(late.statusCode, 409);
  assert.match(
    late.body,
    /あなたの答えは登録されていません[\s\S]*が「受け付ける」と答えました（理由「医師が診て接種」）[\s\S]*書いた理由「二重の行」/u,
  );
  const stale = await clerk.post(batchActionPath(batchId, 'commit'), { ready: '7' });
  assert.equal(stale.statusCode, 409);
  assert.match(stale.body, /登録する件数が変わりました/u);

  const other = await receive([{ ...fever, 体温: '365' }]);
  assert.equal((await commitBatch(context, other, { rules })).committed, 1);
  await assert.rejects(commitBatch(context, batchId, { rules }), RowsChanged);
  const page = await clerk.get(batchPath(batchId));
  assert.match(page.body, /判定が変わった行が1行あります/u);
  const changed = await clerk.get(batchPath(batchId, { answer: 'changed' }));
  assert.match(changed.body, /id="row-1"[\s\S]*判定が変わった/u);
  const row = await clerk.get(rowPath(batchId, 1));
  const history = row.body.slice(row.body.indexOf('この行の経過'));
  assert.match(history, /受け付けると答えた[\s\S]*「医師が診て接種」[\s\S]*判定が変わった（前の答えは取り消し）/u);

  await clerk.post(batchActionPath(batchId, 'answers'), { reason: '二重', answer: 'refuse', row: '1:3' });
  assert.doesNotMatch((await clerk.get(batchPath(batchId))).body, /判定が変わった行が/u);
  assert.deepEqual(await recheckBatch(context, batchId, { rules }), { changed: 0 }, 'what a person refused stays so');
});

test('受付の画面は、使えなくなった並びだけを名前と理由で示し、ほかの並びでは受け付けられる', async () => {
  const text = JSON.stringify({
    ...{ title: 'のちに使えなくなる並び', encodings: ['utf-8'], hasHeader: true },
    columns: [
      { name: 'コード', key: 'vaccineCode', type: 'text' },
      { name: '接種日', key: 'vaccinatedOn', type: 'day', forms: ['iso'] },
      { name: '区分', key: 'outcome', type: 'code', codes: { '1': 'administered' } },
      { name: '備考', key: 'remarks', type: 'text' },
    ],
  });
  const { actor } = intakeContext(office.db, office.lgCode);
  const keep = (body: string, expectedVersion: number) =>
    withMunicipality(office.db, office.lgCode, (tx) =>
      keepLayout(tx, actor, { name: 'vendor-x', text: body, reason: '試し', expectedVersion }),
    );
  await keep(text, 0);
  assert.match((await clerk.get(intakePath)).body, /のちに使えなくなる並び/u);
  // Kept before the rule that a day needs a form, as an older release might have.
  await keep(text.replace('"forms":["iso"]', '"forms":[]'), 1);
  const { body, statusCode } = await clerk.get(intakePath);
  assert.equal(statusCode, 200);
  assert.match(body, /使えない並びがあります[\s\S]*vendor-x/u);
  assert.doesNotMatch(body, /のちに使えなくなる並び/u);
  assert.match(body, /予診票の月次データ/u);
});

test('並びが変わっても行は届いたときの列の名前で並び、使えなくなった並びの受付は、何ができて何ができないかを言う', async () => {
  const written = {
    ...{ title: '丙医師会', encodings: ['utf-8'], hasHeader: true },
    columns: [
      { name: '番号', key: 'addresseeNumber', type: 'text' },
      { name: 'コード', key: 'vaccineCode', type: 'text' },
      { name: '接種日', key: 'vaccinatedOn', type: 'day', forms: ['iso'] },
    ],
    constants: { outcome: 'administered' },
  };
  const { actor } = intakeContext(office.db, office.lgCode);
  const keep = (text: string, expectedVersion: number) =>
    withMunicipality(office.db, office.lgCode, (tx) =>
      keepLayout(tx, actor, { name: 'vendor-y', text, reason: '試し', expectedVersion }),
    );
  await keep(JSON.stringify(written), 0);
  // In another order than in the layout.
  const feed = textFeed('vendor-y.csv', ['接種日,番号,コード', '2026-04-15,0000000001,24', '2026-04-31,0000000001,24']);
  const options = { rules, asOf: intakeAsOf, layoutName: 'vendor-y' };
  const { batchId } = await receiveBatch(intakeContext(office.db, office.lgCode), feed, options);
  const untouched = await clerk.get(batchPath(batchId));
  assert.match(untouched.body, /並びは「丙医師会」。/u);
  assert.doesNotMatch(untouched.body, /今は使えません/u);
  assert.doesNotMatch((await clerk.get(rowPath(batchId, 1))).body, /並びで示しています/u);
  assert.match((await clerk.get(rowPath(batchId, 2))).body, /<dt[^>]*>接種日<\/dt>\s*<dd[^>]*>「2026-04-31」/u);
  const moved = JSON.stringify({ ...written, columns: written.columns.toReversed() }).replace('"番号"', '"宛名の番号"');
  await keep(moved, 1);
  const row = await clerk.get(rowPath(batchId, 1));
  assert.match(row.body, /受け取ったときの並びで示しています/u);
  assert.match(row.body, /<dt[^>]*>番号<\/dt>[\s\S]*<dt[^>]*>接種日<\/dt>/u);
  assert.doesNotMatch(row.body, /宛名の番号/u);
  await keep(moved.replace('"forms":["iso"]', '"forms":[]'), 2);
  const batch = await clerk.get(batchPath(batchId));
  assert.equal(batch.statusCode, 200);
  assert.match(batch.body, /この受付の並びは、今は使えません[\s\S]*vendor-y/u);
  assert.doesNotMatch(batch.body, /今の台帳で確かめ直す/u);
  assert.doesNotMatch(batch.body, new RegExp(`href="${batchActionPath(batchId, 'commit')}"`, 'u'));
  assert.equal((await clerk.get(batchActionPath(batchId, 'returned.csv'))).statusCode, 200);
  assert.match((await clerk.get(rowPath(batchId, 1))).body, /今は使えません[\s\S]*>番号</u);

  // A batch of before layouts were kept: today's stands for its own, and tells another character set.
  await withClient(getOwnerUrl(office.db), (client) =>
    client.query('UPDATE intake_batches SET layout_digest = NULL WHERE batch_id = $1', [batchId]),
  );
  await keep(moved.replace('utf-8', 'cp932'), 3);
  const before = await clerk.get(rowPath(batchId, 2));
  assert.equal(before.statusCode, 200);
  assert.match(before.body, /今の並びで示しています[\s\S]*<dt[^>]*>宛名の番号<\/dt>\s*<dd[^>]*>0000000001/u);
  const returned = await clerk.get(batchActionPath(batchId, 'returned.csv'));
  assert.equal(returned.statusCode, 422);
  assert.match(returned.body, /今の並びでは読めないファイル/u);
});

test('何年も前のファイルも、名前・送り元・受付番号・月・ようすでさがせ、さがした名前は番地に出ない', async () => {
  const old = await receive(twoQuestions);
  const last = '2024-10-31T23:59:00+09:00';
  await withClient(getOwnerUrl(office.db), (client) =>
    client.query(
      `UPDATE intake_batches SET file_name = 'キロク2410.csv', sender = 'みどり医師会', received_at = $2 WHERE batch_id = $1`,
      [old, last],
    ),
  );
  const listed = (body: string): number[] =>
    [...body.matchAll(/受付番号 (\d+)/gu)].map((match) => Number(match[1])).sort((one, other) => one - other);
  await clerk.get(intakePath);
  const find = (asked: Record<string, string>) => clerk.post(`${intakePath}/find`, asked);
  for (const text of ['ｷﾛｸ', '２４１０', 'みどり医師会', String(old)]) {
    const found = await find({ text, month: '令和6年10月' });
    assert.equal(found.statusCode, 200);
    assert.deepEqual(listed(found.body), [old], text);
  }
  assert.deepEqual(listed((await find({ text: 'どこにもない' })).body), []);
  const byMonth = await find({ text: '', month: 'R6.10', state: 'open' });
  assert.deepEqual([byMonth.statusCode, byMonth.headers.location], [303, '/intake?state=open&month=2024-10']);
  assert.deepEqual(listed((await clerk.get('/intake?state=open&month=2024-10')).body), [old]);
  assert.deepEqual(listed((await clerk.get('/intake?month=2024-11')).body), [], 'its last minute is of October');
  assert.deepEqual(listed((await clerk.get(`/intake?before=${old}&month=2024-10`)).body), []);
  const unread = await find({ text: '', month: '先月' });
  assert.equal(unread.statusCode, 422);
  assert.match(unread.body, /2026-10 や R8\.10/u);
  await sendBackBatch(intakeContext(office.db, office.lgCode), old, '差し替えのため');
  assert.deepEqual(listed((await clerk.get('/intake?state=open&month=2024-10')).body), [], 'nobody answers it now');
  assert.deepEqual(listed((await clerk.get('/intake?state=sentBack&month=2024-10')).body), [old]);
});

test('絞った一覧から開いた行は、次の行も、もどる先も、その絞りのまま。行の画面は理由か人の欄から始まる', async () => {
  const batchId = await receive([
    ...twoQuestions,
    { 整理番号: '0000000002', ロット番号: '', 接種年月日: '20260520' },
    { 整理番号: '0000000999', 氏名カナ: 'ダレデモ　ナイ', 生年月日: '19011231' },
  ]);
  const filter = { answer: 'open', code: 'lotMissing' } as const;
  const list = await clerk.get(batchPath(batchId, filter));
  assert.deepEqual(
    [...list.body.matchAll(/class="row-number" href="([^"]+)"/gu)].map((match) => match[1]?.replaceAll('&amp;', '&')),
    [rowPath(batchId, 1, filter), rowPath(batchId, 3, filter)],
  );
  const { body } = await clerk.get(rowPath(batchId, 1, filter));
  assert.match(body, /次のまだ答えていない行（3行目）/u, 'the second asks something else');
  assert.match(body, /<input [^>]*id="reason"[^>]*autofocus/u);
  const answer = { version: '1', reason: '電話で確認', answer: 'refuse' };
  const answered = await clerk.post(rowPath(batchId, 1, filter), answer);
  assert.equal(answered.headers.location, `${batchPath(batchId, filter)}#row-1`);
  const ofNobody = await clerk.get(rowPath(batchId, 4));
  assert.match(ofNobody.body, /<input [^>]*name="(?:personId|addresseeNumber)"[^>]*autofocus/u);
  assert.doesNotMatch(ofNobody.body, /<input [^>]*id="reason"[^>]*autofocus/u);
});
