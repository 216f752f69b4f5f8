import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UnreadableInput } from '#kernel';
import { parseLayout } from './parse-layout.ts';

const column = { name: '番号', key: 'number', type: 'digits' };
const layout = { title: '試験', encodings: ['utf-8'], hasHeader: true, columns: [column] };

function sentenceOf(text: string, codes?: string): string {
  try {
    parseLayout(text, 'test', () => codes);
  } catch (error) {
    assert.ok(error instanceof UnreadableInput);
    return error.message;
  }
  return '';
}

test('正しいレイアウトは、省いた項目を補って読む', () => {
  const parsed = parseLayout(JSON.stringify(layout), 'test');
  assert.equal(parsed.delimiter, ',');
  assert.deepEqual(parsed.uniqueKey, []);
  assert.deepEqual(parsed.columns[0], {
    ...column,
    isRequired: false,
    mayBeAbsent: false,
    emptyValues: [],
    zeroPadTo: null,
    minLength: null,
    maxLength: null,
  });
});

test('コード表はファイルから読む', () => {
  const columns = [{ name: '続柄', key: 'relation', type: 'code', codesFile: 'codes/relationships.csv' }];
  const parsed = parseLayout(JSON.stringify({ ...layout, columns }), 'test', () => 'code,value\n02,householder\n');
  const [first] = parsed.columns;
  assert.equal(first?.type === 'code' && first.codes.get('02'), 'householder');
});

const faults: readonly (readonly [string, string, RegExp])[] = [
  ['JSONでない', '{"title": ', /layouts\/test\.json/u],
  ['型の誤り', JSON.stringify({ ...layout, columns: [column, { ...column, type: 'dete' }] }), /columns\[1\]\.type/u],
  ['知らない項目', JSON.stringify({ ...layout, columns: [{ ...column, widht: 3 }] }), /columns\[0\].*widht/u],
  [
    '必要な項目がない',
    JSON.stringify({ ...layout, columns: [{ name: '番号', key: 'number' }] }),
    /columns\[0\].*type/u,
  ],
  ['列がない', JSON.stringify({ ...layout, columns: [] }), /columns/u],
  ['同じ列が2回', JSON.stringify({ ...layout, columns: [column, { ...column, key: 'other' }] }), /columns\[1\]\.name/u],
  ['同じ項目が2回', JSON.stringify({ ...layout, columns: [column, { ...column, name: '別' }] }), /columns\[1\]\.key/u],
  ['重複の検査に使う項目がない', JSON.stringify({ ...layout, uniqueKey: ['name'] }), /uniqueKey/u],
  ['コード表の指定がない', JSON.stringify({ ...layout, columns: [{ ...column, type: 'code' }] }), /codesFile/u],
  [
    'コード表のファイルがない',
    JSON.stringify({ ...layout, columns: [{ ...column, type: 'code', codesFile: 'codes/none.csv' }] }),
    /codes\/none\.csv/u,
  ],
  ['文字コードの誤り', JSON.stringify({ ...layout, encodings: ['sjis'] }), /encodings\[0\]/u],
];
for (const [title, text, expected] of faults) {
  test(`レイアウトの誤り: ${title} → 場所を言う`, () => {
    const sentence = sentenceOf(text);
    assert.match(sentence, expected);
    assert.match(sentence, /^レイアウト「test」の .+直してください。$/u);
  });
}
