import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type PersonId, UnreadableInput } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import { loadDemonstrationSettings } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { handMadeNumbers } from '../../../tests/support/hand-made-numbers.ts';
import { importPeople, numberFeed, vaultContext } from '../../../tests/support/numbers.ts';
import { compareIndividualNumbers } from './compare-numbers.ts';
import { importIndividualNumbers } from './import-individual-numbers.ts';
import {
  findIntegratedNumber,
  findPersonIdByIntegratedNumber,
  isIntegratedNumber,
  listNumberVersions,
} from './integrated-numbers.ts';
import { listNumberQuestions, settleNumberQuestion } from './number-questions.ts';
import { parseNumberSettings } from './number-settings.ts';
import type { VaultContext } from './types.ts';

const [n1, n2, n3] = handMadeNumbers;
let store: TestDatabase;
let context: VaultContext;
let people: readonly PersonId[];

before(async () => {
  store = await testDatabase();
  await loadDemonstrationSettings(store.db);
  context = vaultContext(store.db, store.lgCode);
  people = await importPeople(store.db, store.lgCode, 4);
});
after(() => store.close());

const person = (i: number): PersonId => people[i] ?? (0 as PersonId);
const number = (i: number): string => String(i + 1).padStart(10, '0');
const take = (rows: Parameters<typeof numberFeed>[0]) => importIndividualNumbers(context, numberFeed(rows));

test('統合宛名番号は個人番号が初めて入ったときに付き、番号が変わっても変わらない', async () => {
  assert.equal(await findIntegratedNumber(context, [person(0)]), undefined);
  await take([
    [number(0), n1],
    [number(1), n2],
  ]);
  const first = await findIntegratedNumber(context, [person(0)]);
  const second = await findIntegratedNumber(context, [person(1)]);
  assert.ok(first !== undefined && second !== undefined && first !== second);
  assert.ok(isIntegratedNumber(first) && isIntegratedNumber(second));
  await take([[number(0), n3, '02']]);
  assert.equal(await findIntegratedNumber(context, [person(0)]), first);
  assert.equal(
    await findIntegratedNumber(context, [person(2), person(1)]),
    second,
    'of linked records the first that has one',
  );
  const versions = await listNumberVersions(context, person(0));
  assert.deepEqual(
    versions.map(({ branchNumber, isInForce }) => [branchNumber, isInForce]),
    [
      ['02', true],
      ['01', false],
    ],
  );
  const find = (text: string) =>
    withMunicipality(store.db, store.lgCode, (tx) => findPersonIdByIntegratedNumber(tx, text), { role: 'vault' });
  assert.equal(await find(first), person(0));
  const mistyped = `${first.slice(0, 14)}${(Number(first[14]) + 1) % 10}`;
  assert.equal(await find(mistyped), undefined);
});

test('検査用数字は、どの一けたの誤りも隣どうしの入れ替わりも見つける', async () => {
  const number15 = (await findIntegratedNumber(context, [person(1)])) ?? '';
  for (let i = 0; i < 15; i += 1) {
    for (let step = 1; step < 10; step += 1) {
      const digit = (Number(number15[i]) + step) % 10;
      assert.equal(isIntegratedNumber(`${number15.slice(0, i)}${digit}${number15.slice(i + 1)}`), false);
    }
    const swapped = [...number15];
    [swapped[i], swapped[i + 1]] = [swapped[i + 1] ?? '', swapped[i] ?? ''];
    if (i < 14 && number15[i] !== number15[i + 1]) assert.equal(isIntegratedNumber(swapped.join('')), false);
  }
});

test('取り込まなかった番号は、二つの記録とともに一覧に載り、二度は載らず、確かめると消える', async () => {
  await take([[number(2), n2]]);
  await take([
    [number(2), n2],
    [number(3), n1],
  ]);
  const page = { after: 0, limit: 10 };
  const questions = await listNumberQuestions(context, page);
  assert.deepEqual(
    questions.map(({ code, personId, otherPersonId }) => [code, personId, otherPersonId]),
    [['numberOfAnotherPerson', person(2), person(1)]],
  );
  const [question] = questions;
  assert.ok(question !== undefined);
  const codes = async (note: string) =>
    (await settleNumberQuestion(context, question.questionId, note)).findings.map(({ code }) => code);
  assert.deepEqual(await codes(' '), ['numberQuestionNoteMissing']);
  assert.deepEqual(await codes(`番号は${n1}`), ['numberQuestionNoteNumber']);
  assert.deepEqual(await codes('同じ人。記録を結び付けた'), []);
  assert.deepEqual(await codes('もう一度'), ['numberQuestionGone']);
  assert.deepEqual(await listNumberQuestions(context, page), []);
});

test('二人の番号は見せずにくらべられ、別の団体の人とはくらべられない', async () => {
  const compare = async (a: PersonId, ...others: PersonId[]) =>
    [...(await compareIndividualNumbers(store.db, store.lgCode, a, others)).values()].join(' ');
  // 3 had no number before; n1 was given up by 0 and is now that of 3.
  assert.equal(await compare(person(0), person(1), person(2)), 'differing unknown');
  assert.equal(await compare(person(3), person(0)), 'same', 'the former number of the other');
  const elsewhere = await compareIndividualNumbers(store.db, store.other, person(0), [person(1)]);
  assert.deepEqual([...elsewhere.values()], ['unknown']);
});

test('利用目的は団体の設定で決まる', () => {
  assert.ok(Object.keys(parseNumberSettings(undefined).purposes).length >= 3);
  assert.deepEqual(parseNumberSettings('{"purposes": {"audit": "点検"}}').purposes, { audit: '点検' });
  for (const text of [
    '[]',
    '{',
    '{"purpose": {}}',
    '{"purposes": {}}',
    '{"purposes": {"1": "x"}}',
    '{"purposes": {"a": ""}}',
  ]) {
    assert.throws(() => parseNumberSettings(text), UnreadableInput, text);
  }
});
