import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { BatchId } from '#kernel';
import { type IntakeOffice, openIntakeOffice } from '../../../tests/support/intake-office.ts';
import { answerRow, type RowAnswer } from './answer-rows.ts';
import { commitBatch } from './commit-batch.ts';
import { listReasons, loadFormerAnswers } from './former-store.ts';
import { getRow, listRowCandidates } from './list-batches.ts';
import { sendBackBatch, undoBatch } from './undo-batch.ts';

let office: IntakeOffice;

before(async () => {
  office = await openIntakeOffice();
});
after(() => office.base.close());

const rowOf = async (batchId: BatchId, ordinal: number) =>
  (await office.inOffice((tx) => getRow(tx, office.context.actor, batchId, ordinal))).row;

async function answer(batchId: BatchId, ordinal: number, given: RowAnswer) {
  const { version } = await rowOf(batchId, ordinal);
  await answerRow(office.context, { batchId, ordinal, expectedVersion: version, rules: office.rules, answer: given });
}

const formerOf = (batchId: BatchId, ordinal: number) =>
  office.inOffice(async (tx) => (await loadFormerAnswers(tx, batchId, [ordinal])).get(ordinal));

test('取り消した受付の答えは、同じ行がもう一度届いたときに示され、自動では付かない', async () => {
  const { number } = await office.newChild();
  const rows = [{ 整理番号: number, ロット番号: '' }];
  const first = await office.receiveNew(rows);
  await answer(first, 1, { kind: 'accept', reason: '医療機関に電話で確認' });
  await commitBatch(office.context, first, { rules: office.rules });
  assert.equal(await formerOf(first, 1), undefined);

  await undoBatch(office.context, first, '差し替えのため');
  const again = await office.receiveNew(rows);
  const row = await rowOf(again, 1);
  assert.deepEqual([row.answer, row.decision], ['questioned', null]);
  const former = await formerOf(again, 1);
  assert.deepEqual(
    [former?.batchId, former?.decision, former?.reason, former?.decidedByName],
    [first, 'accept', '医療機関に電話で確認', office.context.actor.staffName],
  );
  assert.deepEqual(await commitBatch(office.context, again, { rules: office.rules }), { committed: 0 });
});

test('生きている受付の答えも、確認事項が違う行の答えも、示されない', async () => {
  const { number } = await office.newChild();
  const open = await office.receiveNew([{ 整理番号: number, ロット番号: '' }]);
  await answer(open, 1, { kind: 'refuse', reason: '二重' });
  const beside = await office.receiveNew([{ 整理番号: number, ロット番号: '' }]);
  assert.equal(await formerOf(beside, 1), undefined);
  await sendBackBatch(office.context, open, '誤送');
  assert.equal((await formerOf(beside, 1))?.decision, 'refuse');

  // The same form twice in one file raises a further question: the old answer is not to that.
  const twice = await office.receiveNew([
    { 整理番号: number, ロット番号: '' },
    { 整理番号: number, ロット番号: '' },
  ]);
  assert.equal((await formerOf(twice, 1))?.decision, 'refuse');
  assert.ok((await rowOf(twice, 2)).questionCodes.includes('identicalRow'));
  assert.equal((await formerOf(twice, 2))?.decision, null);
});

test('前の受付で選んだ人は、候補の先頭に並ぶ', async () => {
  const { personId } = await office.newChild();
  const rows = [{ 整理番号: '9999999999', 氏名カナ: 'マッタク　ベツジン', 生年月日: '19500101' }];
  const first = await office.receiveNew(rows);
  await answer(first, 1, { kind: 'otherPerson', personId });
  await sendBackBatch(office.context, first, '差し替えのため');
  const again = await office.receiveNew(rows);
  const former = await formerOf(again, 1);
  assert.equal(former?.chosenPersonId, personId);
  const row = await rowOf(again, 1);
  assert.equal(row.personId, null);
  const [candidate] = await office.inOffice((tx) =>
    listRowCandidates(tx, office.context.actor, row, { askedNumber: null, formerPersonId: personId }),
  );
  assert.deepEqual([candidate?.person.personId, candidate?.reasons[0]], [personId, 'chosenBefore']);
});

test('行だけを差し戻した受付や、人を決めて登録した受付の行が、直らずにまた届けば、そのことが示される', async () => {
  const { number } = await office.newChild();
  const { personId } = await office.newChild();
  const nobody = { 整理番号: '9999999998', 氏名カナ: 'マッタク　ベツジン', 生年月日: '19500102' };
  const rows = [{ 整理番号: number, ロット番号: '' }, nobody];
  const first = await office.receiveNew(rows);
  await answer(first, 1, { kind: 'sendBack', reason: 'ロットを書いてください' });
  await answer(first, 2, { kind: 'otherPerson', personId });
  const chosen = await rowOf(first, 2);
  if (chosen.answer === 'questioned') await answer(first, 2, { kind: 'accept', reason: '電話で確認' });
  assert.deepEqual(await commitBatch(office.context, first, { rules: office.rules }), { committed: 1 });
  const again = await office.receiveNew(rows);
  const former = await formerOf(again, 1);
  assert.deepEqual([former?.batchId, former?.decision, former?.reason], [first, 'sendBack', 'ロットを書いてください']);
  // Whom somebody chose is proposed, not what was decided: the dose is in the ledger already.
  const ofChosen = await formerOf(again, 2);
  assert.deepEqual([ofChosen?.chosenPersonId, ofChosen?.decision], [personId, null]);
  await answer(again, 2, { kind: 'otherPerson', personId });
  assert.ok((await rowOf(again, 2)).questionCodes.includes('alreadyInLedger'));
});

test('その受付で書いた理由は、多いものから次の答えの候補になる', async () => {
  const children = [await office.newChild(), await office.newChild(), await office.newChild()];
  const batchId = await office.receiveNew(children.map(({ number }) => ({ 整理番号: number, ロット番号: '' })));
  assert.deepEqual(await office.inOffice((tx) => listReasons(tx, batchId)), []);
  for (const [index, reason] of ['一度だけ', '二度', '二度'].entries()) {
    await answer(batchId, index + 1, { kind: 'accept', reason });
  }
  assert.deepEqual(await office.inOffice((tx) => listReasons(tx, batchId)), ['二度', '一度だけ']);
});
