import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { getDay } from '#kernel';
import { parseRules } from './parse-rules.ts';
import { parseScheduleLine } from './parse-schedule-line.ts';

const folder = join(import.meta.dirname, '../../rules');
const tables = [
  ...['diseases', 'programmes', 'products', 'programme-products', 'windows', 'branches', 'doses', 'standard-windows'],
  ...['exclusions', 'exceptions', 'seasons', 'pregnancies', 'cross-vaccine', 'paths'],
];
const rules = parseRules(
  new Map(tables.map((name) => [`${name}.csv`, readFileSync(join(folder, `${name}.csv`), 'utf8')])),
);
const whole = { id: 'a1', bornOn: '2026-05-10', sex: 'female', asOf: '2026-10-03', doses: [] };

function faultOf(line: unknown, text = JSON.stringify(line)): unknown {
  const read = parseScheduleLine(rules, text, 7);
  assert.ok('error' in read, `${text} was read`);
  assert.equal(read.line, 7);
  assert.ok(read.error.message.length > 5);
  return [read.id, read.error.code, read.error.field];
}

test('a whole line becomes a person', () => {
  const facts = [
    { kind: 'hadDisease', disease: 'varicella', on: '2026-09-01' },
    { kind: 'pregnancy', dueOn: '2026-12-24' },
    { kind: 'longTermIllness', from: '2026-06-01', to: null },
    { kind: 'exceptionGranted', programme: 'bcg', from: '2026-06-01', to: '2026-06-01' },
    { kind: 'hbigAtBirth' },
    { kind: 'categoryBEligible60to64', reason: 'kidney' },
    { kind: 'antibodyTest', disease: 'rubella', on: '2026-09-01', result: 'insufficient' },
    { kind: 'supplyShortage', programme: 'measles-rubella' },
    { kind: 'doctorJudgedNecessary', programme: 'hib', on: '2026-09-01' },
    { kind: 'startedProgramme', programme: 'hib', on: '2026-09-01' },
  ];
  const doses = [
    { product: 'hepb', on: '2026-07-15' },
    { product: 'mumps', on: '2026-07-16', kind: 'voluntary' },
  ];
  assert.deepEqual(parseScheduleLine(rules, JSON.stringify({ ...whole, facts, doses }), 1), {
    id: 'a1',
    person: {
      bornOn: getDay(2026, 5, 10),
      sex: 'female',
      asOf: getDay(2026, 10, 3),
      facts: [
        { kind: 'hadDisease', disease: 'varicella', on: getDay(2026, 9, 1) },
        { kind: 'pregnancy', dueOn: getDay(2026, 12, 24) },
        { kind: 'longTermIllness', from: getDay(2026, 6, 1), to: null },
        { kind: 'exceptionGranted', programme: 'bcg', from: getDay(2026, 6, 1), to: getDay(2026, 6, 1) },
        { kind: 'hbigAtBirth' },
        { kind: 'categoryBEligible60to64', reason: 'kidney' },
        { kind: 'antibodyTest', disease: 'rubella', on: getDay(2026, 9, 1), result: 'insufficient' },
        { kind: 'supplyShortage', programme: 'measles-rubella' },
        { kind: 'doctorJudgedNecessary', programme: 'hib', on: getDay(2026, 9, 1) },
        { kind: 'startedProgramme', programme: 'hib', on: getDay(2026, 9, 1) },
      ],
      doses: [
        { product: 'hepb', on: getDay(2026, 7, 15), kind: 'routine' },
        { product: 'mumps', on: getDay(2026, 7, 16), kind: 'voluntary' },
      ],
    },
  });
});

test('facts may be left out, and an id may be a number', () => {
  const read = parseScheduleLine(rules, JSON.stringify({ ...whole, id: 12 }), 1);
  assert.ok(!('error' in read));
  assert.equal(read.id, 12);
  assert.deepEqual(read.person.facts, []);
});

test('each fault of a line has its code and its field', () => {
  assert.deepEqual(faultOf(null, '{"id":'), [null, 'invalidJson', null]);
  assert.deepEqual(faultOf([whole]), [null, 'invalidJson', null]);
  assert.deepEqual(faultOf({ ...whole, id: undefined }), [null, 'missingField', 'id']);
  assert.deepEqual(faultOf({ ...whole, id: true }), [null, 'invalidValue', 'id']);
  for (const field of ['bornOn', 'sex', 'asOf', 'doses']) {
    assert.deepEqual(faultOf({ ...whole, [field]: undefined }), ['a1', 'missingField', field]);
    assert.deepEqual(faultOf({ ...whole, [field]: 5 }), ['a1', 'invalidValue', field]);
  }
  assert.deepEqual(faultOf({ ...whole, bornOn: '2026-02-29' }), ['a1', 'invalidValue', 'bornOn']);
  assert.deepEqual(faultOf({ ...whole, bornOn: '1868-01-24' }), ['a1', 'invalidValue', 'bornOn']);
  assert.deepEqual(faultOf({ ...whole, asOf: '2301-01-01' }), ['a1', 'invalidValue', 'asOf']);
  assert.deepEqual(faultOf({ ...whole, sex: 'f' }), ['a1', 'invalidValue', 'sex']);
  assert.deepEqual(faultOf({ ...whole, doses: ['hepb'] }), ['a1', 'invalidValue', 'doses[0]']);
});

test('days from the first of Meiji by the new calendar to the end of 2300 are read', () => {
  for (const bornOn of ['1868-01-25', '2300-12-31']) {
    assert.ok(!('error' in parseScheduleLine(rules, JSON.stringify({ ...whole, bornOn, asOf: '2300-12-31' }), 1)));
  }
});

test('an unknown product, a wrong day and a wrong kind name the dose', () => {
  const withDose = (dose: unknown): unknown => ({ ...whole, doses: [{ product: 'hepb', on: '2026-07-15' }, dose] });
  assert.deepEqual(faultOf(withDose({ product: 'hepx', on: '2026-07-15' })), [
    'a1',
    'unknownProduct',
    'doses[1].product',
  ]);
  assert.deepEqual(faultOf(withDose({ product: 'hepb' })), ['a1', 'missingField', 'doses[1].on']);
  assert.deepEqual(faultOf(withDose({ product: 'hepb', on: '20260715' })), ['a1', 'invalidValue', 'doses[1].on']);
  const wrongKind = { product: 'hepb', on: '2026-07-15', kind: 'given' };
  assert.deepEqual(faultOf(withDose(wrongKind)), ['a1', 'invalidValue', 'doses[1].kind']);
});

test('facts that are unknown or wrong name the fact', () => {
  const withFact = (fact: unknown): unknown => ({ ...whole, facts: [fact] });
  assert.deepEqual(faultOf(withFact({ kind: 'isTall' })), ['a1', 'unknownFact', 'facts[0].kind']);
  assert.deepEqual(faultOf(withFact({})), ['a1', 'missingField', 'facts[0].kind']);
  const plague = { kind: 'hadDisease', disease: 'plague', on: '2026-09-01' };
  assert.deepEqual(faultOf(withFact(plague)), ['a1', 'invalidValue', 'facts[0].disease']);
  const nowhere = { kind: 'supplyShortage', programme: 'plague' };
  assert.deepEqual(faultOf(withFact(nowhere)), ['a1', 'invalidValue', 'facts[0].programme']);
  const backwards = { kind: 'longTermIllness', from: '2026-06-02', to: '2026-06-01' };
  assert.deepEqual(faultOf(withFact(backwards)), ['a1', 'invalidValue', 'facts[0].to']);
  const endless = { kind: 'exceptionGranted', programme: 'bcg', from: '2026-06-02', to: null };
  assert.deepEqual(faultOf(withFact(endless)), ['a1', 'invalidValue', 'facts[0].to']);
  assert.deepEqual(faultOf({ ...whole, facts: {} }), ['a1', 'invalidValue', 'facts']);
});
