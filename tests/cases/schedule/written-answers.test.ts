import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import { parseIsoDay } from '#kernel';
import {
  formatScheduleAnswer,
  type GivenDose,
  judge,
  type PersonCase,
  parseRules,
  ScheduleAnswerBytes,
} from '#schedule';
import { law } from './invent-rows.ts';

const rules = parseRules(law);
const explain = ({ code }: { readonly code: string }): string => `「${code}」`;

function person(born: string, doses: readonly (readonly [product: string, on: string])[]): PersonCase {
  const given = doses.map(([product, on]): GivenDose => ({ product, on: parseIsoDay(on), kind: 'routine' }));
  return { bornOn: parseIsoDay(born), sex: 'female', asOf: parseIsoDay('2026-11-21'), facts: [], doses: given };
}

/** Of every kind of answer one: combinations that count twice, a dose that counts nowhere, stages with and without a next dose. */
const everyKind = [
  person('2025-01-15', [
    ['dpt', '2025-03-20'],
    ['ipv', '2025-03-20'],
    ['4in1', '2025-04-10'],
    ['mumps', '2025-05-01'],
    ['var', '2025-05-02'],
  ]),
  person('1960-06-01', []),
  person('2026-05-10', [['hepb', '2026-07-15']]),
];

test('a line is written as the answer formatted, of every kind of answer', () => {
  for (const [i, each] of everyKind.entries()) {
    const judgement = judge(rules, each);
    const answers = new ScheduleAnswerBytes(explain);
    answers.append(i, judgement);
    const wanted = formatScheduleAnswer(i, judgement, explain);
    assert.equal(Buffer.from(answers.take()).toString(), `${JSON.stringify(wanted)}\n`);
  }
});

test('text of any length finds room, in three bytes a character', () => {
  // 30,000 characters of three bytes are more than the 65,536 bytes that are there at first.
  const long = '種'.repeat(30_000);
  const answers = new ScheduleAnswerBytes(explain);
  answers.appendLine(long);
  assert.equal(answers.size, 90_001);
  for (let i = 0; i < 3; i += 1) answers.appendLine(long);
  assert.equal(Buffer.from(answers.take()).toString(), `${long}\n`.repeat(4));
});
