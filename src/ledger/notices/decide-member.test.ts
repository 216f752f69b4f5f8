import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Day, getDay } from '#kernel';
import type { StageForecast, StageStatus } from '#schedule';
import { decideAtPrinting, decideMember, type MemberCase } from './decide-member.ts';
import { excludedReasons, funnelSteps } from './notice-reasons.ts';

const asOf = getDay(2026, 11, 21);
const days = { asOf, dueBy: getDay(2026, 12, 31) };

function forecast(status: StageStatus, earliestOn: Day | null = asOf, doseNumber = 1): StageForecast {
  const windows = { eligibleFrom: null, eligibleTo: null, standardFrom: null, standardTo: null };
  const open = { recommendedFrom: null, recommendedTo: null, latestOn: null };
  const next = earliestOn === null ? null : { doseNumber, earliestOn, ...open };
  return { programme: 'p', stage: 's', ...windows, status, dosesNeeded: null, next, trace: [] };
}

const person: MemberCase['person'] = {
  bornOn: getDay(2026, 5, 10),
  diedOn: null,
  isCancelled: false,
  isNonRegistered: false,
  becameResidentOn: getDay(2026, 5, 10),
  ceasedResidentOn: null,
};
const child: MemberCase = { person, forecast: forecast('due'), hasLiveForm: false, post: 'address' };

function reasonOf(change: Partial<MemberCase>): string {
  const { isIncluded, reason } = decideMember({ ...child, ...change }, days);
  return `${isIncluded ? '○' : '×'} ${reason}`;
}

test('接種の時期にある人と、期日までになる人を呼ぶ', () => {
  assert.equal(reasonOf({}), '○ due');
  assert.equal(reasonOf({ forecast: forecast('overdue') }), '○ overdue');
  assert.equal(reasonOf({ forecast: forecast('waiting', getDay(2026, 12, 31)) }), '○ upcoming');
  assert.equal(reasonOf({ forecast: forecast('waiting', getDay(2027, 1, 1)) }), '× tooEarly');
  assert.equal(reasonOf({ forecast: forecast('tooEarly', getDay(2026, 12, 1)) }), '○ upcoming');
  assert.equal(reasonOf({ forecast: forecast('waiting', null) }), '× tooEarly');
});

test('終わった人、期間を過ぎた人、対象でない人は呼ばない', () => {
  for (const status of ['completed', 'closed', 'notEligible'] as const) {
    assert.equal(reasonOf({ forecast: forecast(status, null) }), `× ${status}`);
  }
  assert.equal(reasonOf({ forecast: null }), '× birthDateUnknown');
});

test('禁忌の記録がある人は、時期にあっても呼ばない。時期にない人の理由は変えない', () => {
  assert.equal(reasonOf({ isContraindicated: true }), '× contraindicated');
  assert.equal(reasonOf({ isContraindicated: true, refusal: null, hasLiveForm: true }), '× contraindicated');
  assert.equal(reasonOf({ isContraindicated: true, forecast: forecast('completed', null) }), '× completed');
});

test('死亡、転出、取消、住民でない人はほかの理由より先に外す', () => {
  const gone = (change: Partial<MemberCase['person']>) =>
    reasonOf({ person: { ...person, ...change }, hasLiveForm: true });
  assert.equal(gone({ diedOn: asOf }), '× dead');
  assert.equal(gone({ diedOn: getDay(2026, 11, 22) }), '× alreadyIssued');
  assert.equal(gone({ ceasedResidentOn: asOf }), '× movedOut');
  assert.equal(gone({ ceasedResidentOn: getDay(2026, 11, 22) }), '× alreadyIssued');
  assert.equal(gone({ becameResidentOn: getDay(2026, 11, 22) }), '× notResident');
  assert.equal(gone({ isNonRegistered: true }), '× notResident');
  assert.equal(gone({ isCancelled: true, diedOn: asOf }), '× cancelled');
});

test('予診票を持つ人、送付先のない支援措置の人、住所のない人は名前で分かるように外す', () => {
  assert.equal(reasonOf({ hasLiveForm: true, post: 'protected' }), '× alreadyIssued');
  assert.equal(reasonOf({ post: 'protected' }), '× protected');
  assert.equal(reasonOf({ post: 'addressMissing' }), '× addressMissing');
});

test('印刷の時までに接種した人は引き抜く', () => {
  const at = (status: StageStatus, doseNumber: number, chosen: number | null) =>
    decideAtPrinting(
      { ...child, forecast: forecast(status, status === 'completed' ? null : asOf, doseNumber) },
      chosen,
      days,
    ).reason;
  assert.equal(at('due', 1, 1), 'due');
  assert.equal(at('due', 2, 1), 'vaccinatedMeanwhile');
  assert.equal(at('waiting', 2, 1), 'vaccinatedMeanwhile');
  assert.equal(at('completed', 3, 3), 'vaccinatedMeanwhile');
  assert.equal(at('due', 2, null), 'due');
  assert.equal(at('completed', 3, null), 'completed');
});

test('対象者までの段は、送らない理由をどれも一度だけ数える', () => {
  const counted = funnelSteps.flatMap(({ out }) => out);
  assert.deepEqual(counted.toSorted(), Object.keys(excludedReasons).toSorted());
});
