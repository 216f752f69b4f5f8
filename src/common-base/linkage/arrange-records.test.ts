import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UnreadableInput } from '#kernel';
import { cutByBytes } from './arrange-records.ts';
import { bytesSource } from './feed-source.ts';
import { parseLayout } from './parse-layout.ts';
import { readFeed } from './read-feed.ts';

async function read(layout: object, text: string | Uint8Array) {
  const parsed = parseLayout(JSON.stringify(layout), 'test');
  const source = bytesSource('test.txt', typeof text === 'string' ? Buffer.from(text) : text);
  const rows = [];
  for await (const chunk of readFeed(source, parsed)) rows.push(...chunk);
  return rows;
}

const fixed = {
  title: '固定長',
  encodings: ['cp932'],
  hasHeader: false,
  recordTypes: { column: 1, others: ['1', '8', '9'], count: { type: '8', column: 2 } },
  columns: [
    { name: '区分', key: 'recordType', type: 'skip', bytes: 1 },
    { name: '宛名番号', key: 'addresseeNumber', type: 'text', bytes: 10 },
    { name: '氏名', key: 'name', type: 'text', bytes: 8 },
    { name: '接種日', key: 'vaccinatedOn', type: 'day', bytes: 8 },
  ],
};

/** 田中 in CP932 (Shift_JIS): 93 63 92 86. */
const tanaka = Buffer.from([0x93, 0x63, 0x92, 0x86, 0x20, 0x20, 0x20, 0x20]);
const line = (head: string, tail: string) => Buffer.concat([Buffer.from(head), tanaka, Buffer.from(`${tail}\r\n`)]);
const plain = (text: string) => Buffer.from(`${text}\r\n`);

test('固定長のファイルは、文字ではなくバイトで切り、見出し・終わりの記録は行にしない', async () => {
  const file = [plain('1IGAKUKAI'), line('20000000001', '20260415'), plain(`80000000001`), plain('9')];
  const rows = await read(fixed, Buffer.concat(file));
  assert.deepEqual(
    rows.map(({ line: at, fields, findings }) => [at, fields, findings]),
    [[2, { addresseeNumber: '0000000001', name: '田中', vaccinatedOn: '2026-04-15' }, []]],
  );
});

test('終わりの記録の件数と合わないファイルは、丸ごと断る', async () => {
  const cut = Buffer.concat([line('20000000001', '20260415'), plain('80000000002')]);
  await assert.rejects(read(fixed, cut), UnreadableInput);
  await assert.rejects(read(fixed, line('20000000001', '20260415')), /終わりの記録の件数はありません/u);
});

test('長すぎる行は、その行だけを断る', async () => {
  const rows = await read(fixed, Buffer.concat([line('20000000001', '202604159'), plain('80000000001')]));
  assert.deepEqual(
    rows.map(({ findings }) => findings.map((each) => each.code)),
    [['feedColumnCount']],
  );
});

test('接種ごとに繰り返す列は、接種ごとの行になり、何番目かがわかる。空の組は行にしない', async () => {
  const layout = {
    title: '繰返し',
    encodings: ['utf-8'],
    hasHeader: false,
    repeats: { from: 2, ordinalKey: 'doseNumber' },
    constants: { vaccineCode: '61' },
    columns: [
      { name: '宛名番号', key: 'addresseeNumber', type: 'text' },
      { name: '接種日', key: 'vaccinatedOn', type: 'day' },
      { name: 'ロット番号', key: 'lotNumber', type: 'text' },
    ],
  };
  const rows = await read(layout, '1,20210601,A,20210622,B\r\n2,20210701,C,,\r\n3,20210801\r\n');
  assert.deepEqual(
    rows.map(({ ordinal, line: at, fields }) => [ordinal, at, ...Object.values(fields)]),
    [
      [1, 1, '1', '2021-06-01', 'A', '1', '61'],
      [2, 1, '1', '2021-06-22', 'B', '2', '61'],
      [3, 2, '2', '2021-07-01', 'C', '1', '61'],
      [4, 3, null, null, null, null, '61'],
    ],
  );
  assert.equal(rows[3]?.findings[0]?.code, 'feedColumnCount');
});

test('半角カナは1バイト、漢字はUTF-8なら3バイト、面の外の漢字は4バイトに数える', () => {
  assert.deepEqual(cutByBytes('ｱｲ田A', [2, 2, 1], true), ['ｱｲ', '田', 'A']);
  assert.deepEqual(cutByBytes('田A', [3, 1], false), ['田', 'A']);
  assert.deepEqual(cutByBytes('𠮷A', [4, 1], false), ['𠮷', 'A']);
  assert.deepEqual(cutByBytes('AB', [1, 1, 3], true), ['A', 'B', '']);
});
