import assert from 'node:assert/strict';
import test from 'node:test';
import { formatIsoDay } from '#kernel';
import { hasImpossibleDate, readFields, readText } from './read-query.ts';

function read(text: string): string[] {
  return readText(text, '青葉台市').map((criteria) =>
    [
      criteria.numbers === null ? '' : `番号${criteria.numbers[0]}`,
      criteria.kanaWords.length === 0 ? '' : `カナ${criteria.kanaWords.join('+')}`,
      criteria.names.length === 0 ? '' : `氏名${criteria.names.join('+')}`,
      criteria.born === null ? '' : `生${formatIsoDay(criteria.born.from)}..${formatIsoDay(criteria.born.to)}`,
      criteria.phone === null ? '' : `電話${criteria.phone}`,
      criteria.address === null ? '' : `住所${criteria.address.town}/${criteria.address.rest}`,
    ]
      .filter((part) => part !== '')
      .join(' '),
  );
}

test('一つの欄に書かれたものの意味が読める', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['さとう', ['カナサトウ']],
    ['ｻﾄｳ ﾊﾅ', ['カナサトウ+ハナ']],
    ['髙橋', ['氏名高橋', '住所高橋/']],
    ['髙橋　一郎', ['氏名高橋+一郎', '氏名高橋 住所一郎/', '住所高橋一郎/']],
    ['ニシムラ 緑町', ['カナニシムラ 氏名緑町', 'カナニシムラ 住所緑町/', '住所ニシムラ緑町/']],
    ['髙橋 一郎 緑町2-3', ['住所高橋一郎緑町/2-3', '氏名高橋+一郎 住所緑町/2-3', '氏名高橋 住所一郎緑町/2-3']],
    ['サトウ 昭和29年8月25日', ['カナサトウ 生1954-08-25..1954-08-25']],
    ['サトウ S29', ['カナサトウ 生1954-01-01..1954-12-31']],
    ['佐藤 19540825', ['氏名佐藤 生1954-08-25..1954-08-25']],
    ['1954-08-25', ['生1954-08-25..1954-08-25']],
    ['19540825', ['番号19540825', '生1954-08-25..1954-08-25']],
    ['123', ['番号123']],
    ['0299-39-0327', ['電話0299390327']],
    ['0299390327', ['番号0299390327', '電話0299390327']],
    ['青葉台二丁目36', ['住所青葉台/2-36']],
    ['青葉台市大字髙野13番', ['住所高野/13']],
    ['青葉台 2-36-22', ['住所青葉台/2-36-22']],
    ['Nguyen', ['氏名NGUYEN', '住所NGUYEN/']],
    ['　', []],
    ['オーノ ユウコ', ['カナオノ+ユウコ', 'カナオオノ+ユウコ', 'カナオウノ+ユウコ']],
    ['サトウ 昭和29年 8月 25日', ['カナサトウ 生1954-08-25..1954-08-25']],
    ['R5.4.1', ['生2023-04-01..2023-04-01']],
    ['R050401', ['生2023-04-01..2023-04-01']],
    ['令和5年4月1日生まれ', ['生2023-04-01..2023-04-01']],
    ['令和５年４月', ['生2023-04-01..2023-04-30']],
    ['平成元年1月8日', ['生1989-01-08..1989-01-08']],
    ['昭64.1.7', ['生1989-01-07..1989-01-07']],
    ['高橋 H31.4.30', ['氏名高橋 生2019-04-30..2019-04-30', '生2019-04-30..2019-04-30 住所高橋/']],
    // 元号コード 1 明治, 2 大正, 3 昭和, 4 平成, 5 令和, as 予診票 has it; six digits are of the present era.
    ['5060210', ['番号5060210', '生2024-02-10..2024-02-10']],
    ['３２９０８２５', ['番号3290825', '生1954-08-25..1954-08-25']],
    ['1450729', ['番号1450729', '生1912-07-29..1912-07-29']],
    ['2010730', ['番号2010730', '生1912-07-30..1912-07-30']],
    ['4010107', ['番号4010107']],
    ['4010108', ['番号4010108', '生1989-01-08..1989-01-08']],
    ['5060230', ['番号5060230']],
    ['6060210', ['番号6060210']],
    ['佐藤 5060210', ['氏名佐藤 生2024-02-10..2024-02-10']],
    ['060210', ['番号060210', '生2024-02-10..2024-02-10', '電話060210']],
    ['010430', ['番号010430', '電話010430']],
    ['39-0327', ['電話390327']],
    ['36-22', []],
  ];
  for (const [text, expected] of cases) assert.deepEqual(read(text), expected, text);
});

test('番号は先頭の0があってもなくても同じ人を指す', () => {
  const [criteria] = readText('0000000123', '青葉台市');
  assert.ok(criteria?.numbers?.includes('123'));
  assert.ok(readText('123', '青葉台市')[0]?.numbers?.includes('0000000123'));
});

test('詳しい条件は項目ごとに読まれ、読めない生年月日は知らされる', () => {
  const { readings, unreadable } = readFields(
    { kana: 'さとう', birthDate: '昭和29年8月', address: '青葉台2' },
    '青葉台市',
  );
  assert.deepEqual(
    readings.map((reading) => reading.kinds),
    [['kana', 'birthDate', 'address']],
  );
  assert.deepEqual(unreadable, []);
  assert.deepEqual(readFields({ birthDate: '5060210' }, '青葉台市').readings[0]?.kinds, ['birthDate']);
  assert.deepEqual(readFields({ birthDate: '昭和' }, '青葉台市'), { readings: [], unreadable: ['birthDate'] });
});

test('日付のつもりの、暦にない日が分かる', () => {
  for (const text of ['R6.13.40', '2024-02-30', 'ニシムラ 令和6年2月30日', '昭和63/13/1', 'H１３．４．３１']) {
    assert.ok(hasImpossibleDate(text), text);
  }
  for (const text of ['R6.2.29', '2024-02-29', '0299-39-0327', '青葉台 2-36-22', '2-36-22', '19540825', 'ハナ']) {
    assert.ok(!hasImpossibleDate(text), text);
  }
});
