import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { keepLayout, loadItemCatalogue } from '#common-base/linkage';
import { type BatchId, UnreadableInput } from '#kernel';
import { withClient } from '#platform/postgres';
import { textFeed } from '../../../tests/support/addressees.ts';
import { contractedClinic, intakeAsOf } from '../../../tests/support/intake.ts';
import { type IntakeOffice, openIntakeOffice } from '../../../tests/support/intake-office.ts';
import { withSettings } from '../../../tests/support/settings.ts';
import { answerRow } from './answer-rows.ts';
import { commitBatch } from './commit-batch.ts';
import { columnsOfRow, findLayoutFault, findLayoutOfBatch } from './layout-of-batch.ts';
import { getBatch, getRow } from './list-batches.ts';
import { receiveBatch } from './receive-batch.ts';
import { recheckBatch } from './recheck-batch.ts';
import { writeFindingsCsv } from './write-findings-csv.ts';
import { writeReturnedCsv } from './write-returned-csv.ts';

let office: IntakeOffice;

before(async () => {
  office = await openIntakeOffice();
});
after(() => office.base.close());

/** Tabs and no header: names, order and separator stand in the layout alone. */
const columns = [
  { name: '宛名', key: 'addresseeNumber', type: 'text' },
  { name: 'カナ', key: 'kana', type: 'text', isName: true },
  { name: '生まれた日', key: 'birthDate', type: 'day' },
  { name: 'ワクチン', key: 'vaccineCode', type: 'text' },
  { name: '回', key: 'doseNumber', type: 'integer' },
  { name: '接種した日', key: 'vaccinatedOn', type: 'day' },
  { name: 'ロット', key: 'lotNumber', type: 'text' },
  { name: '医院', key: 'institutionCode', type: 'text' },
];

const layoutText = (some: readonly object[], title = '乙医師会'): string =>
  JSON.stringify({
    ...{ title, encodings: ['utf-8'], delimiter: '\t', hasHeader: false },
    ...{ constants: { outcome: 'administered' }, columns: some },
  });
/** Every column moved and called otherwise, separator and character set too. */
const movedText = layoutText(
  columns.toReversed().map((column) => ({ ...column, name: `新${column.name}` })),
  '乙医師会（新）',
)
  .replace('"\\t"', '","')
  .replace('utf-8', 'cp932');
/** As a later rule of the program forbids it: a day of no form. */
const forbiddenText = layoutText(
  columns.map((column) => (column.key === 'vaccinatedOn' ? { ...column, forms: [] } : column)),
);

let files = 0;

/** A batch of a layout: a dose without lot, one on no day, one in every way right. */
async function receive(layoutName: string): Promise<BatchId> {
  const { number } = await office.newChild();
  const { number: other } = await office.newChild();
  files += 1;
  const line = (who: string, dose: string, day: string, lot: string): string =>
    [who, 'ｼｹﾝ ﾊﾅ', '20260110', '24', dose, day, lot, contractedClinic].join('\t');
  const lines = [
    line(number, '1', '20260415', ''),
    line(number, '2', '20261399', 'A726B'),
    line(other, '1', '20260415', `B${files}`),
  ];
  const feed = textFeed(`b${files}.tsv`, lines);
  const { batchId } = await receiveBatch(office.context, feed, { rules: office.rules, asOf: intakeAsOf, layoutName });
  return batchId;
}

async function returned(batchId: BatchId): Promise<Buffer> {
  const { actor } = office.context;
  return office.inOffice(async (tx) => Buffer.concat(await Array.fromAsync(writeReturnedCsv(tx, actor, batchId))));
}

const findings = (batchId: BatchId): Promise<string> =>
  office.inOffice(async (tx) => (await Array.fromAsync(writeFindingsCsv(tx, office.context.actor, batchId))).join(''));

async function shown(batchId: BatchId, ordinal: number) {
  return office.inOffice(async (tx) => {
    const { row } = await getRow(tx, office.context.actor, batchId, ordinal);
    const layout = await findLayoutOfBatch(tx, await getBatch(tx, office.context.actor, batchId));
    const columns = columnsOfRow(layout, row, [], await loadItemCatalogue(tx));
    const items = columns.map(({ key, name }) => `${name}=${row.fields[key] ?? ''}`);
    return { since: layout?.since ?? 'gone', items };
  });
}

const faultOf = (batchId: BatchId): Promise<string | null> =>
  office.inOffice(async (tx) => findLayoutFault(tx, await getBatch(tx, office.context.actor, batchId)));

const setSettings = (files: Record<string, string>): Promise<void> => withSettings(office.base.db, files);

let version = 0;
async function keepOnScreen(name: string, text: string): Promise<void> {
  const kept = { name, text, reason: '試験', expectedVersion: version };
  await office.inOffice((tx) => keepLayout(tx, office.context.actor, kept));
  version += 1;
}

const asReceived = [
  '宛名=',
  'カナ=ｼｹﾝ ﾊﾅ',
  '生まれた日=2026-01-10',
  'ワクチン=24',
  '回=1',
  '接種した日=2026-04-15',
  'ロット=',
  `医院=${contractedClinic}`,
];
/** The number is another child's each time. */
const withoutNumber = (items: readonly string[]): readonly string[] => [
  (items[0] ?? '').replace(/\d+$/u, ''),
  ...items.slice(1),
];

test('設定の並びが変わり、消え、画面で禁じられた形になっても、受け取ったときの並びで示し、同じバイトを返す', async () => {
  await setSettings({ 'layouts/vendor-b.json': layoutText(columns) });
  const batchId = await receive('vendor-b');
  const bytes = await returned(batchId);
  const told = await findings(batchId);
  const [header, row] = bytes.toString('utf8').slice(1).split('\r\n');
  assert.equal(
    header,
    '宛名\tカナ\t生まれた日\tワクチン\t回\t接種した日\tロット\t医院\t届いた行\t扱い\t理由\tしていただくこと\t連絡',
  );
  assert.match(row ?? '', /\t20261399\t.*\t2\t受け付けません\t接種した日: .*1行目の列の名前と、/u);
  assert.equal((await shown(batchId, 1)).since, 'same');

  const same = async (since: string): Promise<void> => {
    assert.deepEqual(await returned(batchId), bytes);
    assert.equal(await findings(batchId), told);
    const { since: is, items } = await shown(batchId, 1);
    assert.deepEqual([is, withoutNumber(items)], [since, asReceived]);
  };
  await same('same');
  await setSettings({ 'layouts/vendor-b.json': movedText });
  await same('changed');
  await setSettings({});
  await same('changed');
  assert.match((await faultOf(batchId)) ?? '', /レイアウト「vendor-b」が設定にありません/u);
  await keepOnScreen('vendor-b', forbiddenText);
  await same('changed');
  assert.match((await faultOf(batchId)) ?? '', /forms に誤りがあります/u);
  await keepOnScreen('vendor-b', layoutText(columns));
  await same('same');
  assert.equal(await faultOf(batchId), null);
});

test('今の並びが読めなければ、答えは付くが、確かめ直しも登録もできない。直れば、送付元の列の名前で確かめ直す', async () => {
  await setSettings({ 'layouts/vendor-c.json': layoutText(columns) });
  const batchId = await receive('vendor-c');
  await setSettings({ 'layouts/vendor-c.json': forbiddenText });
  const { rules, context } = office;
  const answer = { kind: 'accept', reason: '電話で確認' } as const;
  await answerRow(context, { batchId, ordinal: 1, expectedVersion: 1, rules, answer });
  await assert.rejects(recheckBatch(context, batchId, { rules }), UnreadableInput);
  await assert.rejects(commitBatch(context, batchId, { rules }), UnreadableInput);
  assert.equal(await office.count(`ledger_entries WHERE batch_id = ${batchId}`), 0);
  await setSettings({ 'layouts/vendor-c.json': movedText });
  const told = await findings(batchId);
  assert.match(told, /\n2,refused,[^,]*,接種した日: /u);
  await recheckBatch(context, batchId, { rules });
  assert.equal(await findings(batchId), told);
  assert.deepEqual(await commitBatch(context, batchId, { rules }), { committed: 2 });
});

test('届け出なくなった項目は、受け取ったときの並びで示すときにも出ない', async () => {
  await setSettings({ 'layouts/vendor-d.json': layoutText(columns) });
  const batchId = await receive('vendor-d');
  assert.ok((await shown(batchId, 2)).items.includes('ロット=A726B'));
  const declared = { 'doses.doseVolumeMl': { words: '接種量' } };
  await setSettings({ 'items.json': JSON.stringify({ items: declared }) });
  const { items: left } = await shown(batchId, 2);
  assert.ok(!left.some((item) => item.startsWith('ロット=')));
  assert.ok(left.includes('ワクチン=24'));
  await setSettings({});
});

test('並びを残すようになる前の受付は今の並びで示し、設定と画面の並びは移行で受け取ったときの版に結び付く', async () => {
  await setSettings({ 'layouts/vendor-e.json': layoutText(columns) });
  const fromSettings = await receive('vendor-e');
  version = 0;
  await keepOnScreen('vendor-f', layoutText(columns));
  const fromScreen = await receive('vendor-f');
  const bytes = await Promise.all([returned(fromSettings), returned(fromScreen)]);
  await setSettings({ 'layouts/vendor-e.json': movedText });
  await keepOnScreen('vendor-f', movedText);
  const batches = `batch_id IN (${fromSettings}, ${fromScreen})`;
  const asOwner = (sql: string) => withClient(office.base.db.ownerUrl ?? '', (client) => client.query(sql));
  await asOwner(`UPDATE intake_batches SET layout_digest = NULL WHERE ${batches}`);
  for (const batchId of [fromSettings, fromScreen]) {
    const { since, items } = await shown(batchId, 1);
    assert.equal(since, 'unknown');
    assert.equal(items[0], `新医院=${contractedClinic}`);
  }
  await setSettings({});
  const { since, items } = await shown(fromSettings, 1);
  assert.equal(since, 'gone');
  assert.ok(items.includes('接種年月日=2026-04-15'));
  assert.ok(items.some((item) => item.startsWith('ロット番号=')));
  await setSettings({ 'items.json': JSON.stringify({ items: { 'doses.doseVolumeMl': { words: '接種量' } } }) });
  const { items: declared } = await shown(fromSettings, 1);
  assert.ok(declared.includes('接種年月日=2026-04-15'));
  assert.ok(!declared.some((item) => item.startsWith('ロット番号=')), 'undeclared since, and shown no more');
  await setSettings({});
  await assert.rejects(returned(fromSettings), /受け取ったときの並びは残っておらず/u);

  const migration = new URL('../../../db/core/20261122T0361_layouts_of_former_batches.sql', import.meta.url);
  await asOwner(await readFile(migration, 'utf8'));
  assert.deepEqual(await Promise.all([returned(fromSettings), returned(fromScreen)]), bytes);
});

test('残した並びと受付の結び付きは、事務の役割では書き換えも消しもできず、内容は要約値と合うものだけが入る', async () => {
  for (const sql of [
    "UPDATE layout_texts SET content = ''",
    'DELETE FROM layout_texts',
    'UPDATE intake_batches SET layout_digest = NULL',
  ]) {
    await assert.rejects(
      office.inOffice((tx) => tx.client.query(sql)),
      { code: '42501' },
    );
  }
  const { lgCode } = office.base;
  await assert.rejects(
    office.inOffice((tx) =>
      tx.client.query("INSERT INTO layout_texts (lg_code, digest, content) VALUES ($1, repeat('0', 64), '{}')", [
        lgCode,
      ]),
    ),
    { code: '23514' },
  );
});

test('固定長で届いたファイルの行は、元の形で作り直すようにと返り、足した列を消すようには言わない', async () => {
  const widths = [10, 20, 8, 4, 2, 8, 10, 10];
  const fixed = JSON.parse(layoutText(columns)) as { columns: object[] };
  const text = { ...fixed, columns: fixed.columns.map((column, i) => ({ ...column, bytes: widths[i] })) };
  await setSettings({ 'layouts/vendor-g.json': JSON.stringify(text) });
  const { number } = await office.newChild();
  const values = [number, 'SHIKEN', '20260110', '24', '1', '20261399', 'A726B', contractedClinic];
  const line = values.map((value, i) => value.padEnd(widths[i] ?? 0)).join('');
  const options = { rules: office.rules, asOf: intakeAsOf, layoutName: 'vendor-g' };
  const { batchId } = await receiveBatch(office.context, textFeed('fixed.dat', [line]), options);
  const told = (await returned(batchId)).toString('utf8');
  assert.match(told, /元のファイルと同じ形で作って、送り直してください。\t\r\n$/u);
  assert.doesNotMatch(told, /消してください/u);
});
