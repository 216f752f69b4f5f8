import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { composeLayout } from './compose-layout.ts';
import { findCopayment } from './derive-form-values.ts';
import { formFields, formLists, translationFields } from './form-fields.ts';
import { elementSchemas, layoutChangesSchema } from './layout-schema.ts';
import { parseFormLayout } from './parse-form-layout.ts';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const guide = read('docs/guides/settings.md');
const layoutId = 'screening-influenza-older';
const files = new Map(
  [`${layoutId}.json`, 'bases/screening-adult.json'].map((path) => [path, read(`rules/forms/${path}`)]),
);
const sources = {
  form: composeLayout(files, layoutId, files.get(`${layoutId}.json`) ?? '', []),
  municipality: read('settings/wakabadai/municipality.json'),
};

test('手引きの様式の変更は、そのまま読め、書いたとおりに様式が変わる', () => {
  const example = guide.slice(guide.indexOf(`例: \`forms/${layoutId}.json\``));
  const [, changes = ''] = /^```json\n([\s\S]*?)^```/mu.exec(example) ?? [];
  const decision = parseFormLayout(layoutId, { ...sources, changes });
  assert.equal(decision.answer, 'accepted');
  assert.ok(decision.answer === 'accepted');
  const { elements, copaymentClasses } = decision.value;
  const textOf = (id: string) => {
    const element = elements.find((each) => each.id === id);
    return element?.kind === 'text' ? element.text : undefined;
  };
  assert.match(textOf('notice') ?? '', /接種は１月31日まで/u);
  assert.equal(textOf('volume'), '0.5 mL');
  assert.ok(elements.some((element) => element.kind === 'text' && element.text === '秋の一斉発送'));
  const name = elements.find((element) => element.id === 'recipientName');
  assert.deepEqual(name?.kind === 'text' && [name.size, name.text], [15, '${recipientName}']);
  const exempt = { isPublicAssistance: false, isDisabled: false, taxCategory: 'exempt' };
  assert.equal(findCopayment(copaymentClasses, exempt)?.code, '2');
  assert.equal(findCopayment(copaymentClasses, { ...exempt, isPublicAssistance: true })?.code, '3');
  assert.equal(findCopayment(copaymentClasses, null)?.code, '1');
});

test('手引きは、変えられる項目、要素の種類、差込項目をすべて説明する', () => {
  const named = [
    ...Object.keys(layoutChangesSchema.properties),
    ...Object.keys(elementSchemas),
    ...Object.keys(formLists),
    ...Object.keys(formFields).map((field) => `\${${field}}`),
    ...Object.keys(translationFields),
    ...Object.values(formLists).flatMap((fields) => fields.map((field) => `\${${field}}`)),
  ];
  assert.deepEqual(
    named.filter((name) => !guide.includes(`\`${name}\``)),
    [],
  );
});
