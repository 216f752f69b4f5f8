import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseCsvTable } from '#formats';
import { UnreadableInput } from '#kernel';
import { readToClinic, readToLedger } from './read-message.ts';
import { findReference, wordOfReference } from './reference-word.ts';
import { toClinic } from './to-clinic.ts';

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly const?: unknown;
}

/** The items of the frame, which are no one's data. */
const frame = new Set(['version', 'lgCode', 'kind', 'sequence', 'limit']);

function itemsOf(schema: Schema, path: readonly string[]): string[] {
  if (schema.anyOf !== undefined) return schema.anyOf.flatMap((each) => itemsOf(each, path));
  if (schema.items !== undefined) return itemsOf(schema.items, path);
  if (schema.properties === undefined) return schema.type === 'null' ? [] : [path.join('.')];
  const isTop = path.length === 0;
  return Object.entries(schema.properties).flatMap(([name, each]) =>
    isTop && frame.has(name) ? [] : itemsOf(each, [...path, name]),
  );
}

test('医療機関ウェブに渡す項目は、どれも items.csv に理由があり、表にない項目は渡せない', () => {
  const rows = parseCsvTable(readFileSync(new URL('items.csv', import.meta.url), 'utf8'));
  const listed = rows.map(({ values }) => `${values['message']} ${values['item']}`);
  assert.ok(rows.every(({ values }) => (values['reason'] ?? '').length >= 5));
  const { anyOf = [] } = toClinic as Schema;
  const said = anyOf.flatMap((message) => {
    const kind = String(message.properties?.['kind']?.const);
    return itemsOf(message, []).map((item) => `${kind} ${item}`);
  });
  assert.deepEqual([...new Set(said)].toSorted(), listed.toSorted());
  assert.ok(!/address|phone|kana|individual|household|postal|email/iu.test(listed.join()));
});

const patientRef = '00000000-0000-4000-8000-000000000001';
const patient = { patientRef, name: '青田　陽菜', bornOn: '2026-07-20', sex: 'female', doses: [], facts: [] };
const ticket = {
  formNumber: '100000000016',
  state: 'usable',
  patientRef,
  programme: 'a',
  stage: 'b',
  doseNumber: 1,
  validUntil: null,
};
const message = {
  kind: 'tickets',
  version: 1,
  lgCode: '134996',
  sequence: 1,
  patients: [patient],
  tickets: [ticket],
  forgotten: [],
};

test('乱数の番号は文字だけの語になり、元に戻る', () => {
  // By hand: 0 → a, 9 → j, a → k, f → p.
  assert.equal(wordOfReference('01234567-89ab-4def-8000-111111111111'), 'abcdefghijklenopiaaabbbbbbbbbbbb');
  assert.equal(findReference('abcdefghijklenopiaaabbbbbbbbbbbb'), '01234567-89ab-4def-8000-111111111111');
  for (const wrong of ['', 'abc', 'q'.repeat(32), 'A'.repeat(32), patientRef])
    assert.equal(findReference(wrong), undefined);
});

test('契約が何のためのものかは第2版で伝える。第1版の電文は前のとおり読み、混ざったものは断る', () => {
  const masters = (version: number, contract: object) =>
    JSON.stringify({
      ...{ kind: 'masters', version, lgCode: '134996', packages: [], lots: [], recalls: [] },
      institutions: [{ institutionCode: '1', name: '試験医院', contracts: [contract] }],
    });
  const period = { from: '2026-04-01', to: null };
  for (const programmes of [null, [], ['bcg', 'mr']]) readToClinic(masters(2, { ...period, programmes }));
  readToClinic(masters(1, period));
  for (const wrong of [masters(2, period), masters(1, { ...period, programmes: null }), masters(3, period)]) {
    assert.throws(() => readToClinic(wrong), UnreadableInput);
  }
});

test('取り決めにない項目・版・形の電文は、値を漏らさずに断られる', () => {
  assert.deepEqual(readToClinic(JSON.stringify(message)), message);
  for (const wrong of [
    { ...message, version: 3 },
    { ...message, version: 0 },
    { ...message, patients: [{ ...patient, address: 'ひみつ町' }] },
    { ...message, patients: [{ ...patient, bornOn: '2026/07/20' }] },
    {
      ...message,
      patients: [{ ...patient, facts: [{ kind: 'hadDisease', disease: 'x', on: '2026-01-01', note: 'ひみつ町' }] }],
    },
    { ...message, tickets: [{ ...ticket, formNumber: '0' }] },
    { ...message, kind: 'records' },
    [],
  ]) {
    assert.throws(
      () => readToClinic(JSON.stringify(wrong)),
      (error) => error instanceof UnreadableInput && !error.message.includes('ひみつ町'),
    );
  }
  assert.throws(() => readToClinic('{'), UnreadableInput);
  assert.throws(() => readToLedger(JSON.stringify(message)), UnreadableInput);
});
