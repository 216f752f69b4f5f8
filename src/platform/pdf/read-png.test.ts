import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import { UnreadableInput } from '#kernel';
import { openFonts } from './open-fonts.ts';
import { readPng } from './read-png.ts';
import { writePdf } from './write-pdf.ts';
import { drawPagePicture } from './write-svg.ts';

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

function png(colour: number, rows: readonly (readonly number[])[], more: Buffer[] = [], depth = 8): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(2, 0);
  head.writeUInt32BE(rows.length, 4);
  head.set([depth, colour, 0, 0, 0], 8);
  const data = deflateSync(Buffer.from(rows.flat()));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', head), ...more, chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}

const hex = (bytes: Buffer | null) => bytes?.toString('hex') ?? null;

test('色と透けぐあいを読む（RGBA、行の絞り込み None・Sub・Up）', () => {
  const picture = readPng(
    png(6, [
      [0, 200, 0, 0, 255, 10, 20, 30, 0],
      [1, 100, 0, 0, 128, 1, 0, 0, 0],
      [2, 0, 5, 0, 0, 0, 0, 7, 1],
    ]),
  );
  assert.equal(hex(picture.rgb), 'c800000a141e640000650000640500650007');
  assert.equal(hex(picture.alpha), 'ff0080808081');
});

test('パレットの色と透けぐあいを読む', () => {
  const more = [chunk('PLTE', Buffer.from([1, 2, 3, 200, 0, 0])), chunk('tRNS', Buffer.from([0]))];
  const picture = readPng(png(3, [[0, 0, 1]], more));
  assert.equal(hex(picture.rgb), '010203c80000');
  assert.equal(hex(picture.alpha), '00ff');
});

test('読めない画像は、直し方を言って断る', () => {
  const deep = png(2, [[0, 0, 0, 0, 0, 0, 0]], [], 16);
  const cut = png(2, [[0, 1, 2]]);
  for (const file of [Buffer.from('GIF89a'), deep, cut]) {
    assert.throws(
      () => readPng(file),
      (error) => error instanceof UnreadableInput && /PNG/u.test(error.message),
    );
  }
});

test('印影は紙にも画面にも、縦横の比を変えずに枠の中央に入る', async () => {
  const picture = readPng(png(6, [[0, 200, 0, 0, 255, 200, 0, 0, 255]]));
  const fonts = openFonts();
  const draw = (canvas: Parameters<Parameters<typeof drawPagePicture>[2][number]>[0]) =>
    canvas.picture(picture, { x: 10, y: 20, width: 20, height: 20 });
  const { svg } = drawPagePicture(fonts, { widthMm: 100, heightMm: 100 }, [draw]);
  assert.match(svg, /<image x="10" y="25" width="20" height="10" /u);
  const options = { title: '', author: '', createdAt: new Date(0), paper: { widthMm: 100, heightMm: 100 }, fonts };
  const pages = [{ background: draw, draw }];
  const pdf = Buffer.concat(await Array.fromAsync(writePdf(options, pages))).toString('latin1');
  assert.equal(pdf.match(/\/Subtype \/Image/gu)?.length, 2, 'one picture and its mask, however often it is drawn');
});
