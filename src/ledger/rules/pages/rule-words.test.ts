import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayWords, factConditionWords, intervalWords, spanWords, standardWords } from './rule-words.ts';

test('きまりの日を、条文の言葉で言う', () => {
  const cases = [
    ['birth', '生まれた日'],
    ['m(2)', '生後2月'],
    ['d(42)', '出生6週0日後'],
    ['d(104)', '出生14週6日後'],
    ['y(65)', '65歳'],
    ['fy(13)s', '13歳となる日の属する年度の初日'],
    ['fy(16)e', '16歳となる日の属する年度の末日'],
    ['school-1y', '小学校就学の始期の1年前'],
    ['school-1', '小学校就学の始期の前日'],
    ['due-84', '妊娠28週0日（出産予定日の84日前）'],
    ['due-22', '妊娠36週6日（出産予定日の22日前）'],
    ['due-280', '出産予定日の280日前'],
    ['due', '出産予定日'],
    ['2019-02-01', '2019年2月1日'],
    ['opens', '接種期間の初日'],
  ] as const;
  for (const [text, words] of cases) assert.equal(dayWords(text), words);
});

test('期間は「から」と「に至るまで」「まで」で言い、一つの年度はそう言う', () => {
  assert.equal(spanWords('m(2)', 'm(60)'), '生後2月から生後60月に至るまで');
  assert.equal(spanWords('d(42)', 'd(168)'), '出生6週0日後から出生24週0日後まで');
  assert.equal(spanWords('y(65)', ''), '65歳から');
  assert.equal(spanWords('', 'y(15)'), '15歳に至るまで');
  assert.equal(spanWords('fy(65)s', 'fy(65)e'), '65歳となる日の属する年度の間');
  assert.equal(spanWords('fy(12)s', 'fy(16)e'), '12歳となる日の属する年度の初日から16歳となる日の属する年度の末日まで');
  assert.equal(spanWords('', ''), '定めなし');
});

test('間隔は数え始めの回と合わせて言う', () => {
  assert.equal(intervalWords('27日'), '27日以上');
  assert.equal(intervalWords('139日@1回目'), '1回目から139日以上');
  assert.equal(intervalWords('5月@1回目 2月半'), '1回目から5月以上、かつ2月半以上');
  assert.equal(intervalWords(''), '');
  assert.equal(standardWords('20日..56日'), '20日から56日まで');
  assert.equal(standardWords('6月..'), '6月以上');
  assert.equal(standardWords('6月@1回目..'), '1回目から6月以上');
  assert.equal(standardWords('2月..7月未満'), '2月から7月未満');
  assert.equal(standardWords(''), '');
});

test('人の条件を、病気の名とともに言う', () => {
  const name = (disease: string) => (disease === 'rubella' ? '風しん' : disease);
  assert.equal(factConditionWords('noDose', name), 'まだ1回も受けていない人');
  assert.equal(factConditionWords('hadDisease(rubella)', name), '風しんにかかったことがある人');
  assert.equal(factConditionWords('categoryBEligible60to64(heart kidney)', name), '心臓・腎臓の機能に重い障害がある人');
  assert.equal(
    factConditionWords('supplyShortage; antibodyTest(rubella insufficient)', name),
    'ワクチンの不足のため期間内に受けられなかった人。かつ、風しんの抗体が不十分と確かめられた人',
  );
  assert.equal(
    factConditionWords('antibodyTest(rubella insufficient 2025-03-31)', name),
    '風しんの抗体が不十分と確かめられた人（2025年3月31日まで）',
  );
  assert.equal(
    factConditionWords('dose(2022-04-01 2025-03-31)', name),
    '2022年4月1日から2025年3月31日までに1回以上受けた人',
  );
  assert.equal(factConditionWords('', name), '');
});
