import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeCp932 } from './cp932.ts';
import { decodeText, maxLineBytes, type TextEncoding } from './decode-text.ts';
import { TextFault } from './text-fault.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

async function read(
  chunks: Iterable<Uint8Array>,
  encodings: readonly TextEncoding[] = ['utf-8', 'cp932'],
): Promise<string> {
  let text = '';
  for await (const piece of decodeText(chunks, { encodings, maxLineBytes })) text += piece;
  return text;
}

async function faultOf(
  bytes: Uint8Array,
  encodings: readonly TextEncoding[] = ['utf-8', 'cp932'],
): Promise<readonly unknown[]> {
  try {
    await read([bytes], encodings);
  } catch (error) {
    assert.ok(error instanceof TextFault);
    return [error.kind, error.line, error.column, error.character];
  }
  return [];
}

function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) parts.push(bytes.subarray(at, at + size));
  return parts;
}

test('どこで切れて届いても同じ文字列になる(性質)', async () => {
  const text = fc
    .array(fc.constantFrom('あ', '髙', 'a', ',', '\r\n', '\n', '𠮷', '辻\u{E0100}', 'ｱ'))
    .map((x) => x.join(''));
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 7 }), async (value, size) => {
      assert.equal(await read(cut(utf8(value), size), ['utf-8']), value);
    }),
  );
});

test('BOMは取り、UTF-8に決まる', async () => {
  assert.equal(await read([utf8('\uFEFF番号\r\n')]), '番号\r\n');
});

test('最初の日本語の行が文字コードを決める', async () => {
  const cp932 = encodeCp932('a,b\r\n番号,氏名\r\n').bytes;
  assert.equal(await read(cut(cp932, 3)), 'a,b\r\n番号,氏名\r\n');
  assert.equal(await read([encodeCp932('ｱｲｳ\r\n').bytes]), 'ｱｲｳ\r\n');
});

test('UTF-8の途中の壊れたバイトは、CP932と思わずに行・列・文字を言う', async () => {
  const bytes = Buffer.concat([utf8('番号,氏名\r\n1,山田\r\n2,西'), Buffer.from([0xe5, 0x41]), utf8('村\r\n')]);
  assert.deepEqual(await faultOf(bytes), ['undecodableByte', 3, 2, 4]);
});

test('CP932の壊れたバイト', async () => {
  const bytes = Buffer.concat([encodeCp932('番号,氏名\r\n1,西').bytes, Buffer.from([0xfd]), Buffer.from('\r\n')]);
  assert.deepEqual(await faultOf(bytes, ['cp932']), ['undecodableByte', 2, 2, 4]);
});

test('途中で切れた文字で終わるファイル', async () => {
  assert.deepEqual(await faultOf(utf8('番号\r\n1,西').subarray(0, -1)), ['truncated', 2, 2, 3]);
  assert.deepEqual(await faultOf(utf8('番号\r\n1,西𠮷').subarray(0, -1)), ['truncated', 2, 2, 4]);
  const cp932 = encodeCp932('番号\r\n1,西').bytes;
  assert.deepEqual(await faultOf(cp932.subarray(0, -1), ['cp932']), ['truncated', 2, 2, 3]);
});

test('終わりの壊れたバイトは、途中で切れた文字とは言わない', async () => {
  const line = utf8('番号\r\n1,西');
  for (const bytes of [[0xe5, 0x41], [0xe5, 0x0a], [0xff], [0xa5], [0xe5, 0xa5, 0xe5]]) {
    const [kind] = await faultOf(Buffer.concat([line, Buffer.from(bytes)]), ['utf-8']);
    assert.equal(kind, 'undecodableByte', bytes.join(' '));
  }
  const cp932 = encodeCp932('番号\r\n1,西').bytes;
  for (const bytes of [[0xfd], [0xa0], [0x81, 0x0a]]) {
    const [kind] = await faultOf(Buffer.concat([cp932, Buffer.from(bytes)]), ['cp932']);
    assert.equal(kind, 'undecodableByte', bytes.join(' '));
  }
});

test('NUL文字', async () => {
  assert.deepEqual(await faultOf(utf8('番号,氏名\r\n1,山\u0000田\r\n')), ['nulByte', 2, 2, 4]);
});

test('1 MiB ちょうどの行は読み、1バイト越えたら断る', async () => {
  const line = new Uint8Array(maxLineBytes).fill(65);
  assert.equal((await read([utf8('a\n'), line, utf8('\nb')])).length, maxLineBytes + 4);
  assert.deepEqual(await faultOf(Buffer.concat([utf8('a\n'), line, utf8('A\nb')])), ['lineTooLong', 2, null, null]);
});

test('10 MB の改行のない行は、ためこまずに断る', async () => {
  function* endless(): Generator<Uint8Array> {
    for (let i = 0; i < 1_000_000; i += 1) yield new Uint8Array(65536).fill(65);
  }
  await assert.rejects(read(endless()), TextFault);
});
