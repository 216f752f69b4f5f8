import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBase32, findMatchingStep, foldCode, hotp, otpAuthUri, stepOf } from './totp.ts';

/** The secret of the RFCs' tables. */
const secret = Buffer.from('12345678901234567890', 'ascii');

test('RFC 4226 附属書Dの表のとおりの番号になる', () => {
  const table = ['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489'];
  assert.deepEqual(
    table.map((_, counter) => hotp(secret, counter)),
    table,
  );
});

test('RFC 6238 附属書Bの表(SHA-1、8桁)のとおりの番号になる', () => {
  const table: readonly (readonly [number, string])[] = [
    [59, '94287082'],
    [1111111109, '07081804'],
    [1111111111, '14050471'],
    [1234567890, '89005924'],
    [2000000000, '69279037'],
    [20000000000, '65353130'],
  ];
  for (const [seconds, code] of table) {
    assert.equal(hotp(secret, stepOf(new Date(seconds * 1000)), 8), code, String(seconds));
  }
});

test('番号は自分の30秒のあいだだけ使え、使った番号は二度と使えない', () => {
  // 37037036 × 30 = 1111111080: the step begins then and ends 30 s later.
  const from = new Date(1_111_111_080_000);
  for (const [ms, step] of [
    [-1, undefined],
    [0, 37_037_036],
    [29_999, 37_037_036],
    [30_000, undefined],
  ] as const) {
    assert.equal(findMatchingStep(secret, '081804', new Date(from.getTime() + ms), null), step, String(ms));
  }
  assert.equal(findMatchingStep(secret, '081804', from, 37_037_036), undefined);
});

test('設定で許せば前後30秒までの時計のずれを許し、それより外と、使った番号は許さない', () => {
  // 1111111109 s lies in step 37037036; its code has the last six digits of the RFC's 07081804.
  const at = new Date(1_111_111_109_000);
  assert.equal(stepOf(at), 37_037_036);
  assert.equal(findMatchingStep(secret, '081804', at, null, 1), 37_037_036);
  assert.equal(findMatchingStep(secret, '081804', new Date(at.getTime() + 30_000), null, 1), 37_037_036);
  assert.equal(findMatchingStep(secret, '081804', new Date(at.getTime() - 30_000), null, 1), 37_037_036);
  assert.equal(findMatchingStep(secret, '081804', new Date(at.getTime() + 60_000), null, 1), undefined);
  assert.equal(findMatchingStep(secret, '081804', new Date(at.getTime() - 60_000), null, 1), undefined);
  assert.equal(findMatchingStep(secret, '081804', at, 37_037_036, 1), undefined);
  assert.equal(findMatchingStep(secret, '081804', at, 37_037_035, 1), 37_037_036);
  for (const wrong of ['081805', '81804', '', '0818040']) {
    assert.equal(findMatchingStep(secret, wrong, at, null, 1), undefined, wrong);
  }
});

test('全角や空白の混じった番号を読む', () => {
  assert.equal(foldCode(' ０８１ 804 '), '081804');
  assert.equal(foldCode('abcd-efgh'), 'abcdefgh');
});

test('RFC 4648 第10節の表のとおりのBase32になる', () => {
  const table = [
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI'],
  ] as const;
  for (const [plain, encoded] of table) assert.equal(encodeBase32(Buffer.from(plain)), encoded, plain);
});

test('認証アプリに渡すアドレスは、団体名とアカウント名を名乗る', () => {
  assert.equal(
    otpAuthUri({ issuer: '若葉台市', account: 'kanri', secret: Buffer.from('foobar') }),
    'otpauth://totp/%E8%8B%A5%E8%91%89%E5%8F%B0%E5%B8%82%3Akanri?secret=MZXW6YTBOI&issuer=%E8%8B%A5%E8%91%89%E5%8F%B0%E5%B8%82',
  );
});
