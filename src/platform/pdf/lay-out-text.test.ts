import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layOutText, pointsPerMm } from './lay-out-text.ts';
import type { Box } from './types.ts';

/** Japanese characters are one em wide, others half. */
const measure = (cluster: string): number => ((cluster.codePointAt(0) ?? 0) < 0x80 ? 500 : 1000);
const box: Box = { x: 10, y: 20, width: 50, height: 5 };
const tenPoints = 10 / pointsPerMm;

const textOf = (layout: ReturnType<typeof layOutText>) => layout.pieces.map((piece) => piece.clusters.join(''));

test('収まる文はそのままの大きさで、指定の位置に置く', () => {
  const { pieces, issues } = layOutText('東京', box, { sizePt: 10 }, measure);
  assert.equal(issues.length, 0);
  const [piece] = pieces;
  assert.equal(piece?.sizePt, 10);
  assert.equal(piece.stretch, 1);
  assert.equal(piece.x, 10);
  // Middle of the box: half of what the em box leaves, then 88 % of the em down to the baseline.
  assert.ok(Math.abs(piece.baseline - (20 + (5 - tenPoints) / 2 + tenPoints * 0.88)) < 1e-9);
});

test('右寄せ・中央・均等割付', () => {
  const at = (align: 'right' | 'center' | 'spread') =>
    layOutText('東京', box, { sizePt: 10, align }, measure).pieces[0];
  assert.ok(Math.abs((at('right')?.x ?? 0) - (60 - 2 * tenPoints)) < 1e-9);
  assert.ok(Math.abs((at('center')?.x ?? 0) - (35 - tenPoints)) < 1e-9);
  assert.ok(Math.abs((at('spread')?.trackingMm ?? 0) - (50 - 2 * tenPoints)) < 1e-9);
});

test('長い名前は長体、次に小さく、それでも全部を印字し報告する', () => {
  // 50 mm are 141.7 pt: 14 characters at 10 pt, 17 at four fifths of the width.
  const narrow = layOutText('あ'.repeat(17), box, { sizePt: 10 }, measure);
  assert.equal(narrow.pieces[0]?.stretch, 0.8);
  assert.equal(narrow.pieces[0]?.sizePt, 10);
  assert.equal(narrow.issues.length, 0);
  const small = layOutText('あ'.repeat(20), box, { sizePt: 10, sizeMinPt: 7 }, measure);
  assert.ok(small.sizePt < 10 && small.sizePt >= 7);
  assert.equal(small.issues.length, 0);
  const tooLong = layOutText('あ'.repeat(40), box, { sizePt: 10, sizeMinPt: 7 }, measure);
  assert.deepEqual(textOf(tooLong), ['あ'.repeat(40)]);
  assert.deepEqual(
    tooLong.issues.map((issue) => issue.kind),
    ['textTooLong'],
  );
  const [piece] = tooLong.pieces;
  assert.ok(((piece?.sizePt ?? 0) * (piece?.stretch ?? 0) * 40) / pointsPerMm <= 50 + 1e-6, 'it ends inside its box');
});

test('折り返しは禁則を守り、英単語と数字を切らない', () => {
  const tall: Box = { ...box, width: tenPoints * 6, height: 40 };
  const lines = (text: string) => textOf(layOutText(text, tall, { sizePt: 10, isWrapped: true }, measure));
  assert.deepEqual(lines('予防接種です。あとで'), ['予防接種で', 'す。あとで']);
  assert.deepEqual(lines('あいうえお（かき）'), ['あいうえお', '（かき）']);
  assert.deepEqual(lines('あいうえ12345か'), ['あいうえ', '12345か']);
  assert.deepEqual(lines('一行目\n二行目'), ['一行目', '二行目']);
});

test('外国語の文は、付加記号のある語もハングルの語も空白で折り返し、行頭に空白を置かない', () => {
  const tall: Box = { ...box, width: tenPoints * 6, height: 40 };
  const wide = (cluster: string): number => (/[\p{Script=Hangul}]/u.test(cluster) ? 1000 : 500);
  const lines = (text: string) => textOf(layOutText(text, tall, { sizePt: 10, isWrapped: true }, wide));
  // Twelve letters fill a line: the thirteenth is a blank, which hangs; ã and ế belong to their words.
  assert.deepEqual(lines('vacinação hoje'), ['vacinação ', 'hoje']);
  assert.deepEqual(lines('abcdefghijkl mno'), ['abcdefghijkl ', 'mno']);
  assert.deepEqual(lines('ba tiếng khuyết'), ['ba tiếng ', 'khuyết']);
  assert.deepEqual(lines('오늘 예방접종을'), ['오늘 ', '예방접종을']);
});

test('二行に収まる長い住所は、字の幅を保ったまま小さくする', () => {
  // Two lines of 8 pt with a leading of 1.15 are 17.2 pt = 6.07 mm high: two of 10 pt (7.58 mm) are too high for 6.1 mm.
  const cell: Box = { ...box, height: 6.1 };
  const style = { sizePt: 10, sizeMinPt: 6, isWrapped: true, leading: 1.15 };
  const layout = layOutText('あ'.repeat(34), cell, style, measure);
  assert.equal(layout.sizePt, 8);
  assert.deepEqual(textOf(layout), ['あ'.repeat(17), 'あ'.repeat(17)]);
  assert.ok(layout.pieces.every((piece) => piece.stretch === 1));
});

test('異体字セレクタは前の字と離れない', () => {
  const layout = layOutText('辻\u{e0100}井', box, { sizePt: 10 }, measure);
  assert.deepEqual(layout.pieces[0]?.clusters, ['辻\u{e0100}', '井']);
});

test('ふりがなは親文字の上の中央、指定がなければ出さない', () => {
  const plain = layOutText('{体温|たいおん}計', box, { sizePt: 10 }, measure);
  assert.deepEqual(textOf(plain), ['体温計']);
  const { pieces } = layOutText('{体温|たいおん}計', box, { sizePt: 10, hasReadings: true }, measure);
  const [text, reading] = pieces;
  assert.equal(reading?.clusters.join(''), 'たいおん');
  assert.equal(reading.sizePt, 5);
  assert.ok(Math.abs(reading.x - (text?.x ?? 0)) < 1e-9, 'four at half size are as wide as two');
  assert.ok(reading.baseline < (text?.baseline ?? 0) - tenPoints * 0.8);
});
