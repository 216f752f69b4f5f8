import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerOf, decide, finding } from './decision.ts';

const note = finding('isLate', 'note', null);
const question = finding('isOdd', 'question', 'name', { days: 3 }, '予防接種法第5条');
const refuse = finding('isImpossible', 'refuse', 'bornOn');

test('one refusal refuses, one question asks, notes accept', () => {
  assert.equal(answerOf([]), 'accepted');
  assert.equal(answerOf([note]), 'accepted');
  assert.equal(answerOf([note, question]), 'questioned');
  assert.equal(answerOf([question, refuse, note]), 'refused');
});

test('a decision keeps all its findings, and a value only where nothing refuses', () => {
  assert.deepEqual(decide([note], 7), { answer: 'accepted', value: 7, findings: [note] });
  assert.deepEqual(decide([question, note], 7), { answer: 'questioned', value: 7, findings: [question, note] });
  assert.deepEqual(decide([note, refuse], 7), { answer: 'refused', findings: [note, refuse] });
});

test('a finding says its code, severity, field, numbers and basis', () => {
  assert.deepEqual(note, { code: 'isLate', severity: 'note', field: null, params: {}, basis: null });
  assert.deepEqual(question, {
    code: 'isOdd',
    severity: 'question',
    field: 'name',
    params: { days: 3 },
    basis: '予防接種法第5条',
  });
});
