import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ageInYears, parseIsoDay } from '#kernel';
import { readDemonstrationSetting } from '../../../tests/support/demonstration.ts';
import { makeCalendar } from './make-calendar.ts';
import { makeHousehold } from './make-household.ts';
import { parseProfile } from './parse-profile.ts';
import { Random } from './random.ts';
import type { DemoPerson } from './types.ts';

const profile = parseProfile(readDemonstrationSetting);
const calendar = makeCalendar(parseIsoDay('2026-11-21'));
const households: DemoPerson[][] = [];
let made = 0;
for (let index = 0; index < 1500; index += 1) {
  const recent = households.flat().slice(-100);
  const people = makeHousehold(profile, calendar, new Random(11, index), { index, firstNumber: made + 1, recent });
  households.push(people);
  made += people.length;
}
const people = households.flat();
const ageOf = (person: DemoPerson): number => ageInYears(person.bornOn, calendar.monthTo);
const familyOf = (name: string): string => name.split('　')[0] ?? '';

test('家族は同じ氏、同じ住所、同じ世帯番号。番号は一人に一つ', () => {
  for (const household of households) {
    assert.equal(new Set(household.map(({ householdNumber }) => householdNumber)).size, 1);
    assert.equal(new Set(household.map(({ address }) => address.text + address.building)).size, 1);
    const families = household.filter(({ isForeigner }) => !isForeigner).map(({ name }) => familyOf(name));
    assert.ok(new Set(families).size <= 1, families.join());
  }
  assert.equal(new Set(people.map(({ number }) => number)).size, people.length);
});

test('一つの世帯に同じ名前の人はいない。名前のほかに双子を分けるものはない', () => {
  const families = households.filter((all) => all.length > 1);
  for (const family of families) assert.equal(new Set(family.map(({ kana }) => kana)).size, family.length);
  const foreign = families.filter(([head]) => head?.isForeigner);
  assert.ok(foreign.length >= 10, `${foreign.length}`);
});

test('母は子を20歳から46歳で産み、父は16歳から55歳年上', () => {
  for (const household of households) {
    const parents = household.filter(({ relation }) => ['householder', 'husband', 'wife'].includes(relation));
    for (const child of household.filter(({ relation }) => relation === 'child')) {
      for (const parent of parents) {
        const years = (child.bornOn - parent.bornOn) / 365.2425;
        const [least, most] = parent.sex === 'female' && parents.length === 2 ? [20, 46] : [16, 55];
        assert.ok(years >= least && years <= most, `${parent.number} ${child.number}: ${years}`);
      }
    }
  }
});

test('日付は前後しない: 生まれ、住み、去り、亡くなる', () => {
  for (const person of people) {
    assert.ok(person.bornOn <= calendar.monthTo, person.number);
    assert.ok(person.becameResidentOn >= person.bornOn, person.number);
    assert.ok(person.ceasedResidentOn === null || person.ceasedResidentOn > person.becameResidentOn, person.number);
    assert.ok(person.diedOn === null || person.diedOn === person.ceasedResidentOn, person.number);
    assert.equal(person.previousAddress === '', person.becameResidentOn === person.bornOn, person.number);
    assert.equal(person.nextAddress !== '', person.changeReason === 'movedOut', person.number);
  }
});

test('子だけで転入しない: 最も早く住んだ人は、その日18歳以上か、ここで生まれた', () => {
  for (const household of households) {
    const first = household.reduce((a, b) => (b.becameResidentOn < a.becameResidentOn ? b : a));
    const together = household.filter(({ becameResidentOn }) => becameResidentOn === first.becameResidentOn);
    const isGrownUp = ({ bornOn, becameResidentOn }: DemoPerson): boolean => ageInYears(bornOn, becameResidentOn) >= 18;
    const isBornHere = ({ bornOn, becameResidentOn }: DemoPerson): boolean => bornOn === becameResidentOn;
    assert.ok(together.some(isGrownUp) || together.some(isBornHere), first.number);
  }
});

test('役所がよく知る人たちがいる', () => {
  const some = (what: string, fits: (person: DemoPerson) => boolean): void =>
    assert.ok(people.some(fits), `nobody ${what}`);
  some('protected', ({ isProtected }) => isProtected);
  some('with an alias', ({ isForeigner, name, foreignName }) => isForeigner && name !== foreignName);
  some('foreign without an alias', ({ isForeigner, name, foreignName }) => isForeigner && name === foreignName);
  some('outside the register', ({ isNonRegistered }) => isNonRegistered);
  some('dead', ({ diedOn }) => diedOn !== null);
  some('gone', ({ diedOn, ceasedResidentOn }) => diedOn === null && ceasedResidentOn !== null);
  some('with a character outside JIS', ({ name }) => [...name].some((each) => (each.codePointAt(0) ?? 0) > 0xffff));
  some('with a long name', ({ name }) => name.length >= 18);
  some('of more than 90 years', (person) => ageOf(person) > 90);
  const twins = households.filter((all) => new Set(all.map(({ bornOn }) => bornOn)).size < all.length);
  assert.ok(twins.length >= 3);
});

test('電話は誰にもつながらない局番だけ', () => {
  const phones = people.map(({ phone }) => phone).filter((phone) => phone !== '');
  assert.ok(phones.length > 500);
  // 市内局番は0と1で始まらない（電気通信番号計画）。
  assert.ok(phones.every((phone) => /^0299-[01]\d-\d{4}$/u.test(phone)));
});
