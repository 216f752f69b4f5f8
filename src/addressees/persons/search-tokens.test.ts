import assert from 'node:assert/strict';
import test from 'node:test';
import { kanaQueryTokens, personTokens, writtenQueryTokens } from './search-tokens.ts';

const lgCode = '134996';
const person = { written: ['渡邉　花子', 'NGUYEN THI LAN'], kana: ['ワタナベ　ハナコ'] };

function isFound(queryTokens: readonly number[], names = person, owner = lgCode): boolean {
  const tokens = new Set(personTokens(owner, names));
  return queryTokens.length > 0 && queryTokens.every((token) => tokens.has(token));
}

test('氏名のどの部分でも、異体字でも、ローマ字とカナは語の初めで見つかる', () => {
  for (const text of ['渡辺', '渡邊', '花', '渡辺花子', 'nguyen', 'Lan', 'ＴＨＩ', '渡邉 lan']) {
    assert.ok(isFound(writtenQueryTokens(lgCode, text)), text);
  }
  for (const word of ['ワタ', 'ワタナベ', 'ハナ']) assert.ok(isFound(kanaQueryTokens(lgCode, word)), word);
});

test('名前にない部分や語の途中では見つからない', () => {
  for (const text of ['渡部', '子花', 'guyen', 'NAN']) assert.ok(!isFound(writtenQueryTokens(lgCode, text)), text);
  assert.ok(!isFound(kanaQueryTokens(lgCode, 'タナベ')));
  assert.deepEqual(kanaQueryTokens(lgCode, 'ワ'), [], '1文字のカナでは絞れない');
});

test('トークンは自治体ごとに違い、どの順で作っても同じ', () => {
  const other = '011002';
  assert.ok(!isFound(writtenQueryTokens(other, '渡辺')));
  assert.ok(isFound(writtenQueryTokens(other, '渡辺'), person, other));
  const first = personTokens(lgCode, person);
  personTokens(other, person);
  assert.deepEqual(personTokens(lgCode, person), first);
});
