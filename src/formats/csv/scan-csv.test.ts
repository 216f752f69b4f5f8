import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TextFault } from '../characters/text-fault.ts';
import { CsvScanner } from './scan-csv.ts';
import { formatCsvLine } from './write-csv.ts';

function scan(pieces: readonly string[]): { line: number; values: readonly string[] }[] {
  const scanner = new CsvScanner();
  return [...pieces.flatMap((piece) => scanner.push(piece)), ...scanner.end()];
}

function faultOf(text: string, limit = 1000): readonly unknown[] {
  const scanner = new CsvScanner({ maxRecordCharacters: limit });
  try {
    scanner.push(text);
    scanner.end();
  } catch (error) {
    assert.ok(error instanceof TextFault);
    return [error.kind, error.line, error.column, error.character];
  }
  return [];
}

test('CRLFとLF、最後の改行のあるなし', () => {
  const expected = [
    { line: 1, values: ['a', 'b'] },
    { line: 2, values: ['', ''] },
  ];
  for (const text of ['a,b\r\n,\r\n', 'a,b\n,\n', 'a,b\r\n,']) assert.deepEqual(scan([text]), expected);
});

test('引用符の中の区切り・改行・引用符、行番号は物理行', () => {
  const text = 'a,"x,1"\r\n"y\r\nz","q""q"\r\nend,\r\n';
  assert.deepEqual(scan([text]), [
    { line: 1, values: ['a', 'x,1'] },
    { line: 2, values: ['y\r\nz', 'q"q'] },
    { line: 4, values: ['end', ''] },
  ]);
});

test('引用符のない値の中の引用符は文字', () => {
  assert.deepEqual(scan(['5"tape,x\n']), [{ line: 1, values: ['5"tape', 'x'] }]);
});

test('閉じない引用符は、開いた場所を言う', () => {
  assert.deepEqual(faultOf('a,b\r\n1,"x\r\n2,y\r\n'), ['unclosedQuote', 2, 2, 3]);
});

test('閉じた引用符の後の文字', () => {
  assert.deepEqual(faultOf('a,b\n1,"x"y\n'), ['textAfterQuote', 2, 2, 6]);
});

test('長すぎる記録', () => {
  assert.deepEqual(faultOf(`a\n${'x'.repeat(2000)}`), ['lineTooLong', 2, null, null]);
});

test('最後の行が改行で終わったかを知らせる', () => {
  const scanner = new CsvScanner();
  scanner.push('a\nb');
  assert.equal(scanner.end().length, 1);
  assert.equal(scanner.isTerminated, false);
});

test('書いたものは、どこで切れて届いても読めば元に戻る(性質)', () => {
  const value = fc.array(fc.constantFrom('a', '髙', ',', '"', '\r\n', '\n', '=', ' ')).map((x) => x.join(''));
  const rows = fc.array(fc.array(value, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 9 }), (table, size) => {
      const text = table.map((row) => formatCsvLine(row)).join('');
      const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'gu')) ?? [];
      assert.deepEqual(
        scan(pieces).map(({ values }) => values),
        table,
      );
    }),
  );
});
