import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Finding } from '#kernel';
import { testSeal } from '../../../tests/support/seal.ts';
import { composeLayout, listLayoutIds } from './compose-layout.ts';
import { parseFormLayout } from './parse-form-layout.ts';

const root = new URL('../../../', import.meta.url);
const text = (path: string) => readFileSync(new URL(path, root), 'utf8');
const office = { name: '試験課', postalCode: '2990001', address: '試験市1番', phone: '0299-00-0000', hours: '平日' };
const municipality = JSON.stringify({ lgCode: '134996', name: '試験市', office });

const form = (elements: readonly object[], more: object = {}) =>
  JSON.stringify({
    ...{
      title: '試験',
      programme: 'p',
      stage: 's',
      inForceFrom: '2026-04-01',
      isForGuardian: false,
      hasReadings: false,
    },
    ...{ paper: { widthMm: 210, heightMm: 297 }, size: 9, elements, ...more },
  });
const label = { id: 'label', kind: 'text', at: [10, 10, 50, 5], text: '${office.name} ${greeting} ${name}' };

/** The first digit of a 接種券's OCR line is the municipality's own word: without it none is printed. */
const kindsOfCoupon = [
  'layoutOfficeTextMissing office.couponVaccinationKind',
  'layoutOfficeTextMissing office.couponInterviewKind',
];

function codesOf(sources: { form: string; changes?: string; municipality?: string }): string[] {
  return parseFormLayout('試験', sources).findings.map((finding) => finding.code);
}

test('出荷する様式は、どの自治体の設定でもそのまま印刷でき、券種を決めていない自治体の接種券だけが断られる', () => {
  const files = new Map(
    readdirSync(new URL('rules/forms/', root), { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('.json'))
      .map((name) => [name, text(`rules/forms/${name}`)]),
  );
  const layouts = listLayoutIds(files);
  assert.ok(layouts.length >= 30);
  for (const folder of ['wakabadai', 'aobadai', 'wakakusa']) {
    for (const name of layouts) {
      const findings: Finding[] = [];
      const form = composeLayout(files, name, files.get(`${name}.json`) ?? '', findings);
      const municipality = text(`settings/${folder}/municipality.json`);
      const decision = parseFormLayout(name, { form, municipality, seal: testSeal() });
      const missing = [...findings, ...decision.findings].map(({ code, params }) => `${code} ${params['field']}`);
      const hasKinds = 'coupon' in (JSON.parse(municipality) as object);
      const expected = hasKinds || name !== 'coupon-ocr' ? [] : kindsOfCoupon;
      assert.deepEqual([...new Set(missing)], expected, `${folder} ${name}`);
    }
  }
});

test('自治体の文と窓口の名前が入り、個人の項目は残る', () => {
  const decision = parseFormLayout('試験', {
    form: form([label], { texts: { greeting: 'こんにちは' } }),
    changes: JSON.stringify({ texts: { greeting: 'ようこそ' } }),
    municipality,
  });
  assert.ok(decision.answer === 'accepted');
  const [element] = decision.value.elements;
  assert.equal(element?.kind === 'text' ? element.text : '', '試験市 ようこそ ${name}');
});

test('自治体は要素を変え、除き、加えることができる', () => {
  const changes = (value: object) => JSON.stringify(value);
  const sources = { form: form([label, { kind: 'box', at: [0, 0, 1, 1] }], { texts: { greeting: '' } }), municipality };
  const read = (value: object) => {
    const decision = parseFormLayout('試験', { ...sources, changes: changes(value) });
    return decision.answer === 'refused' ? [] : decision.value.elements;
  };
  assert.deepEqual(read({ elements: { label: { at: [20, 20, 50, 5] } } })[0], {
    ...label,
    at: [20, 20, 50, 5],
    text: '試験市  ${name}',
  });
  assert.equal(read({ elements: { label: null } }).length, 1);
  assert.equal(read({ add: [{ kind: 'box', at: [5, 5, 5, 5] }] }).length, 3);
  assert.deepEqual(codesOf({ ...sources, changes: changes({ elements: { nothing: null } }) }), [
    'layoutElementUnknown',
  ]);
});

test('様式の誤りは、すべて一度に、場所とともに断る', () => {
  assert.deepEqual(codesOf({ form: '{' }), ['layoutUnreadable']);
  assert.deepEqual(codesOf({ form: form([{ kind: 'circle', at: [1, 1, 1, 1] }]) }), ['layoutUnreadable']);
  assert.deepEqual(codesOf({ form: form([{ kind: 'box', at: [200, 10, 20, 5] }]) }), ['layoutOutsidePage']);
  assert.deepEqual(codesOf({ form: form([{ ...label, text: '${nobody}' }]) }), ['layoutFieldUnknown']);
  assert.deepEqual(codesOf({ form: form([{ ...label, text: '${office.fax}' }]), municipality }), [
    'layoutOfficeTextMissing',
  ]);
  const choices = { kind: 'choices', at: [1, 1, 50, 5], field: 'colour', options: [{ value: '1', label: 'あ' }] };
  assert.deepEqual(codesOf({ form: form([choices]) }), ['layoutFieldUnknown']);
  const both = [
    { kind: 'line', from: [0, 0], to: [211, 0] },
    { ...label, text: '${nobody}', size: -1 },
  ];
  assert.deepEqual(codesOf({ form: form(both) }).toSorted(), ['layoutOutsidePage', 'layoutUnreadable']);
});

test('表と質問の大きさも用紙の中にあるか調べる', () => {
  const table = { kind: 'table', at: [10, 280], columns: [50], rows: [{ height: 10, cells: [{}] }] };
  assert.deepEqual(codesOf({ form: form([table]) }), []);
  assert.deepEqual(codesOf({ form: form([{ ...table, at: [10, 290] }]) }), ['layoutOutsidePage']);
  const questions = { kind: 'questions', at: [10, 280], columns: [100, 40, 40], headings: ['', '', ''], rowHeight: 6 };
  const items = [{ ask: '問', answers: ['はい'] }];
  assert.deepEqual(codesOf({ form: form([{ ...questions, items }]) }), []);
  assert.deepEqual(codesOf({ form: form([{ ...questions, items: [...items, ...items] }]) }), ['layoutOutsidePage']);
});
