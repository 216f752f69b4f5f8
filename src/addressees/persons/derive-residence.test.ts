import assert from 'node:assert/strict';
import test from 'node:test';
import { getDay } from '#kernel';
import {
  deriveAgeYears,
  deriveCeasedReason,
  deriveResidenceState,
  deriveResidencies,
  formatBirthDate,
  isResidentOn,
} from './derive-residence.ts';

const facts = {
  isCancelled: false,
  isNonRegistered: false,
  becameResidentOn: getDay(2020, 4, 1),
  ceasedResidentOn: null,
  diedOn: null,
};

test('転出した日から住民でなくなる', () => {
  const moved = { ...facts, ceasedResidentOn: getDay(2026, 11, 1) };
  assert.equal(deriveResidenceState(moved, getDay(2026, 10, 31)), 'resident');
  assert.equal(deriveResidenceState(moved, getDay(2026, 11, 1)), 'movedOut');
  assert.equal(deriveResidenceState(moved, getDay(2026, 11, 2)), 'movedOut');
});

test('亡くなった人、取り消された記録、住登外の人、転入前の人', () => {
  const day = getDay(2026, 11, 1);
  assert.equal(deriveResidenceState({ ...facts, diedOn: day, ceasedResidentOn: day }, day), 'dead');
  assert.equal(deriveResidenceState({ ...facts, isCancelled: true, diedOn: day }, day), 'cancelled');
  assert.equal(deriveResidenceState({ ...facts, isNonRegistered: true }, day), 'nonRegistered');
  assert.equal(deriveResidenceState(facts, getDay(2020, 3, 31)), 'notYetResident');
  assert.equal(deriveCeasedReason(day, day, 'movedOut'), 'died');
  assert.equal(deriveCeasedReason(day, null, 'movedOut'), 'movedOut');
  assert.equal(deriveCeasedReason(null, null, 'movedIn'), null);
});

test('転出して再び転入した人には二つの期間がある', () => {
  const periods = deriveResidencies([
    { becameOn: getDay(2010, 1, 1), ceasedOn: null, ceasedReason: null },
    { becameOn: getDay(2010, 1, 1), ceasedOn: getDay(2015, 6, 1), ceasedReason: 'movedOut' },
    { becameOn: getDay(2020, 4, 1), ceasedOn: null, ceasedReason: null },
  ]);
  assert.deepEqual(periods, [
    { becameOn: getDay(2010, 1, 1), ceasedOn: getDay(2015, 6, 1), ceasedReason: 'movedOut' },
    { becameOn: getDay(2020, 4, 1), ceasedOn: null, ceasedReason: null },
  ]);
  assert.equal(isResidentOn(periods, getDay(2015, 5, 31)), true);
  assert.equal(isResidentOn(periods, getDay(2015, 6, 1)), false);
  assert.equal(isResidentOn(periods, getDay(2020, 3, 31)), false);
  assert.equal(isResidentOn(periods, getDay(2020, 4, 1)), true);
});

test('住民となった日の訂正は新しい期間にならない', () => {
  const periods = deriveResidencies([
    { becameOn: getDay(2010, 1, 1), ceasedOn: null, ceasedReason: null },
    { becameOn: getDay(2010, 2, 1), ceasedOn: null, ceasedReason: null },
    { becameOn: getDay(2010, 2, 1), ceasedOn: getDay(2015, 6, 1), ceasedReason: 'movedOut' },
    { becameOn: getDay(2010, 2, 2), ceasedOn: getDay(2015, 6, 1), ceasedReason: 'movedOut' },
  ]);
  assert.deepEqual(periods, [{ becameOn: getDay(2010, 2, 2), ceasedOn: getDay(2015, 6, 1), ceasedReason: 'movedOut' }]);
});

test('年齢と生年月日の表示', () => {
  assert.equal(deriveAgeYears(getDay(1954, 8, 25), getDay(2026, 8, 24)), 71);
  assert.equal(deriveAgeYears(getDay(1954, 8, 25), getDay(2026, 8, 25)), 72);
  assert.equal(deriveAgeYears(null, getDay(2026, 8, 25)), null);
  assert.equal(formatBirthDate(getDay(1954, 8, 25), 'day'), '1954-08-25(昭和29年8月25日)');
  assert.equal(formatBirthDate(getDay(1954, 8, 1), 'month'), '1954年8月(昭和29年8月)日不詳');
  assert.equal(formatBirthDate(getDay(1954, 1, 1), 'year'), '1954年(昭和29年)月日不詳');
  assert.equal(formatBirthDate(null, 'unknown'), '生年月日不詳');
});
