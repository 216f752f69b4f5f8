import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type LgCode, parseIsoDay } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import {
  loadDemonstrationSettings,
  residentFeed,
  type TestResident,
  testActor,
  testContext,
} from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { importResidents } from './import-residents.ts';
import type { PersonQuery } from './read-query.ts';
import { searchPersons } from './search-persons.ts';

const asOf = parseIsoDay('2026-11-21');
const futaba = '若葉台市若葉台二丁目36番22号';

/** Nineteen people whose names, days and places lie close together; the last two digits name them in the table. */
const people: readonly TestResident[] = [
  person(1, '髙橋　一郎', 'タカハシ　イチロウ', '19540825', { 住所: futaba, 電話番号: '0299-39-0327' }),
  person(2, '高橋　花子', 'タカハシ　ハナコ', '20230401', { 住所: futaba, 電話番号: '090-1234-5678' }),
  person(3, '渡邉　美咲', 'ワタナベ　ミサキ', '20230401', { 住所: '若葉台市緑町5番1号', 方書: 'ハイツ緑　１０３号' }),
  person(4, '渡辺　健', 'ワタナベ　ケン', '19890107', { 住所: '若葉台市緑町5番10号' }),
  person(5, '\u{20bb7}田　翔', 'ヨシダ　ショウ', '19890108', { 住所: '若葉台市大字髙野13番地の23' }),
  person(6, '宮﨑　ゆい', 'ミヤザキ　ユイ', '20200229', {
    住所: '若葉台市桜が丘9番9号',
    支援措置: '1',
    世帯番号: '000000006',
  }),
  person(7, '宮﨑　蓮', 'ミヤザキ　レン', '20220630', { 住所: '若葉台市桜が丘9番9号', 世帯番号: '000000006' }),
  person(8, 'NGUYEN THI LAN', 'グエン　ティ　ラン', '19990909', {
    住所: '若葉台市字雲雀ケ丘7番7号',
    外国人フラグ: '1',
  }),
  person(9, '大野　優子', 'オオノ　ユウコ', '19500000', { 住所: '若葉台市港南一丁目1番1号' }),
  person(10, '小野　京子', 'オノ　キョウコ', '19500400', { 住所: '若葉台市港南一丁目1番2号' }),
  person(11, '佐々木　葛\u{e0100}', 'ササキ　カズラ', '20190501', { 住所: '若葉台市港南二丁目1番1号' }),
  person(12, '佐藤　花', 'サトウ　ハナ', '20190430', { 住所: '若葉台市港南二丁目1番10号' }),
  person(13, '佐藤　花', 'サトウ　ハナ', '19300101', {
    死亡年月日: '20200101',
    住民でなくなった日: '20200101',
    異動: '31',
  }),
  person(14, '佐藤　花', 'サトウ　ハナ', '19800101', { 住民でなくなった日: '20210331', 異動: '21', 住民異動: '21' }),
  person(15, '佐藤　花江', 'サトウ　ハナエ', '19801231', { 住所: '若葉台市緑町6番' }),
  person(16, '佐藤　花江', 'サトウ　ハナエ', '19801231', { 取消: '1', 住所: '若葉台市緑町7番' }),
  person(17, '左藤　英', 'サトウ　ハナブサ', '19811231', { 住所: '若葉台市緑町8番' }),
  person(18, 'ヴァン　ショーン', 'ヴァン　ショーン', '20000101', { 住所: '若葉台市緑町9番', 外国人フラグ: '1' }),
  person(19, '外\u{e000}字　守', 'ソトアザ　マモル', '20010101', { 住所: '若葉台市緑町10番' }),
];

function person(n: number, name: string, kana: string, birthDate: string, others: Partial<TestResident>): TestResident {
  const number = String(n).padStart(10, '0');
  const household = String(100 + n).padStart(9, '0');
  const own = { 氏名漢字: name, 氏名カナ: kana, 生年月日: birthDate, 世帯番号: household, 電話番号: '' };
  return { 整理番号: number, ...own, ...others };
}

let t: TestDatabase;
before(async () => {
  t = await testDatabase();
  await loadDemonstrationSettings(t.db);
  const context = testContext(t.db, testActor(t.lgCode, ['persons.import']));
  const result = await importResidents(context, residentFeed(people), { isChanges: true, asOf });
  assert.deepEqual([result.accepted, result.refused], [people.length, 0]);
});
after(() => t.close());

function search(query: PersonQuery, limit = 50, lgCode: LgCode = t.lgCode) {
  const actor = testActor(lgCode, ['persons.search']);
  return withMunicipality(t.db, lgCode, (tx) => searchPersons(tx, actor, query, { asOf, limit }));
}

async function found(query: PersonQuery): Promise<string> {
  const { people: answer } = await search(query);
  return answer.map(({ addresseeNumber }) => Number(addresseeNumber)).join(' ');
}

/** What is typed into the one box → who is found, in this order. */
const typed: readonly (readonly [string, string])[] = [
  // number
  ['0000000003', '3'],
  ['3', '3'],
  ['００００００００１６', '16'],
  ['99999', ''],
  // phonetic: hiragana, half width, small kana, the long mark, the beginning of family and given name
  ['たかはし', '1 2'],
  ['ﾀｶﾊｼ ﾊﾅｺ', '2'],
  ['タカハシハナコ', '2'],
  ['タカ', '1 2'],
  ['ハナ', '12 15 17 2 14 13'],
  ['シヨウ', '5'],
  ['しょう', '5'],
  ['ショーン', '18'],
  ['シヨー', '18 5'],
  ['ばん', '18'],
  ['ヴアン', '18'],
  ['オーノ', '10 9'],
  ['オオノ', '9'],
  ['キヨウコ', '10'],
  ['ユーコ', '9'],
  ['サトウ ハナ', '12 15 17 14 13'],
  ['ハナ サトウ', '12 15 17 14 13'],
  ['トウ', ''],
  // kanji: variants, any part, without the space, family name first
  ['高橋', '1 2'],
  ['髙橋', '1 2'],
  ['髙橋花子', '2'],
  ['花子 高橋', '2'],
  ['渡辺', '4 3'],
  ['渡邊', '4 3'],
  ['吉田', '5'],
  ['\u{20bb7}田翔', '5'],
  ['宮崎', '6 7'],
  ['佐佐木', '11'],
  ['佐々木葛', '11'],
  ['葛', '11'],
  ['一郎', '1'],
  ['佐藤', '12 15 14 13'],
  ['佐藤花', '12 15 14 13'],
  ['佐藤花江', '15'],
  ['nguyen', '8'],
  ['ＬＡＮ', '8'],
  ['Nguyen Lan', '8'],
  ['外\u{e000}字', '19'],
  ['鈴木', ''],
  // birth date, western and Japanese
  ['20230401', '2 3'],
  ['2023-04-01', '2 3'],
  ['2023/4/1', '2 3'],
  ['R5.4.1', '2 3'],
  ['令和5年4月1日', '2 3'],
  ['令和５年４月', '2 3'],
  ['S29.8.25', '1'],
  ['昭和29年8月25日', '1'],
  ['昭和64年1月7日', '4'],
  ['平成元年1月8日', '5'],
  ['H31.4.30', '12'],
  ['令和元年5月1日', '11'],
  ['昭和25年', '9 10'],
  ['1950年4月', '10'],
  ['R2.2.29', '6'],
  ['2023-02-29', ''],
  // combinations
  ['ワタナベ R5.4.1', '3'],
  ['渡辺 令和5年4月1日', '3'],
  ['ハナ 20230401', '2'],
  ['佐藤 1980', '15 14'],
  ['さとう 昭和55年12月31日', '15'],
  // address: the town's part, numbers, kanji numbers, a building
  ['若葉台2-36-22', '1 2'],
  ['若葉台二丁目36', '1 2'],
  ['若葉台市若葉台２丁目３６番２２号', '1 2'],
  ['高野13-23', '5'],
  ['大字髙野13番地の23', '5'],
  ['雲雀ヶ丘7', '8'],
  ['緑町5番1号', '3 4'],
  ['緑町5-10', '4'],
  // telephone: whole, and without the area
  ['0299-39-0327', '1'],
  ['0299390327', '1'],
  ['39-0327', '1'],
  ['090-1234-5678', '2'],
];

for (const [text, expected] of typed) {
  test(`一つの欄に「${text}」→ ${expected === '' ? '誰もいない' : expected}`, async () => {
    assert.equal(await found({ text }), expected);
  });
}

/** The fields of the detailed form hold together. */
const fields: readonly (readonly [PersonQuery, string])[] = [
  [{ kana: 'ワタナベ', birthDate: 'R5.4.1' }, '3'],
  [{ kana: 'オーノ' }, '10 9'],
  [{ name: '渡邊', address: '緑町' }, '3 4'],
  [{ name: '高橋', phone: '090-1234-5678' }, '2'],
  [{ address: 'ハイツ緑' }, '3'],
  [{ address: '緑', name: '佐藤' }, '15'],
  [{ phone: '5678' }, '2'],
  [{ number: '12', name: '佐藤' }, '12'],
  [{ number: '12', name: '高橋' }, ''],
  [{ text: 'ワタナベ', birthDate: '平成' }, '4 3'],
];

for (const [query, expected] of fields) {
  test(`詳しい条件 ${JSON.stringify(query)} → ${expected === '' ? '誰もいない' : expected}`, async () => {
    assert.equal(await found(query), expected);
  });
}

test('支援措置の人とその世帯は、住所でも電話でも、住所を添えた氏名でも見つからず、住所を見せない', async () => {
  for (const query of [{ text: '桜が丘9-9' }, { address: '桜が丘' }, { name: '宮崎', address: '桜が丘' }]) {
    assert.equal(await found(query), '', JSON.stringify(query));
  }
  const { people: answer } = await search({ text: '宮崎' });
  assert.deepEqual(
    answer.map(({ address, isAddressHidden, householdNumber }) => [address, isAddressHidden, householdNumber]),
    [
      [null, true, null],
      [null, true, null],
    ],
  );
  const { people: others } = await search({ text: '緑町5-10' });
  assert.deepEqual(
    others.map(({ address, isAddressHidden }) => [address, isAddressHidden]),
    [['若葉台市緑町5番10号', false]],
  );
});

test('見つかった数が多ければ一枚ぶんと、続きのあることを答える', async () => {
  const answer = await search({ text: 'サトウ' }, 2);
  assert.deepEqual([answer.people.length, answer.hasMore, answer.understoodAs], [2, true, ['kana']]);
});

test('ほかの自治体の人は見つからない', async () => {
  assert.deepEqual((await search({ text: '高橋' }, 50, t.other)).people, []);
});

test('記録には条件の種類と件数、示した人が残り、入れた文字は残らない', async () => {
  const answer = await search({ text: '渡辺 令和5年4月1日' });
  const { rows } = await withMunicipality(t.db, t.lgCode, (tx) =>
    tx.client.query<{ act: string; details: object; seen: number[] }>(
      `SELECT act, details, ARRAY(SELECT p.person_id FROM audit_act_persons t JOIN audit_persons p
         ON p.lg_code = t.lg_code AND p.person_ref = t.person_ref
         WHERE t.lg_code = a.lg_code AND t.recorded_on = a.recorded_on AND t.act_id = a.act_id) AS seen
       FROM audit_acts a WHERE lg_code = $1 ORDER BY act_id DESC LIMIT 1`,
      [tx.lgCode],
    ),
  );
  assert.deepEqual(rows, [
    {
      act: 'persons.searched',
      details: { criteria: 'name+birthDate', found: 1, hasMore: false },
      seen: answer.people.map((person) => person.personId),
    },
  ]);
});

test('検索の記号はただの文字である', async () => {
  for (const text of ["'; DROP TABLE persons --", '%', '_', '\\', '{}', '(', '佐藤%', '\u0001']) {
    assert.equal(await found({ text }), '', text);
    assert.equal(await found({ name: text, kana: text, address: text, phone: text, number: text }), '', text);
  }
});
