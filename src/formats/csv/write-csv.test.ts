import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCsvTable } from './parse-csv-table.ts';
import { formatCsvLine } from './write-csv.ts';

test('必要な値だけを引用符で囲み、CRLFで終わる', () => {
  assert.equal(formatCsvLine(['a', 'b,c', 'd"e', 'f\ng', null, 12]), 'a,"b,c","d""e","f\ng",,12\r\n');
  assert.equal(formatCsvLine(['a,b', 'c\td'], { delimiter: '\t' }), 'a,b\t"c\td"\r\n');
});

test('書き出しでは式になる文字を無害にする', () => {
  const values = ['=1+1', '+81', '-5', '@SUM', '\tx', '\rx', 'a=b', '山田'];
  assert.equal(formatCsvLine(values, { defusesFormulas: true }), "'=1+1,'+81,'-5,'@SUM,'\tx,\"'\rx\",a=b,山田\r\n");
  // A sender's sign for "nothing", which must come back as it went.
  assert.equal(formatCsvLine(['-', '--'], { defusesFormulas: true }), "-,'--\r\n");
  assert.equal(formatCsvLine(['=1+1']), '=1+1\r\n');
});

test('小さな表は列の名前で読み、行がずれていれば行を言う', () => {
  assert.deepEqual(parseCsvTable('\uFEFFcode,name\r\n01,出生\r\n\r\n'), [
    { line: 2, values: { code: '01', name: '出生' } },
  ]);
  assert.throws(() => parseCsvTable('a,b\n1\n'), /line 2/u);
  assert.throws(() => parseCsvTable('a,a\n1,2\n'), /line 1/u);
});
