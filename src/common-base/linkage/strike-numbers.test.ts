import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeCp932 } from '#formats';
import { bytesSource } from './feed-source.ts';
import { parseLayout } from './parse-layout.ts';
import { readFeed } from './read-feed.ts';
import { countStruckRows, strikingSource } from './strike-numbers.ts';
import type { FeedSource, Layout } from './types.ts';

const written = {
  title: '試験の記録',
  encodings: ['utf-8', 'cp932'],
  hasHeader: true,
  uniqueKey: ['number'],
  columns: [
    { name: '番号', key: 'number', type: 'digits', required: true },
    { name: '発行番号', key: 'formNumber', type: 'text' },
    { name: '備考', key: 'remarks', type: 'text' },
    { name: '氏名', key: 'name', type: 'text', isName: true },
  ],
};
const layout = parseLayout(JSON.stringify(written), 'test');
const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');

async function struck(bytes: Uint8Array, used: Layout = layout, size = 7): Promise<Buffer> {
  // In pieces that cut values, characters and line ends.
  const pieces: FeedSource = {
    name: '記録.csv',
    async *open() {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    },
  };
  const parts: Uint8Array[] = [];
  for await (const part of strikingSource(pieces, used).open()) parts.push(part);
  return Buffer.concat(parts);
}

const before = [
  '\uFEFF番号,発行番号,"備考",氏名',
  '1,123456789018,母 123456789018,山田',
  '2,,"改行と ""１２３４－５６７８－９０１８""、\r\n電話 0299-39-0327",鈴木',
  '3,,123456789017,佐藤 123456789018',
  '4,,1234 5678 9018,高橋',
].join('\r\n');

const after = [
  '\uFEFF番号,発行番号,"備考",氏名',
  '1,123456789018,母 ************,山田',
  `2,,"改行と ""${'*'.repeat(12)}－${'*'.repeat(12)}－${'*'.repeat(12)}""、\r\n電話 0299-39-0327",鈴木`,
  '3,,123456789017,佐藤 123456789018',
  '4,,**** **** ****,高橋',
].join('\r\n');

test('備考の列の個人番号だけが * になり、ほかのバイトは一つも変わらない', async () => {
  assert.equal((await struck(utf8(before))).toString('utf8'), after);
  assert.equal((await struck(utf8(`${before}\r\n`))).toString('utf8'), `${after}\r\n`);
  assert.equal(await countStruckRows(bytesSource('記録.csv', utf8(before)), layout), 3);
  assert.equal(await countStruckRows(bytesSource('記録.csv', utf8(after)), layout), 0);
});

test('伏せたファイルは、断られずに読める', async () => {
  const rows: (string | null | undefined)[] = [];
  for await (const page of readFeed(bytesSource('記録.csv', await struck(utf8(before))), layout)) {
    rows.push(...page.map(({ fields }) => fields['formNumber']));
  }
  assert.deepEqual(rows, ['123456789018', null, null, null]);
});

test('シフトJISでは、全角の数字は二バイトとも * になり、二バイト目が数字や引用符に見える字は動かない', async () => {
  const text = '番号,発行番号,備考,氏名\r\n1,,表ソ能 １２３４５６７８９０１８ 表,ソ\r\n2,,ソ123456789018,表\r\n';
  const { bytes } = encodeCp932(text);
  const expected = encodeCp932(
    `番号,発行番号,備考,氏名\r\n1,,表ソ能 ${'*'.repeat(24)} 表,ソ\r\n2,,ソ************,表\r\n`,
  );
  assert.deepEqual(await struck(bytes), Buffer.from(expected.bytes));
});

test('見出しのないファイル、決まった長さの行、回数分くり返す列でも、備考の場所が分かる', async () => {
  const columns = written.columns.slice(0, 3);
  const plain = parseLayout(JSON.stringify({ ...written, columns, hasHeader: false }), 'plain');
  assert.equal(
    (await struck(utf8('1,123456789018,123456789018\n'), plain)).toString(),
    '1,123456789018,************\n',
  );
  const widths = columns.map((column, at) => ({ ...column, bytes: [2, 12, 14][at] }));
  const fixed = parseLayout(
    JSON.stringify({ ...written, columns: widths, hasHeader: false, encodings: ['cp932'] }),
    'fixed',
  );
  const line = '01123456789018123456789018  \r\n';
  assert.equal((await struck(utf8(line), fixed)).toString(), '01123456789018************  \r\n');
  const grouped = parseLayout(
    JSON.stringify({ ...written, columns, hasHeader: false, repeats: { from: 2 } }),
    'grouped',
  );
  assert.equal(
    (await struck(utf8('1,123456789018,a,123456789018,123456789018\n'), grouped)).toString(),
    '1,123456789018,a,123456789018,************\n',
  );
});

test('閉じない引用符や長すぎる行は、そのまま読む側に渡り、断られる', async () => {
  const open = utf8(`番号,発行番号,備考,氏名\r\n1,,"123456789018,山田\r\n`);
  assert.deepEqual(await struck(open), open);
  const long = utf8(`番号,発行番号,備考,氏名\r\n1,,${'a'.repeat(3 * 1024 * 1024)}`);
  assert.deepEqual(await struck(long, layout, 65_536), long);
});
