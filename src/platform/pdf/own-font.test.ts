import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { a4, type Canvas, checkText, openFonts, type TextIssue, writePdf } from './index.ts';

/** 外字 as a municipality keeps them: a character of the private use area that only its own font draws. */
const ownCharacter = '\u{e123}';
const folder = mkdtempSync(join(tmpdir(), 'sesshu-fonts-'));
before(() => writeFileSync(join(folder, 'gaiji.ttf'), fontOfOneSquare(0xe123)));
after(() => rmSync(folder, { recursive: true }));

test('書体フォルダーに置いた外字の書体で印字し、PDFに埋め込む', async () => {
  const fonts = openFonts([folder]);
  assert.deepEqual(checkText(fonts, `外${ownCharacter}字`), []);
  const issues: TextIssue[] = [];
  const draw = (canvas: Canvas) => {
    const box = { x: 20, y: 20, width: 80, height: 10 };
    issues.push(...canvas.text(`外${ownCharacter}字`, box, { sizePt: 12 }));
  };
  const options = { title: '外字', author: '試験市', createdAt: new Date(0), paper: a4, fonts };
  const pdf = Buffer.concat(await Array.fromAsync(writePdf(options, [{ background: null, draw }])));
  assert.deepEqual(issues, []);
  const task = getDocument({ data: new Uint8Array(pdf), verbosity: 0 });
  const { items } = await (await (await task.promise).getPage(1)).getTextContent();
  assert.equal(items.map((item) => ('str' in item ? item.str : '')).join(''), `外${ownCharacter}字`);
  await task.destroy();
  assert.ok(pdf.toString('latin1').includes('Gaiji'), 'the font is in the file');
});

test('外字の書体がなければ、印字の前に、字形がないと分かる', () => {
  assert.deepEqual(
    checkText(openFonts(), `外${ownCharacter}字`).map(({ kind }) => kind),
    ['characterMissing'],
  );
});

/** A TrueType font of one glyph, a square of the whole em, for one character. @spec OpenType 1.9, required tables */
function fontOfOneSquare(codePoint: number): Buffer {
  const square = glyphOfSquare(1000);
  const tables: Record<string, Buffer> = {
    cmap: Buffer.concat([u16(0, 1, 3, 10), u32(12), u16(12, 0), u32(28, 0, 1, codePoint, codePoint, 1)]),
    glyf: square,
    head: Buffer.concat([
      ...[u32(0x00010000, 0x00010000, 0, 0x5f0f3cf5), u16(0, 1000), Buffer.alloc(16)],
      ...[u16(0, 0, 1000, 1000, 0, 8, 2, 1, 0)],
    ]),
    hhea: Buffer.concat([u32(0x00010000), u16(880, 65_416, 0, 1000, 0, 0, 1000, 1, 0, 0, 0, 0, 0, 0, 0, 2)]),
    hmtx: u16(1000, 0, 1000, 0),
    loca: u32(0, 0, square.length),
    maxp: Buffer.concat([u32(0x00010000), u16(2, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0)]),
    name: nameTable('Gaiji'),
    post: u32(0x00030000, 0, 0, 0, 0, 0, 0, 0),
  };
  const names = Object.keys(tables);
  let offset = 12 + 16 * names.length;
  const directory: Buffer[] = [u32(0x00010000), u16(names.length, 128, 3, 16)];
  const bodies: Buffer[] = [];
  for (const name of names) {
    const body = tables[name] ?? Buffer.alloc(0);
    directory.push(Buffer.from(name, 'latin1'), u32(0, offset, body.length));
    bodies.push(body, Buffer.alloc((4 - (body.length % 4)) % 4));
    offset += Math.ceil(body.length / 4) * 4;
  }
  return Buffer.concat([...directory, ...bodies]);
}

function glyphOfSquare(size: number): Buffer {
  const header = u16(1, 0, 0, size, size, 3, 0);
  const flags = Buffer.from([0x01, 0x01, 0x01, 0x01]);
  const xs = u16(0, 0, size, 0);
  const ys = u16(0, size, 0, 65_536 - size);
  return Buffer.concat([header, flags, xs, ys, Buffer.alloc(2)]);
}

/** Family, style, full and PostScript name, all the same word. */
function nameTable(word: string): Buffer {
  const text = Buffer.from(word, 'utf16le').swap16();
  const ids = [1, 2, 4, 6];
  const records = ids.map((id) => u16(3, 1, 0x0409, id, text.length, 0));
  return Buffer.concat([u16(0, ids.length, 6 + 12 * ids.length), ...records, text]);
}

function u16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, i) => bytes.writeUInt16BE(value, i * 2));
  return bytes;
}

function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => bytes.writeUInt32BE(value >>> 0, i * 4));
  return bytes;
}
