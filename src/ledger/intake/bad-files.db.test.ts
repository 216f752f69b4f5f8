import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { ActionContext } from '#common-base/access';
import { listActs } from '#common-base/audit';
import {
  digestFeed,
  type FeedSource,
  fileSource,
  listFeedRunRows,
  listFeedRuns,
  withoutNumbersInWords,
} from '#common-base/linkage';
import { UnreadableInput } from '#kernel';
import { importHistory } from '#ledger/vaccinations';
import { explainFinding, loadFindingsTables } from '#platform/findings';
import { withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { feedText } from '../../../tests/support/addressees.ts';
import { type TestDatabase } from '../../../tests/support/database.ts';
import { handMadeNumbers } from '../../../tests/support/hand-made-numbers.ts';
import { clinicHeader, clinicLine, historyHeader, intakeAsOf, rawFeed } from '../../../tests/support/intake.ts';
import { type IntakeOffice, openIntakeOffice } from '../../../tests/support/intake-office.ts';
import { insertTestPeople } from '../../../tests/support/ledger.ts';
import { withSettings } from '../../../tests/support/settings.ts';
import { listRows } from './list-batches.ts';
import { listLayoutFaults } from './list-layout-faults.ts';
import { receiveBatch } from './receive-batch.ts';
import { writeFindingsCsv } from './write-findings-csv.ts';

let office: IntakeOffice;
let base: TestDatabase;
let context: ActionContext;
let rules: RuleSet;

before(async () => {
  office = await openIntakeOffice();
  ({ base, context, rules } = office);
  await insertTestPeople(base.db, base.lgCode, [{ addresseeNumber: '0000000001' }]);
});
after(() => base.close());

interface Kind {
  readonly title: string;
  readonly header: string;
  readonly good: string;
  readonly takeIn: (source: FeedSource) => Promise<{ readonly rows: number; readonly refused: number }>;
}

const clinic: Kind = {
  title: '予診票の月次データ',
  header: clinicHeader,
  good: clinicLine({}),
  takeIn: (source) => receiveBatch(context, source, { rules, asOf: intakeAsOf }),
};
const history: Kind = {
  title: '旧台帳',
  header: historyHeader,
  good: '0000000001,24,1,20260415,1311400046,A726B,03,0.50,,,特になし',
  takeIn: (source) => importHistory(context, source, { asOf: intakeAsOf }),
};

/** What is wrong with the file, its bytes, and the one sentence: file, line, column, what to do. */
const unreadable: readonly (readonly [string, (kind: Kind) => string | Uint8Array, RegExp])[] = [
  [
    '列が足りない',
    ({ header, good }) => feedText([header.replace('接種年月日,', ''), good]),
    /1行目に列「接種年月日」がありません。.*確かめてください/u,
  ],
  [
    '余分な列がある',
    ({ header, good }) => feedText([`${header},余分`, `${good},`]),
    /1行目・\d+列目: 列「余分」はこのレイアウトにありません。.*確かめてください/u,
  ],
  [
    '列の名前が違う',
    ({ header, good }) => feedText([header.replace('接種年月日', '接種日'), good]),
    /1行目に列「接種年月日」がありません。\d+列目「接種日」はこのレイアウトにない列です。.*確かめてください/u,
  ],
  [
    '別のファイルの見出しを持つ',
    ({ header }) =>
      feedText(['整理番号,電話', '1,2']).replace('整理番号', header.includes('整理番号') ? '整理番号' : ''),
    /1行目に列(?:「[^」]+」){2,}がありません。2列目「電話」はこのレイアウトにない列です。/u,
  ],
  [
    '列の名前がない',
    ({ good }) => feedText([good, good]),
    /1行目に列の名前がありません。列「.+」が要ります。.*確かめてください/u,
  ],
  [
    'UTF-16 で書かれた',
    ({ header, good }) => Buffer.from(`\uFEFF${feedText([header, good])}`, 'utf16le'),
    /1行目・1列目\(1文字目\)に読めない文字があります。文字コード.*依頼してください/u,
  ],
  [
    '読めないバイトがある',
    ({ header, good }) =>
      Buffer.concat([Buffer.from(feedText([header, good]) + good.slice(0, 13)), Buffer.from([0x81, 0x20, 0x0d, 0x0a])]),
    /3行目・列「.+」\(14文字目\)に読めない文字があります。文字コード.*依頼してください/u,
  ],
  [
    '行の途中で切れた',
    ({ header, good }) => feedText([header, good]) + good.slice(0, 20),
    /3行目・列「.+」でファイルが途切れています。.*受け取ってください/u,
  ],
  [
    '引用符が閉じない',
    ({ header, good }) => feedText([header, good, `"${good}`]),
    /3行目・列「.+」\(1文字目\)で始まる引用符「"」が閉じていません。.*依頼してください/u,
  ],
  [
    'NUL 文字がある',
    ({ header, good }) => feedText([header, good, good.replace('A726B', 'A7\u000026B')]),
    /3行目・列「ロット番号」\(\d+文字目\)に NUL 文字.*依頼してください/u,
  ],
  [
    '10 MB の行がある',
    ({ header, good }) => `${feedText([header, good])}${'x'.repeat(10_000_000)}\r\n`,
    /3行目が長すぎます.*確かめてください/u,
  ],
  ['空の', () => '', /は空です.*受け取ってください/u],
];

const watched = ['intake_batches', 'intake_rows', 'ledger_entries', 'files', 'file_chunks'];

function countAll(): Promise<readonly number[]> {
  return withMunicipality(base.db, base.lgCode, async ({ client }) => {
    const { rows } = await client.query<{ n: number }>(
      watched.map((table) => `SELECT count(*) AS n FROM ${table}`).join(' UNION ALL '),
    );
    return rows.map(({ n }) => n);
  });
}

for (const kind of [clinic, history]) {
  for (const [title, make, sentence] of unreadable) {
    test(`${kind.title}: ${title}ファイルは一文で断り、何も残さない`, async () => {
      const before = await countAll();
      await assert.rejects(kind.takeIn(rawFeed('送付.csv', make(kind))), (error: unknown) => {
        assert.ok(error instanceof UnreadableInput);
        assert.match(error.message, /^送付\.csv/u);
        assert.match(error.message, sentence);
        assert.ok(!error.message.includes('\n'));
        return true;
      });
      assert.deepEqual(await countAll(), before);
    });
  }
}

test('無いファイルとフォルダーは、場所を示して断る', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sesshu-feed-'));
  try {
    await assert.rejects(fileSource(folder), /はファイルではありません。.*指定してください/u);
    await assert.rejects(fileSource(join(folder, 'none.csv')), /none\.csv を開けません。.*確かめてください/u);
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** A wrong row, and the finding that refuses it: code and the sender's column. */
const wrongRows: readonly (readonly [string, string, string, string | null])[] = [
  ['ほかの自治体の行', clinicLine({ 団体コード: '011002' }), 'feedOtherMunicipality', '団体コード'],
  ['列の足りない行', clinicLine({}).split(',').slice(0, 9).join(','), 'feedColumnCount', null],
  ['暦にない日', clinicLine({ 接種年月日: '20260431' }), 'feedDayImpossible', '接種年月日'],
  ['明日の日', clinicLine({ 接種年月日: '20261122' }), 'vaccinatedInFuture', '接種年月日'],
  ['生まれる前の日', clinicLine({ 接種年月日: '20260109' }), 'vaccinatedBeforeBirth', '接種年月日'],
  ['空の必須項目', clinicLine({ 実施区分: '' }), 'feedValueMissing', '実施区分'],
  ['知らない実施区分', clinicLine({ 実施区分: '7' }), 'feedCodeUnknown', '実施区分'],
  ['数字でない回数', clinicLine({ 回数: '二' }), 'feedNumberUnreadable', '回数'],
  ['式の文字で始まるコード', clinicLine({ 予防接種コード: '=1+1' }), 'vaccineCodeUnknown', '予防接種コード'],
];

test('誤った行だけが、列と文を示して断られ、正しい行は受け入れられる', async () => {
  const lines = [clinicHeader, clinicLine({}), ...wrongRows.map(([, line]) => line)];
  const received = await receiveBatch(context, rawFeed('誤り.csv', feedText(lines)), { rules, asOf: intakeAsOf });
  assert.deepEqual([received.accepted, received.questioned, received.refused], [1, 0, wrongRows.length]);
  const tables = await loadFindingsTables();
  const { rows, csv } = await withMunicipality(base.db, base.lgCode, async (tx) => {
    const page = await listRows(tx, context.actor, received.batchId, { answer: 'refused', limit: 50 });
    let text = '';
    for await (const piece of writeFindingsCsv(tx, context.actor, received.batchId)) text += piece;
    return { rows: page.rows, csv: text };
  });
  for (const [i, [title, , code, field]] of wrongRows.entries()) {
    const row = rows[i];
    assert.equal(row?.line, i + 3, title);
    const found = row.findings.find((each) => each.severity === 'refuse');
    assert.deepEqual([found?.code, found?.field], [code, field], title);
    assert.ok(found !== undefined);
    assert.ok(explainFinding(tables, found).whatToDo.endsWith('ください。'), title);
  }
  const csvLines = csv.split('\r\n');
  assert.equal(csvLines[0], '行番号,answer,codes,messages');
  assert.equal(csvLines[1], '1,accepted,,');
  assert.equal(csvLines[2], '2,refused,feedOtherMunicipality,ほかの自治体（団体コード 011002）の行です。');
  assert.equal(csvLines[4], '4,refused,feedDayImpossible,接種年月日: 日付として読めないか、暦にない日です。');
  assert.equal(csvLines.length, wrongRows.length + 3, 'header, one line per row, the end of the last line');
});

test('旧台帳の誤った行は断られ、重なった行は一度だけ入る', async () => {
  const line = (more: Partial<Record<'number' | 'code' | 'dose' | 'on', string>>): string =>
    `${more.number ?? '0000000001'},${more.code ?? '24'},${more.dose ?? '1'},${more.on ?? '20260415'},,A1,03,0.50,,,`;
  const feed = rawFeed(
    '旧台帳.csv',
    feedText([
      historyHeader,
      line({}),
      line({}),
      line({ number: '0000000099' }),
      line({ code: '98' }),
      line({ on: '20260109' }),
      line({ on: '20261122' }),
      line({ on: '99999999' }),
    ]),
  );
  const result = await importHistory(context, feed, { asOf: intakeAsOf });
  assert.deepEqual([result.rows, result.accepted, result.questioned, result.refused], [7, 1, 0, 6]);
  const refused = await withMunicipality(base.db, base.lgCode, async (tx) => {
    const [run] = await listFeedRuns(tx, { limit: 1, kind: 'history' });
    assert.ok(run !== undefined);
    return listFeedRunRows(tx, run.runId, { limit: 10, answer: 'refused' });
  });
  assert.deepEqual(
    refused.map(({ line: place, findings }) => [place, findings.find((each) => each.severity === 'refuse')?.code]),
    [
      [3, 'historyRowTwice'],
      [4, 'historyPersonUnknown'],
      [5, 'historyVaccineUnknown'],
      [6, 'historyDayBeforeBirth'],
      [7, 'historyDayInFuture'],
      [8, 'feedDayImpossible'],
    ],
  );
});

test('備考に個人番号のあるファイルは、番号を伏せれば受け取れ、何行で伏せたかが監査ログに残り、もう一度送れば同じと分かる', async () => {
  const [number] = handMadeNumbers;
  const rows = [history.header, history.good.replace('特になし', `母 ${number}`).replace('A726B', 'A727C')];
  const file = rawFeed('備考.csv', feedText(rows));
  await assert.rejects(history.takeIn(file), /2行目・列「備考」に、個人番号とみられる12桁の番号.*伏せて受け取る/u);
  const struck = await withoutNumbersInWords(context, file, 'history');
  assert.equal(struck.rows, 1);
  assert.notEqual((await digestFeed(struck.source)).digest, (await digestFeed(file)).digest);
  const first = await importHistory(context, struck.source, { asOf: intakeAsOf });
  assert.deepEqual([first.rows, first.refused, first.repeated], [1, 0, undefined]);
  assert.equal((await importHistory(context, struck.source, { asOf: intakeAsOf })).repeated, true);
  const { acts } = await withMunicipality(base.db, base.lgCode, (tx) => listActs(tx, { act: 'linkage.numbersStruck' }));
  assert.deepEqual(
    acts.map(({ details }) => details),
    [{ rows: 1, layout: 'history' }],
  );
  // A file without any number is taken as it came.
  const plain = rawFeed('備考なし.csv', feedText([history.header, history.good]));
  assert.equal((await withoutNumbersInWords(context, plain, 'history')).source, plain);
});

test('並びの誤りは、使う前にすべて言う: 読めない並びと、だれも読まない項目', async () => {
  const own = readFileSync(
    join(import.meta.dirname, '../../../settings/wakabadai/layouts/clinic-records.json'),
    'utf8',
  );
  const faultsOf = async (written: string): Promise<readonly string[]> => {
    await withSettings(base.db, { 'layouts/clinic-records.json': written });
    return withMunicipality(base.db, base.lgCode, listLayoutFaults);
  };
  assert.deepEqual(await faultsOf(own.replace('"lotNumber"', '"lotNo"')), [
    'レイアウト「予診票の月次データ(医師会)」(clinic-records)の列「ロット番号」の key「lotNo」は、接種データの項目にありません。この列は読まれません。項目の名前を直すか、読まない列なら "type": "skip" にしてください（docs/guides/add-a-layout.md）。',
  ]);
  const [broken, ...others] = await faultsOf(own.replace('"columns"', '"colums"'));
  assert.match(broken ?? '', /^レイアウト「clinic-records」の.+layouts\/clinic-records\.json を直してください。$/u);
  assert.deepEqual(others, []);
  assert.deepEqual(await faultsOf(own), []);
  // Reservations name a vaccine too, and their import reads every column.
  const reservations = readFileSync(join(import.meta.dirname, '../../../layouts/reservations.json'), 'utf8');
  await withSettings(base.db, { 'layouts/clinic-records.json': own, 'layouts/reservations.json': reservations });
  assert.deepEqual(await withMunicipality(base.db, base.lgCode, listLayoutFaults), []);
});
