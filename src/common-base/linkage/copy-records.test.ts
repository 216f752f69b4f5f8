import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeCp932 } from '#formats';
import { copyRecords } from './copy-records.ts';
import { parseLayout } from './parse-layout.ts';

const column = (name: string, key: string) => ({ name, key, type: 'text' });
const columns = [column('番号', 'addresseeNumber'), column('備考', 'remarks')];

/** The bytes in pieces of three, so that lines and characters are cut. */
async function copied(text: string, lines: readonly number[], hasHeader = true): Promise<string> {
  const { bytes } = encodeCp932(text);
  const source = {
    name: 'history.csv',
    async *open() {
      for (let at = 0; at < bytes.length; at += 3) yield bytes.slice(at, at + 3);
    },
  };
  const layout = parseLayout(JSON.stringify({ title: '試験', encodings: ['cp932'], hasHeader, columns }), 'test');
  const pieces = await Array.fromAsync(copyRecords(source, layout, new Set(lines)));
  return new TextDecoder('shift_jis').decode(Buffer.concat(pieces));
}

test('見出しと、選んだ行だけを、元のバイトのまま写す', async () => {
  const text = '番号,備考\r\n1,ソ\r\n2,"二行の\r\n備考"\r\n3,表\r\n4,終わり';
  assert.equal(await copied(text, [3]), '番号,備考\r\n2,"二行の\r\n備考"\r\n');
  assert.equal(await copied(text, [2, 6]), '番号,備考\r\n1,ソ\r\n4,終わり');
  assert.equal(await copied(text, [2, 3, 5]), '番号,備考\r\n1,ソ\r\n2,"二行の\r\n備考"\r\n3,表\r\n');
  assert.equal(await copied(text, []), '番号,備考\r\n');
});

test('見出しのないファイルでは、選んだ行だけになる', async () => {
  assert.equal(await copied('1,a\n2,b\n3,c\n', [2], false), '2,b\n');
  assert.equal(await copied('1,a\n2,b\n3,c\n', [1, 3], false), '1,a\n3,c\n');
  assert.equal(await copied('1,a\n2,b\n', [], false), '');
});
