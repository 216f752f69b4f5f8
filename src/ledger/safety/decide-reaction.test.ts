import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatIsoDay, parseIsoDay } from '#kernel';
import { listReportableReactions } from '#schedule';
import { checkoutRules } from '../../../tests/support/demonstration.ts';
import { decideReaction, lastDayWithin, type ToldInstant } from './decide-reaction.ts';
import { reactionsOf } from './report-categories.ts';
import { findSheetFault, minuteOf, sheetItems } from './report-sheet.ts';

const rules = await checkoutRules();
const { reportableReactions } = rules;

/** An instant from `2026-04-15` or `2026-04-15 09:30`. */
function at(text: string): ToldInstant {
  const [day = '', time] = text.split(' ');
  const [hour, minute] = (time ?? '').split(':').map(Number);
  return { on: parseIsoDay(day), minute: time === undefined ? null : (hour ?? 0) * 60 + (minute ?? 0) };
}

function duty(programme: string, symptom: string, given: string, occurred: string, isVoluntary = false): string {
  const rows = listReportableReactions(reportableReactions, { programme, on: at(given).on });
  return decideReaction(rows, { symptom, isVoluntary, given: at(given), occurred: at(occurred) }).duty;
}

test('日で数える期間は、接種の日を数えず、終わりの日までが報告基準', () => {
  // 7 days after 15 April: the 16th is the first, the 22nd the seventh.
  assert.equal(duty('dpt-ipv-hib', 'convulsion', '2026-04-15', '2026-04-15'), 'reportable');
  assert.equal(duty('dpt-ipv-hib', 'convulsion', '2026-04-15', '2026-04-22'), 'reportable');
  assert.equal(duty('dpt-ipv-hib', 'convulsion', '2026-04-15', '2026-04-23'), 'afterPeriod');
  // 28 days after 15 April: 13 May.
  assert.equal(duty('dpt-ipv-hib', 'purpura', '2026-04-15', '2026-05-13'), 'reportable');
  assert.equal(duty('dpt-ipv-hib', 'purpura', '2026-04-15', '2026-05-14'), 'afterPeriod');
  // 21 days for measles and rubella.
  assert.equal(duty('measles-rubella', 'convulsion', '2026-04-15', '2026-05-06'), 'reportable');
  assert.equal(duty('measles-rubella', 'convulsion', '2026-04-15', '2026-05-07'), 'afterPeriod');
});

test('月と年で数える期間は、暦に従って終わる', () => {
  const end = (unit: 'month' | 'year', count: number, given: string) => {
    const last = lastDayWithin({ unit, count }, parseIsoDay(given));
    return last === null ? null : formatIsoDay(last);
  };
  // From the day after the dose, four months end on the day before the same number: 16 April to 15 August.
  assert.equal(end('month', 4, '2026-04-15'), '2026-08-15');
  // 31 October + 4 months: there is no 31 February after the 1st, counted from 1 November to the end of February.
  assert.equal(end('month', 4, '2026-10-31'), '2027-02-28');
  // From 31 October (dose on the 30th) there is no 31 February either: the month's last day.
  assert.equal(end('month', 4, '2026-10-30'), '2027-02-28');
  assert.equal(end('year', 2, '2026-04-15'), '2028-04-15');
  assert.equal(end('year', 1, '2028-02-29'), '2029-02-28');
  assert.equal(duty('bcg', 'suppurativeLymphadenitis', '2026-04-15', '2026-08-15'), 'reportable');
  assert.equal(duty('bcg', 'suppurativeLymphadenitis', '2026-04-15', '2026-08-16'), 'afterPeriod');
  assert.equal(duty('bcg', 'bcgOsteitis', '2026-04-15', '2028-04-16'), 'afterPeriod');
  assert.equal(lastDayWithin({ unit: 'hour', count: 4 }, parseIsoDay('2026-04-15')), null);
});

test('時間で数える期間は、両方の時刻から決まり、日だけで決まらなければ時刻を尋ねる', () => {
  const anaphylaxis = (given: string, occurred: string) => duty('dpt-ipv-hib', 'anaphylaxis', given, occurred);
  assert.equal(anaphylaxis('2026-04-15 10:00', '2026-04-15 14:00'), 'reportable');
  assert.equal(anaphylaxis('2026-04-15 10:00', '2026-04-15 14:01'), 'afterPeriod');
  assert.equal(anaphylaxis('2026-04-15 22:00', '2026-04-16 01:59'), 'reportable');
  assert.equal(anaphylaxis('2026-04-15', '2026-04-15'), 'needsTime');
  assert.equal(anaphylaxis('2026-04-15', '2026-04-16'), 'needsTime');
  assert.equal(anaphylaxis('2026-04-15', '2026-04-17'), 'afterPeriod');
  // The dose was at four in the afternoon: whenever the symptom came next day, it is more than four hours later.
  assert.equal(anaphylaxis('2026-04-15 16:00', '2026-04-16'), 'afterPeriod');
  // At eight in the evening the first minutes of the next day are still within.
  assert.equal(anaphylaxis('2026-04-15 20:00', '2026-04-16'), 'needsTime');
  // At one in the night nobody can have been vaccinated more than an hour ago that day.
  assert.equal(anaphylaxis('2026-04-15', '2026-04-15 01:00'), 'reportable');
  assert.equal(duty('hpv', 'vasovagal', '2026-04-15 10:00', '2026-04-15 10:30'), 'reportable');
  assert.equal(duty('hpv', 'vasovagal', '2026-04-15 10:00', '2026-04-15 10:31'), 'afterPeriod');
  assert.equal(duty('influenza-older', 'asthma', '2026-11-01 10:00', '2026-11-02 10:00'), 'reportable');
  assert.equal(duty('influenza-older', 'asthma', '2026-11-01 10:00', '2026-11-02 10:01'), 'afterPeriod');
});

test('医師の判断、読めていない期間、表にない症状、任意接種を分けて答える', () => {
  assert.equal(duty('bcg', 'otherReaction', '2026-04-15', '2027-04-15'), 'byPhysician');
  assert.equal(duty('hpv', 'diversePain', '2026-04-15', '2026-09-15'), 'byPhysician');
  assert.equal(duty('rsv-maternal', 'pregnancyHypertension', '2026-04-15', '2026-05-15'), 'unread');
  // Convulsions are no row of BCG.
  assert.equal(duty('bcg', 'convulsion', '2026-04-15', '2026-04-16'), 'notListed');
  assert.equal(duty('dpt-ipv-hib', 'outsideCriteria', '2026-04-15', '2026-04-16'), 'notListed');
  assert.equal(duty('dpt-ipv-hib', 'convulsion', '2026-04-15', '2026-04-16', true), 'voluntary');
  assert.equal(duty('dpt-ipv-hib', 'convulsion', '2026-04-15', '2026-04-14'), 'beforeDose');
  assert.equal(duty('dpt-ipv-hib', 'convulsion', '2026-04-15 10:00', '2026-04-15 09:59'), 'beforeDose');
  assert.equal(duty('dpt-ipv-hib', 'convulsion', '2026-04-15 10:00', '2026-04-15 10:00'), 'reportable');
});

test('任意接種と、事業のわからない接種には、報告基準の行を並べない', () => {
  const dose = { programme: 'bcg', vaccinatedOn: parseIsoDay('2026-04-15') };
  // Five symptoms of the law and the other reactions.
  assert.equal(reactionsOf(rules, { ...dose, vaccinationClass: 'routine' }).length, 6);
  assert.equal(reactionsOf(rules, { ...dose, vaccinationClass: 'voluntary' }).length, 0);
  assert.equal(reactionsOf(rules, { ...dose, programme: null, vaccinationClass: 'routine' }).length, 0);
  assert.equal(reactionsOf(rules, null).length, 0);
});

test('報告書の項目は、日・時刻・グラム・選択肢を、読めない書き方では受けない', () => {
  const fault = (key: string, value: string | readonly string[]) => {
    const item = sheetItems.find((one) => one.key === key);
    assert.ok(item, key);
    return findSheetFault(item, value);
  };
  assert.equal(fault('admittedOn', '2026-04-15'), null);
  assert.match(fault('admittedOn', '4月15日') ?? '', /日を/u);
  assert.equal(fault('birthWeight', '3120'), null);
  for (const wrong of ['3.1', '0312', '31', '31200']) assert.match(fault('birthWeight', wrong) ?? '', /グラム/u, wrong);
  assert.equal(fault('causality', 'related'), null);
  assert.match(fault('causality', 'toString') ?? '', /選び直して/u);
  assert.equal(fault('severity', ['died', 'hospitalized']), null);
  assert.match(fault('severity', ['notSerious', 'died']) ?? '', /どちらか/u);
  assert.deepEqual(['0:00', '9:05', '23:59', '１０：２０'].map(minuteOf), [0, 545, 1439, 620]);
  assert.deepEqual(['24:00', '9:60', '9:5', '930', ''].map(minuteOf), [null, null, null, null, null]);
});
