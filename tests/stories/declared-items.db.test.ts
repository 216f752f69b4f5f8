import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  annotationKinds,
  getPerson,
  importResidents,
  listAnnotations,
  listHousehold,
  mailingNameAndAddress,
  registerMailingAddress,
} from '#addressees/persons';
import { type CatalogueItem, catalogueItems, loadLayout } from '#common-base/linkage';
import { getDay, type PersonId } from '#kernel';
import { appendEntries, correctEntry, listEntryHistory, recordItems } from '#ledger/vaccinations';
import { type Tx, withMunicipality } from '#platform/postgres';
import { writeLink } from '../../src/addressees/persons/link-store.ts';
import { annotatePerson } from '../../src/addressees/registration/annotate-person.ts';
import { decideDraft, draftFields } from '../../src/addressees/registration/decide-draft.ts';
import { requestRegistration } from '../../src/addressees/registration/register-person.ts';
import { enterFact } from '../../src/ledger/vaccinations/facts/enter-fact.ts';
import { factKinds } from '../../src/ledger/vaccinations/facts/types.ts';
import { loadDemonstrationSettings, residentFeed, testActor, testContext } from '../support/addressees.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { checkoutRules } from '../support/demonstration.ts';
import { doseOfApril } from '../support/ledger.ts';
import { setSettingsFile } from '../support/settings-file.ts';

let t: TestDatabase;
const today = getDay(2026, 11, 21);

before(async () => {
  t = await testDatabase();
  await loadDemonstrationSettings(t.db);
});
after(() => t.close());

const inOffice = <T>(work: (tx: Tx) => Promise<T>) => withMunicipality(t.db, t.lgCode, work);

/** Declares all items but these; with subjects where they are given. */
async function declareAllBut(
  gone: readonly string[],
  subjects: Readonly<Record<string, string[]>> = {},
): Promise<void> {
  const held = catalogueItems.filter(({ item }) => !gone.includes(item));
  const entries = held.map(({ item, nameJa }) => {
    const limits = subjects[item] === undefined ? {} : { subjects: subjects[item] };
    return [item, { words: nameJa, ...limits }] as const;
  });
  await setSettingsFile(t.db, t.lgCode, 'items.json', JSON.stringify({ items: Object.fromEntries(entries) }));
}

const snake = (key: string): string => key.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`);

/** The smallest row that holds an item: table, columns and values; what else the table needs is missing. */
function rowOf({ item, feedKeys }: CatalogueItem): readonly [string, Readonly<Record<string, string>>] {
  const [group = '', name = ''] = item.split('.');
  if (item === 'persons.mailing') return ['mailing_addresses', { is_withdrawal: 'false' }];
  if (group === 'annotations') return ['person_annotations', { kind: `'${name}'` }];
  if (group === 'facts') return ['person_facts', { kind: `'${name}'`, change: `'entry'` }];
  if (group === 'welfare') {
    const usual = { is_public_assistance: 'false', is_disabled: 'false' };
    return ['welfare_flags', { ...usual, [snake(feedKeys[0] ?? '')]: name === 'taxCategory' ? `'taxed'` : 'true' }];
  }
  if (group === 'doses') {
    const found = recordItems.find(({ key }) => key === name);
    assert.ok(found !== undefined, item);
    const value = { text: `'x'`, date: `'2026-01-01'`, numeric: '1', integer: '1' }[found.type];
    return ['ledger_entries', { [found.column]: value }];
  }
  const column = snake(feedKeys.at(-1) ?? '');
  const value = column.endsWith('_on') ? `'2026-01-01'` : `'x'`;
  return ['person_versions', { is_non_registered: 'false', [column]: value }];
}

async function refusalOf(entry: CatalogueItem): Promise<string> {
  const [table, values] = rowOf(entry);
  const columns = Object.keys(values).join(', ');
  const sql = `INSERT INTO ${table} (lg_code, ${columns}) VALUES ('${t.lgCode}', ${Object.values(values).join(', ')})`;
  try {
    await inOffice(({ client }) => client.query(sql));
    return 'stored';
  } catch (error) {
    return error instanceof Error && /"declared_items"/u.test(error.message) ? 'undeclared' : 'incomplete';
  }
}

test('一覧にない項目は、どれ一つ、データベースの役割としても登録できず、一覧にあれば断られない', async () => {
  assert.ok(catalogueItems.length > 80, String(catalogueItems.length));
  await setSettingsFile(t.db, t.lgCode, 'items.json', '{"items": {}}');
  for (const entry of catalogueItems) assert.equal(await refusalOf(entry), 'undeclared', entry.item);
  await declareAllBut([]);
  for (const entry of catalogueItems) assert.notEqual(await refusalOf(entry), 'undeclared', entry.item);
  await setSettingsFile(t.db, t.lgCode, 'items.json', null);
  for (const entry of catalogueItems) assert.notEqual(await refusalOf(entry), 'undeclared', entry.item);
});

test('付記と事実の種別は、すべて一覧で切り替えられる', () => {
  const known = new Set(catalogueItems.map(({ item }) => item));
  for (const { kind } of annotationKinds) assert.ok(known.has(`annotations.${kind}`), kind);
  for (const kind of Object.keys(factKinds)) assert.ok(known.has(`facts.${kind}`), kind);
  // Without these a record of a vaccination says nothing, or they only name the paper and the file it came from.
  const needed = [
    'vaccineCode',
    'doseNumber',
    'institutionCode',
    'formNumber',
    'imageFileName',
    'senderBatch',
    'senderLine',
  ];
  const left = recordItems.filter(({ key }) => !known.has(`doses.${key}`)).map(({ key }) => key);
  assert.deepEqual(left.toSorted(), needed.toSorted());
});

test('町田市のように続柄を持たないと決めれば、前に登録した続柄も世帯も電話も、人の画面に出ない', async () => {
  await setSettingsFile(t.db, t.lgCode, 'items.json', null);
  const rights = [
    'persons.import',
    'persons.view',
    'persons.register',
    'vaccinations.enterFacts',
    'vaccinations.correct',
  ] as const;
  const actor = testActor(t.lgCode, [...rights, 'vaccinations.view']);
  const context = testContext(t.db, actor);
  const feed = (n: string, more = {}) => residentFeed([{ 整理番号: n, ...more }], `r${n}.csv`);
  await importResidents(context, feed('0000000001'), { isChanges: true, asOf: today });
  const { rows } = await inOffice(({ client }) =>
    client.query<{ person_id: PersonId }>('SELECT person_id FROM persons'),
  );
  const personId = rows[0]?.person_id ?? (0 as PersonId);
  const person = () => inOffice((tx) => getPerson(tx, actor, personId, today));
  const household = () => inOffice((tx) => listHousehold(tx, actor, personId, today));
  assert.deepEqual([(await person()).relation, (await person()).items.phone], ['householder', '0299-39-0327']);
  const note = {
    kind: 'caution',
    relatedNumber: '',
    content: '筆談',
    validFrom: '2026-04-01',
    validTo: '',
    reason: '申出',
  };
  assert.equal((await annotatePerson(context, personId, note)).answer, 'accepted');
  const elsewhere = { recipientName: '若葉', postalCode: '2990012', address: '山田町1番', building: null };
  const mailed = { ...elsewhere, validFrom: today, validTo: null };
  await inOffice((tx) => registerMailingAddress(tx, actor, personId, mailed, new Date()));
  const before = await inOffice((tx) => mailingNameAndAddress(tx, [personId], today));
  assert.equal(before.get(personId)?.address, '山田町1番');
  const { entryIds } = await inOffice((tx) =>
    appendEntries(tx, actor, [doseOfApril(personId)], { act: 'vaccinations.imported' }),
  );

  const gone = [
    'persons.relation',
    'persons.phone',
    'persons.householdNumber',
    'annotations.caution',
    'doses.lotNumber',
  ];
  await declareAllBut([...gone, 'persons.mailing', 'facts.pregnancy'], { 'persons.previousAddress': ['residents'] });
  const seen = await person();
  assert.deepEqual(
    [seen.relation, seen.householdNumber, seen.items.relation, seen.items.phone],
    [null, null, null, null],
  );
  assert.deepEqual((await household()).members, []);
  assert.deepEqual(await inOffice((tx) => listAnnotations(tx, personId)), []);
  const letters = await inOffice((tx) => mailingNameAndAddress(tx, [personId], today));
  assert.equal(letters.get(personId)?.address, '若葉台市青葉台二丁目13番23号', 'no 送付先 any more');
  const ledger = await inOffice((tx) => listEntryHistory(tx, actor, personId));
  assert.deepEqual(ledger[0]?.fact?.items, { doseVolumeMl: '0.50' });

  // Every hand that would store one is refused with the name of the item.
  const annotated = await annotatePerson(context, personId, note);
  assert.deepEqual(
    annotated.findings.map(({ code }) => code),
    ['annotationNotDeclared'],
  );
  const told = { disease: null, programme: null, ground: null, result: null, to: null, note: null } as const;
  const pregnancy = { ...told, kind: 'pregnancy', from: getDay(2027, 1, 1), certainty: 'reported' } as const;
  await assert.rejects(enterFact(context, { personId, told: pregnancy, rules: await checkoutRules() }), {
    name: 'Conflict',
    message: /「妊娠」/u,
  });
  await assert.rejects(
    inOffice((tx) => appendEntries(tx, actor, [doseOfApril(personId)], { act: 'vaccinations.imported' })),
    { name: 'Conflict', message: /「ロット番号」/u },
  );
  const correction = { entryId: entryIds[0] ?? (0 as never), reason: '読み違い', expectedVersion: 1 };
  await assert.rejects(
    correctEntry(context, { ...correction, changes: { items: { lotNumber: 'B2' } } }),
    /「ロット番号」/u,
  );
  const mailing = {
    recipientName: '若葉',
    postalCode: '2990012',
    address: '若葉台市',
    building: null,
    validFrom: today,
    validTo: null,
  };
  await assert.rejects(
    inOffice((tx) => registerMailingAddress(tx, actor, personId, mailing, new Date())),
    { name: 'Conflict', message: /「送付先」/u },
  );
  const form = Object.fromEntries(draftFields.map((field) => [field, ''])) as Record<
    (typeof draftFields)[number],
    string
  >;
  const typed = {
    ...form,
    kana: 'ワカバ　タロウ',
    name: '若葉　太郎',
    birthDate: '2020-04-01',
    sex: 'male',
    phone: '0299',
  };
  const draft = decideDraft({ ...typed, category: 'evacuee', grounds: '申出', validFrom: '2026-04-01' }, today);
  assert.ok(draft.answer !== 'refused');
  const registered = await requestRegistration(context, draft.value, []);
  assert.deepEqual(
    [registered.findings[0]?.code, registered.findings[0]?.params['items']],
    ['draftItemNotDeclared', '電話番号'],
  );

  // A correction of something else drops what may not be held any more.
  await correctEntry(context, { ...correction, changes: { items: { doseVolumeMl: '0.25' } } });
  const { rows: lots } = await inOffice(({ client }) =>
    client.query<{ lot_number: string | null }>('SELECT lot_number FROM ledger_entries ORDER BY entry_id'),
  );
  assert.deepEqual(
    lots.map(({ lot_number }) => lot_number),
    ['A1', null],
  );
});

test('受け取るファイルの並びは一覧に従い、だれの項目かも見分ける', async () => {
  const context = testContext(t.db, testActor(t.lgCode, ['persons.import']));
  await declareAllBut(['persons.relation']);
  const residents = residentFeed([{ 整理番号: '0000000009' }]);
  await assert.rejects(importResidents(context, residents, { isChanges: true, asOf: today }), /続柄区分（relation）/u);

  // The keyboard's own layout comes with the program: what may not be held is passed over.
  await declareAllBut(['doses.bodyTemperature']);
  const keyed = await inOffice((tx) => loadLayout(tx, 'keyed-forms'));
  assert.equal(keyed.columns.find(({ key }) => key === 'bodyTemperature')?.type, 'skip');

  await declareAllBut([], { 'persons.phone': ['residents'] });
  const both = residentFeed([{ 整理番号: '0000000011' }, { 整理番号: '0000000012', 住登外フラグ: '1' }], 'both.csv');
  assert.equal((await importResidents(context, both, { isChanges: true, asOf: today })).accepted, 2);
  const { rows } = await inOffice(({ client }) =>
    client.query<{ phone: string | null }>(
      `SELECT phone FROM persons WHERE addressee_number IN ('0000000011', '0000000012') ORDER BY addressee_number`,
    ),
  );
  assert.deepEqual(
    rows.map(({ phone }) => phone),
    ['0299-39-0327', null],
  );
});

test('一覧にない項目は、前からある人の今の値としても書き換えられず、前の値を持つ人も結び付けられる', async () => {
  await setSettingsFile(t.db, t.lgCode, 'items.json', null);
  const context = testContext(t.db, testActor(t.lgCode, ['persons.import']));
  const people = residentFeed([{ 整理番号: '0000000071' }, { 整理番号: '0000000072' }], 'two.csv');
  await importResidents(context, people, { isChanges: true, asOf: today });
  const ours = `addressee_number IN ('0000000071', '0000000072')`;
  const phones = () =>
    inOffice(async ({ client }) => {
      const { rows } = await client.query<{ person_id: PersonId; phone: string | null; relation: string | null }>(
        `SELECT person_id, phone, relation FROM persons WHERE ${ours} ORDER BY person_id`,
      );
      return rows;
    });
  const [one, other] = await phones();
  assert.ok(one !== undefined && other !== undefined && other.phone !== null);
  const change = (set: string) => inOffice(({ client }) => client.query(`UPDATE persons SET ${set} WHERE ${ours}`));
  await declareAllBut(['persons.phone', 'persons.relation', 'persons.householdNumber']);
  for (const set of [`phone = '1'`, `relation = 'child'`, `household_number = '1'`]) {
    const clean = 'phone = NULL, relation = NULL, household_number = NULL'.split(', ');
    const rest = clean.filter((each) => !each.startsWith(set.split(' ')[0] ?? ''));
    await assert.rejects(change([set, ...rest].join(', ')), /"declared_items_on_change"/u, set);
  }
  const pair = { personId: other.person_id, principalId: one.person_id };
  const frame = { reason: '同一人', at: new Date(), byId: null, byName: '係長', approvedByName: null, requestId: null };
  await inOffice((tx) => writeLink(tx, 'linked', pair, frame));
  assert.deepEqual(
    (await phones()).map(({ phone, relation }) => [phone, relation]),
    [
      [null, null],
      [null, null],
    ],
  );
  await inOffice((tx) => writeLink(tx, 'unlinked', pair, frame));
});
