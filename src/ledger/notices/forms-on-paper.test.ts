import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { getDay } from '#kernel';
import { type Canvas, openFonts, writePdf } from '#platform/pdf';
import { deriveFormValues, type SheetFacts } from './derive-form-values.ts';
import { type FormIssue, prepareForm } from './draw-form.ts';
import type { FormLayout } from './layout-types.ts';
import { parseFormLayout } from './parse-form-layout.ts';

const root = new URL('../../../', import.meta.url);
const formsFolder = new URL('rules/forms/', root);
const layoutIds = readdirSync(formsFolder).map((name) => name.replace(/\.json$/u, ''));
const municipality = readFileSync(new URL('settings/wakabadai/municipality.json', root), 'utf8');
const fonts = openFonts();
const formNumber = '100000000016';
const hasRenderer = spawnSync('pdftoppm', ['-v']).error === undefined;
const missing = hasRenderer
  ? false
  : 'pdftoppm（Debianのpoppler-utils）がないため、バーコードの読み戻しは試していません';

function layoutOf(layoutId: string): FormLayout {
  const decision = parseFormLayout(layoutId, {
    form: readFileSync(new URL(`${layoutId}.json`, formsFolder), 'utf8'),
    municipality,
  });
  assert.ok(decision.answer !== 'refused');
  return decision.value;
}

function factsOf(layout: FormLayout, name: string): SheetFacts {
  const nothing = { eligibleFrom: null, eligibleTo: null, standardFrom: null, standardTo: null };
  return {
    formNumber,
    formNumberSpaced: '1000-0000-0016',
    issuedOn: getDay(2026, 11, 21),
    person: { name, kana: 'タカハシ　ヨシノ', bornOn: getDay(2026, 5, 22), birthDatePrecision: 'day', sex: 'female' },
    destination: {
      recipientName: name,
      postalCode: '2990012',
      address: '若葉台市緑町23番1号',
      building: 'コーポ青葉２０１',
    },
    welfare: null,
    forecast: { ...nothing, ...layout, status: 'due', dosesNeeded: 4, next: null, trace: [] },
    next: {
      ...{ doseNumber: 2, earliestOn: getDay(2026, 11, 1), latestOn: getDay(2033, 11, 21) },
      ...{ recommendedFrom: null, recommendedTo: null },
    },
    pastDoses: [{ on: getDay(2026, 8, 4), doseNumber: 1, productName: '製品の名前' }],
  };
}

async function print(layoutId: string, name: string): Promise<{ pdf: Buffer; issues: FormIssue[] }> {
  const layout = layoutOf(layoutId);
  const form = prepareForm(layout);
  const issues: FormIssue[] = [];
  const values = deriveFormValues(layout, factsOf(layout, name));
  const options = { title: layout.title, author: '若葉台市', createdAt: new Date(0), paper: layout.paper, fonts };
  const page = {
    background: form.background,
    draw: (canvas: Canvas) => void issues.push(...form.drawValues(canvas, values)),
  };
  return { pdf: Buffer.concat(await Array.fromAsync(writePdf(options, [page]))), issues };
}

function renderPage(pdf: Buffer): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'sesshu-form-'));
  try {
    writeFileSync(join(folder, 'form.pdf'), pdf);
    execFileSync('pdftoppm', [
      '-r',
      '300',
      '-gray',
      '-png',
      '-singlefile',
      join(folder, 'form.pdf'),
      join(folder, 'form'),
    ]);
    return readFileSync(join(folder, 'form.png'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('前回の記録は、いちばん新しいものだけを印字する', () => {
  const layout = layoutOf('screening-influenza-older');
  const facts = factsOf(layout, '髙橋　𠮷乃');
  const past = [2023, 2024, 2025].map((year) => ({ on: getDay(year, 11, 4), doseNumber: 1, productName: '製品' }));
  const values = deriveFormValues(layout, { ...facts, pastDoses: past });
  const texts: string[] = [];
  const nothing = () => [];
  const text = (drawn: string) => {
    texts.push(drawn);
    return [];
  };
  const canvas = { text, line: nothing, rectangle: nothing, ellipse: nothing, tick: nothing, barCode: nothing };
  prepareForm(layout).drawValues(canvas, values);
  assert.ok(texts.includes('令和7年11月4日'));
  assert.ok(!texts.some((drawn) => drawn.includes('令和6年11月4日') || drawn.includes('ほか')));
});

before(() => {
  const reader = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  prepareZXingModule({ overrides: { wasmBinary: Uint8Array.from(readFileSync(reader)).buffer } });
});

for (const layoutId of layoutIds) {
  test(`${layoutId}: 印刷した紙のバーコードとQRコードを別の読取機が読む`, { skip: missing }, async () => {
    const { pdf } = await print(layoutId, '髙橋　𠮷乃');
    const codes = await readBarcodes(renderPage(pdf), { formats: ['Code128', 'QRCode'], tryHarder: true });
    assert.deepEqual(codes.map((code) => `${code.format} ${code.text}`).toSorted(), [
      `Code128 ${formNumber}`,
      `QRCode ${formNumber}`,
    ]);
  });

  test(`${layoutId}: ふつうの名前は何も報告せず、40字の名前は報告して欠かさず印字する`, async () => {
    assert.deepEqual((await print(layoutId, '勅使河原　和香奈')).issues, []);
    const long = 'マリアデロスアンヘレス'.repeat(4).slice(0, 40);
    const { issues } = await print(layoutId, long);
    assert.ok(issues.length > 0);
    assert.ok(issues.every((issue) => issue.kind === 'textTooLong' && issue.text.includes(long)));
  });

  test(`${layoutId}: どの書体にもない外字は、印字する前に分かる`, async () => {
    const { issues } = await print(layoutId, '外\u{e123}字');
    assert.ok(issues.some((issue) => issue.kind === 'characterMissing' && issue.character === '\u{e123}'));
  });
}
