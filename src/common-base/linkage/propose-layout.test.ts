import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WrittenColumn } from './layout-schema.ts';
import { proposeLayout, readFirstLine } from './propose-layout.ts';

const known: readonly WrittenColumn[] = [
  { name: '整理番号', key: 'addresseeNumber', type: 'text', maxLength: 15 },
  { name: 'ロット番号', key: 'lotNumber', type: 'text' },
  { name: 'ロット 番号', key: 'otherLot', type: 'text' },
];

test('列の名前が前からある並びと同じなら、読み方も同じにする。ほかは読まない', () => {
  const { columns, hasHeader, delimiter } = proposeLayout(
    { encoding: 'utf-8', firstLine: '"整理番号",天気,ﾛｯﾄ番号' },
    known,
  );
  assert.deepEqual([hasHeader, delimiter], [true, ',']);
  assert.deepEqual(columns, [
    { name: '整理番号', key: 'addresseeNumber', type: 'text', maxLength: 15 },
    { name: '天気', key: 'unused2', type: 'skip' },
    { name: 'ﾛｯﾄ番号', key: 'otherLot', type: 'text' },
  ]);
});

test('同じ項目は二度使わず、数字ばかりの1行目はデータとして列に番号を付ける', () => {
  const twice = proposeLayout({ encoding: 'utf-8', firstLine: '整理番号\t整理番号' }, known);
  assert.deepEqual(
    twice.columns.map(({ key }) => key),
    ['addresseeNumber', 'unused2'],
  );
  assert.equal(twice.delimiter, '\t');
  const data = proposeLayout({ encoding: 'cp932', firstLine: '0000000021,20261003' }, known);
  assert.deepEqual(
    [data.hasHeader, data.encodings, data.columns.map(({ name }) => name)],
    [false, ['cp932'], ['1列目', '2列目']],
  );
});

test('1行目は、UTF-8 として読めなければ CP932 として読む', () => {
  assert.deepEqual(readFirstLine(Buffer.from('番号,名\r\n1,2')), { encoding: 'utf-8', firstLine: '番号,名' });
  // 番号 in CP932.
  const bytes = Buffer.from([0x94, 0xd4, 0x8d, 0x86, 0x0d, 0x0a, 0x31]);
  assert.deepEqual(readFirstLine(bytes), { encoding: 'cp932', firstLine: '番号' });
});
