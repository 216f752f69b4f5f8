import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { a4, type Canvas, checkText, openFonts, type PageContent, type TextIssue, writePdf } from './index.ts';

const fonts = openFonts();
const options = { title: '試験', author: '試験市', createdAt: new Date(0), paper: a4, fonts };
const mm = 72 / 25.4;

async function pdfOf(pages: Iterable<PageContent>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(writePdf(options, pages)));
}

async function textsOf(pdf: Buffer): Promise<{ str: string; x: number; y: number }[][]> {
  const task = getDocument({ data: new Uint8Array(pdf), verbosity: 0 });
  const document = await task.promise;
  const pages = [];
  for (let i = 1; i <= document.numPages; i += 1) {
    const { items } = await (await document.getPage(i)).getTextContent();
    pages.push(
      items.flatMap((item) => {
        if (!('str' in item) || item.str.trim() === '') return [];
        const [, , , , x = 0, y = 0] = item.transform as number[];
        return [{ str: item.str, x: x / mm, y: a4.heightMm - y / mm }];
      }),
    );
  }
  await task.destroy();
  return pages;
}

const background = (canvas: Canvas) => {
  canvas.rectangle({ x: 20, y: 20, width: 100, height: 10 }, { line: { widthMm: 0.3 } });
  canvas.text('氏名', { x: 20, y: 40, width: 30, height: 5 }, { sizePt: 10, verticalAlign: 'top' });
};

function* people(names: readonly string[]): Generator<PageContent> {
  for (const name of names) {
    yield {
      background,
      draw: (canvas) => {
        canvas.text(name, { x: 50, y: 40, width: 60, height: 8 }, { sizePt: 12, verticalAlign: 'top' });
        canvas.barCode('code128', '100000000016', { x: 20, y: 100, width: 60, height: 10 });
      },
    };
  }
}

test('同じページは同じバイト列になる', async () => {
  const names = ['若葉 花子', '𠮷田 辻\u{e0100}', '髙﨑 塚神諸'];
  const [first, second] = [await pdfOf(people(names)), await pdfOf(people(names))];
  assert.ok(first.equals(second));
  assert.ok(!first.equals(await pdfOf(people(['若葉 太郎']))));
});

test('文字はミリメートルの指定どおりの位置にあり、読み取れる文字として入る', async () => {
  const [page = []] = await textsOf(await pdfOf(people(['𠮷田 花子'])));
  const label = page.find((text) => text.str === '氏名');
  assert.ok(label !== undefined && Math.abs(label.x - 20) < 0.05);
  assert.ok(Math.abs(label.y - (40 + (10 / mm) * 0.88)) < 0.05, `${label.y}`);
  const row = page.filter((text) => text.y > 42 && text.y < 46 && text.x >= 49.9);
  assert.equal(
    row
      .map((text) => text.str)
      .join('')
      .replaceAll(' ', ''),
    '𠮷田花子',
  );
});

test('字形がない文字は〓で印字し、ない異体字は標準の字形で印字して、どちらも報告する', async () => {
  const issues: TextIssue[] = [];
  const text = '\u{e000}山\u{e01ef}';
  const pdf = await pdfOf([
    {
      background: null,
      draw: (canvas) => issues.push(...canvas.text(text, { x: 20, y: 20, width: 50, height: 6 }, { sizePt: 10 })),
    },
  ]);
  assert.deepEqual(
    issues.map((issue) => issue.kind),
    ['characterMissing', 'variantReplaced'],
  );
  assert.ok(pdf.length > 1000);
  assert.deepEqual(
    checkText(fonts, text).map((issue) => issue.kind),
    ['characterMissing', 'variantReplaced'],
  );
});

test('人名の漢字は第3・第4水準も𠮷も異体字も印字できる', () => {
  for (const name of [
    '𠮷野家',
    '髙﨑',
    '神社',
    '塚本',
    '諸橋',
    '丂丄丯',
    '辻\u{e0100}',
    '葛\u{e0100}城',
    '渡邉邊',
    'Nguyễn Thị',
  ]) {
    assert.deepEqual(checkText(fonts, name), [], name);
  }
});

test('ページごとに書き出し、枚数が増えても一枚ずつしか持たない', async () => {
  let drawn = 0;
  const pages = function* (): Generator<PageContent> {
    for (let i = 0; i < 50; i += 1) {
      yield {
        background,
        draw: (canvas) =>
          void (drawn += canvas.text('あ', { x: 9, y: 9, width: 9, height: 9 }, { sizePt: 9 }).length + 1),
      };
    }
  };
  const drawnAtChunk: number[] = [];
  for await (const chunk of writePdf(options, pages())) if (chunk.length > 0) drawnAtChunk.push(drawn);
  assert.ok(drawnAtChunk.includes(10) && drawnAtChunk.includes(40), 'bytes come while pages are still to be drawn');
  assert.equal(drawn, 50);
});
