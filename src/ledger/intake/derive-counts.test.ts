import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StaffId } from '#kernel';
import {
  countStanding,
  deriveAssigned,
  deriveQuestionCounts,
  deriveQuestionGroups,
  type RowGroup,
} from './derive-counts.ts';

const hanako = 7 as StaffId;
const plain = {
  answer: 'questioned',
  questionCodes: [],
  decision: null,
  isChanged: false,
  assignedTo: null,
  assignedToName: null,
} as const;

/** 100 rows: 70 fine, 20 questions of which 5 are answered, 10 refused; three rows say something else than before. */
const groups: readonly RowGroup[] = [
  { ...plain, answer: 'accepted', rows: 69 },
  { ...plain, answer: 'accepted', isChanged: true, rows: 1 },
  { ...plain, questionCodes: ['lotMissing'], rows: 8 },
  { ...plain, questionCodes: ['lotMissing'], assignedTo: hanako, assignedToName: '花子', rows: 3 },
  { ...plain, questionCodes: ['kanaDiffers', 'lotMissing'], rows: 2 },
  { ...plain, questionCodes: ['kanaDiffers'], isChanged: true, assignedTo: hanako, assignedToName: '花子', rows: 2 },
  { ...plain, questionCodes: ['lotMissing'], decision: 'accept', rows: 4 },
  { ...plain, questionCodes: ['kanaDiffers'], decision: 'sendBack', assignedTo: hanako, rows: 1 },
  { ...plain, answer: 'refused', rows: 10 },
];

test('行の件数は、どの絞り方でも、その行を数えたものである', () => {
  assert.equal(countStanding(groups, {}), 100);
  assert.equal(countStanding(groups, { answer: 'questioned' }), 20);
  assert.equal(countStanding(groups, { isOpen: true }), 15);
  assert.equal(countStanding(groups, { isOpen: true, code: 'lotMissing' }), 13);
  assert.equal(countStanding(groups, { isOpen: true, assignedTo: hanako }), 5);
  assert.equal(countStanding(groups, { isOpen: true, assignedTo: null }), 10);
  assert.equal(countStanding(groups, { decision: 'accept' }), 4);
  assert.equal(countStanding(groups, { decision: 'refuse' }), 0);
  assert.equal(countStanding(groups, { isChanged: true }), 2, 'what is accepted now waits for nobody');
});

test('理由は、その理由のある行とその理由だけの行に分けて、多い順に数えられる', () => {
  assert.deepEqual(deriveQuestionCounts(groups), [
    { code: 'lotMissing', count: 13 },
    { code: 'kanaDiffers', count: 4 },
  ]);
  assert.deepEqual(deriveQuestionGroups(groups), [
    { codes: ['lotMissing'], count: 11 },
    { codes: ['kanaDiffers'], count: 2 },
    { codes: ['kanaDiffers', 'lotMissing'], count: 2 },
  ]);
});

test('担当のない行が先に、そのあとは職員ごとに、まだ答えていない行が数えられる', () => {
  assert.deepEqual(deriveAssigned(groups), [
    { staffId: null, name: null, count: 10 },
    { staffId: hanako, name: '花子', count: 5 },
  ]);
});
