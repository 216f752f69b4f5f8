import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeCp932 } from '#formats';
import { type LgCode, UnreadableInput } from '#kernel';
import { bytesSource, digestFeed, fileSource } from './feed-source.ts';
import { parseLayout } from './parse-layout.ts';
import { readFeed } from './read-feed.ts';
import type { FeedRow, Layout } from './types.ts';

const written = {
  title: '試験の名簿',
  encodings: ['utf-8', 'cp932'],
  hasHeader: true,
  uniqueKey: ['number'],
  columns: [
    { name: '番号', key: 'number', type: 'digits', required: true, maxLength: 15 },
    { name: '氏名', key: 'name', type: 'text', isName: true, maxLength: 4 },
    { name: '生年月日', key: 'birthDate', type: 'partialDay', forms: ['compact', 'wareki'] },
    { name: '性別', key: 'sex', type: 'code', codes: { '1': 'male', '2': 'female' } },
    { name: '団体', key: 'lgCode', type: 'lgCode' },
    { name: '体温', key: 'temperature', type: 'decimal', impliedDecimals: 1 },
    { name: '取消', key: 'isCancelled', type: 'flag', emptyValues: ['-'] },
    { name: '予備', key: 'spare', type: 'skip' },
    { name: '通称', key: 'commonName', type: 'text', optional: true },
  ],
};
const layout = parseLayout(JSON.stringify(written), 'test');
const header = '番号,氏名,生年月日,性別,団体,体温,取消,予備\r\n';
const good = '0001,山田,19500000,1,134996,365,0,x\r\n';

async function read(content: string | Uint8Array, used: Layout = layout): Promise<FeedRow[]> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const rows: FeedRow[] = [];
  for await (const chunk of readFeed(bytesSource('名簿.csv', bytes), used, { lgCode: '134996' as LgCode })) {
    rows.push(...chunk);
  }
  return rows;
}

async function sentenceOf(content: string | Uint8Array): Promise<string> {
  try {
    await read(content);
  } catch (error) {
    assert.ok(error instanceof UnreadableInput, String(error));
    return error.message;
  }
  return '';
}

async function codesOf(row: string): Promise<readonly (string | null)[]> {
  const rows = await read(header + row);
  return rows.flatMap(({ findings }) => findings.map(({ code, field }) => `${code}/${field ?? ''}`));
}

test('一行を項目の名前で読む', async () => {
  const [row] = await read(header + good);
  assert.deepEqual(row, {
    ordinal: 1,
    line: 2,
    fields: {
      number: '0001',
      name: '山田',
      birthDate: '1950',
      sex: 'male',
      lgCode: '134996',
      temperature: '36.5',
      isCancelled: '0',
      commonName: null,
    },
    raw: good.trim().split(','),
    findings: [],
    unmappedCharacters: 0,
  });
});

test('列の順が違っても、前後に空白があっても、空の行があっても読む', async () => {
  const rows = await read('\uFEFF氏名,番号,生年月日,団体,性別,体温,取消,予備,通称\n　山田 ,2,,134996,2,,-,,ヤマ\n\n');
  assert.equal(rows.length, 1);
  assert.deepEqual(rows[0]?.findings, []);
  assert.deepEqual(rows[0]?.fields, {
    number: '2',
    name: '山田',
    birthDate: null,
    sex: 'female',
    lgCode: '134996',
    temperature: null,
    isCancelled: null,
    commonName: 'ヤマ',
  });
});

test('CP932でも同じに読む', async () => {
  const [row] = await read(encodeCp932(header + good).bytes);
  assert.equal(row?.fields['name'], '山田');
});

test('見出しのないファイルは列の順で読む', async () => {
  const columns = written.columns.slice(0, 2);
  const headless = parseLayout(JSON.stringify({ ...written, hasHeader: false, columns }), 'test');
  const rows = await read('1,山田\n2,鈴木', headless);
  assert.deepEqual(
    rows.map(({ line, ordinal, fields }) => [line, ordinal, fields['name']]),
    [
      [1, 1, '山田'],
      [2, 2, '鈴木'],
    ],
  );
});

const rowFaults: readonly (readonly [string, string, readonly string[]])[] = [
  ['番号が空', ',山田,,,,,,\r\n', ['feedValueMissing/番号']],
  ['番号に文字', '12a,山田,,,,,,\r\n', ['feedValueNotDigits/番号']],
  ['番号が長い', '1234567890123456,山田,,,,,,\r\n', ['feedValueTooLong/番号']],
  ['氏名が長い', '1,寿限無寿限,,,,,,\r\n', ['feedValueTooLong/氏名']],
  ['異体字セレクタは長さに数えない', '1,辻\u{E0100}𠮷髙﨑,,,,,,\r\n', []],
  ['ない日', '1,山田,20260230,,,,,\r\n', ['feedDayImpossible/生年月日']],
  ['元号の終わりの後', '1,山田,平成32年1月1日,,,,,\r\n', ['feedEraPastEnd/生年月日']],
  ['知らないコード', '1,山田,,3,,,,\r\n', ['feedCodeUnknown/性別']],
  ['ほかの自治体', '1,山田,,,131016,,,\r\n', ['feedOtherMunicipality/団体']],
  ['数でない', '1,山田,,,,36.5,,\r\n', ['feedNumberUnreadable/体温']],
  ['0か1でない', '1,山田,,,,,2,\r\n', ['feedFlagUnreadable/取消']],
  ['列が足りない', '1,山田\r\n', ['feedColumnCount/']],
  ['列が多い', '1,山田,,,,,,,,\r\n', ['feedColumnCount/']],
  ['失われた文字', '1,?田�,,,,,,\r\n', ['feedCharacterLost/氏名']],
  ['外字', '1,\uE000田\u{F0000},,,,,,\r\n', ['feedCharacterPrivateUse/氏名']],
  ['一行に二つの誤り', ',山田,20261032,,,,,\r\n', ['feedValueMissing/番号', 'feedDayImpossible/生年月日']],
];
for (const [title, row, expected] of rowFaults) {
  test(`行の指摘: ${title}`, async () => assert.deepEqual(await codesOf(row), expected));
}

test('読めない文字の数を行ごとに数える', async () => {
  const [row] = await read(`${header}1,?\uE000�,,,,,,\r\n`);
  assert.equal(row?.unmappedCharacters, 3);
});

test('同じ番号の二つ目の行を断り、先の行を言う', async () => {
  const rows = await read(`${header}0001,山田,,,,,,\r\n1,鈴木,,,,,,\r\n0001,佐藤,,,,,,\r\n`);
  assert.deepEqual(
    rows.map(({ findings }) => findings.map(({ code, params }) => [code, params['earlier']])),
    [[], [], [['feedKeyTwice', 1]]],
  );
});

test('指摘は個人の値を持たない', async () => {
  const rows = await read(`${header}秘密,寿限無寿限無,秘密,1,134996,秘密,秘密,\r\n`);
  assert.doesNotMatch(JSON.stringify(rows[0]?.findings), /秘密|寿限無/u);
  const slipped = await read(`${header}1,山田,,秘密町一丁目,123456789018,,,\r\n`);
  assert.deepEqual(
    slipped[0]?.findings.map(({ code, params }) => [code, params['value']]),
    [
      ['feedCodeUnknown', '（コードの形でない値）'],
      ['feedOtherMunicipality', '（コードの形でない値）'],
    ],
    'where columns have slipped',
  );
});

const wholeFile: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
  ['空のファイル', '', /名簿\.csv は空です/u],
  [
    '足りない列',
    '番号,氏名\r\n1,山田\r\n',
    /1行目に列「[^「」]+」「[^「」]+」「[^「」]+」「[^「」]+」「[^「」]+」「[^「」]+」がありません。レイアウト/u,
  ],
  [
    '名前の変わった列',
    header.replace('氏名', '名前').replace('予備', '備考'),
    /1行目に列「氏名」「予備」がありません。2列目「名前」、8列目「備考」はこのレイアウトにない列です。/u,
  ],
  ['見出しのない', `${good}${good}`, /1行目に列の名前がありません。列「番号」「氏名」/u],
  ['知らない列', header.replace('予備', '予備,備考'), /1行目・9列目: 列「備考」はこのレイアウトにありません/u],
  [
    '知らない列が二つ',
    header.replace('予備', '予備,備考,メモ'),
    /1行目・9列目: 列「備考」、10列目: 列「メモ」はこのレイアウトにありません/u,
  ],
  ['同じ列が二つ', header.replace('予備', '氏名'), /1行目・8列目: 列「氏名」が2回/u],
  ['NUL', `${header}0001,山\u0000田,,,,,,\r\n`, /2行目・列「氏名」\(7文字目\)に NUL/u],
  ['閉じない引用符', `${header}${good}0002,"山田,,,,,,\r\n`, /3行目・列「氏名」\(6文字目\)で始まる引用符/u],
  ['引用符の後の文字', `${header}"1"2,山田,,,,,,\r\n`, /2行目・列「番号」/u],
  ['途中で切れたファイル', `${header}${good}0002,山田`, /3行目・列「氏名」でファイルが途切れています/u],
  [
    '字の途中で切れたファイル',
    Buffer.from(`${header}${good}0002,山田`).subarray(0, -1),
    /3行目・列「氏名」\(7文字目\)でファイルが途切れています。.+もう一度受け取って/u,
  ],
  ['10 MB の行', `${header}${'x'.repeat(10_000_000)}`, /2行目が長すぎます/u],
  [
    '壊れた文字',
    Buffer.concat([Buffer.from(`${header}0001,山`), Buffer.from([0xe5, 0x20]), Buffer.from(',,,,,,\r\n')]),
    /2行目・列「氏名」\(7文字目\)に読めない文字/u,
  ],
];
for (const [title, content, expected] of wholeFile) {
  test(`読めないファイル: ${title} → ファイル・行・列と、どうするかを一文で言う`, async () => {
    const sentence = await sentenceOf(content);
    assert.match(sentence, expected);
    assert.match(sentence, /^名簿\.csv .+ください。$/u);
  });
}

test('ないファイルは場所を言う', async () => {
  await assert.rejects(fileSource('/nowhere/none.csv'), /\/nowhere\/none\.csv を開けません/u);
});

test('同じ中身は同じ要約値になる', async () => {
  const one = await digestFeed(bytesSource('a.csv', new TextEncoder().encode('abc')));
  assert.deepEqual(one, { digest: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', bytes: 3 });
});

test('備考に書かれた個人番号のあるファイルは、何行目のどの列かを言って全部を断り、ほかの番号は通す', async () => {
  const words = parseLayout(
    JSON.stringify({ ...written, columns: [...written.columns, { name: '備考', key: 'remarks', type: 'text' }] }),
    'test',
  );
  const lines = (remarks: string): string =>
    `${header.trimEnd()},備考\r\n${good.trimEnd()},\r\n${good.trimEnd()},${remarks}\r\n`;
  // 123456789018: 番号利用法施行規則第5条の検査用数字が合う。
  for (const remarks of ['母 123456789018', '１２３４－５６７８－９０１８']) {
    await assert.rejects(read(lines(remarks), words), (error: Error) => {
      assert.match(
        error.message,
        /^名簿\.csv の 3行目・列「備考」に、個人番号とみられる12桁の番号がある.*伏せて受け取る/u,
      );
      return !/\d{4}/u.test(error.message);
    });
  }
  for (const remarks of ['母 123456789017', '発行番号 1234567890181', '電話 0299-39-0327']) {
    assert.equal((await read(lines(remarks), words)).length, 2, remarks);
  }
});
