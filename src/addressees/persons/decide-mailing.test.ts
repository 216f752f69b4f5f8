import assert from 'node:assert/strict';
import test from 'node:test';
import { type PersonId, parseIsoDay } from '#kernel';
import { decideMailing } from './decide-mailing.ts';
import type { MailingFacts } from './mailing-store.ts';

const day = parseIsoDay;
const asOf = day('2026-11-21');
const facts: MailingFacts = {
  personId: 1 as PersonId,
  name: '若葉　花子',
  bornOn: day('1954-08-25'),
  diedOn: null,
  ceasedResidentOn: null,
  isCancelled: false,
  isProtected: false,
  postalCode: '2990012',
  address: '若葉台市緑町1番1号',
  building: null,
  householderName: null,
  guardianName: null,
  mailing: null,
};
const elsewhere = {
  recipientName: '後見人　太郎',
  postalCode: '1000001',
  address: '東京都千代田区千代田1番1号',
  building: null,
  validFrom: day('2026-01-01'),
  validTo: null,
};

function letter(changes: Partial<MailingFacts>): string {
  const { recipientName, address, undeliverable, isToGuardian } = decideMailing({ ...facts, ...changes }, asOf);
  return [recipientName, address, undeliverable, isToGuardian ? '保護者あて' : null]
    .filter((part) => part !== null)
    .join(' / ');
}

test('誰に、どこへ出すか', () => {
  const cases: readonly (readonly [string, Partial<MailingFacts>, string])[] = [
    ['本人へ', {}, '若葉　花子 / 若葉台市緑町1番1号'],
    ['送付先があればそこへ', { mailing: elsewhere }, '後見人　太郎 / 東京都千代田区千代田1番1号'],
    [
      '子どもは世帯主を保護者として',
      { bornOn: day('2008-11-22'), householderName: '若葉　太郎' },
      '若葉　太郎 / 若葉台市緑町1番1号 / 保護者あて',
    ],
    [
      '18歳の誕生日からは本人へ',
      { bornOn: day('2008-11-21'), householderName: '若葉　太郎' },
      '若葉　花子 / 若葉台市緑町1番1号',
    ],
  ];
  for (const [title, changes, expected] of cases) assert.equal(letter(changes), expected, title);
});

test('亡くなった人、出た人、支援措置の人、住所のない人には出さず、住所も渡さない', () => {
  const cases: readonly (readonly [string, Partial<MailingFacts>, string])[] = [
    ['取消', { isCancelled: true }, '若葉　花子 / cancelled'],
    ['死亡の日', { diedOn: asOf }, '若葉　花子 / dead'],
    ['死亡の前日', { diedOn: day('2026-11-22') }, '若葉　花子 / 若葉台市緑町1番1号'],
    ['転出の日', { ceasedResidentOn: asOf }, '若葉　花子 / movedOut'],
    ['転出の前日', { ceasedResidentOn: day('2026-11-22') }, '若葉　花子 / 若葉台市緑町1番1号'],
    ['支援措置', { isProtected: true }, '若葉　花子 / protected'],
    [
      '支援措置でも送付先へは出せる',
      { isProtected: true, mailing: elsewhere },
      '後見人　太郎 / 東京都千代田区千代田1番1号',
    ],
    ['送付先があっても亡くなった人へは出さない', { diedOn: asOf, mailing: elsewhere }, '後見人　太郎 / dead'],
    ['住所なし', { address: null }, '若葉　花子 / addressMissing'],
    ['郵便番号なし', { postalCode: null }, '若葉　花子 / addressMissing'],
  ];
  for (const [title, changes, expected] of cases) assert.equal(letter(changes), expected, title);
});
