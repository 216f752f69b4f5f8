import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ActionContext, ensureDemonstrationStaff, NotPermitted } from '#common-base/access';
import { type BatchId, Conflict, NotFound, type PersonId, parseIsoDay, type StaffId, UnreadableInput } from '#kernel';
import { type Tx, withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { testActor, testContext } from '../../../tests/support/addressees.ts';
import { type TestDatabase } from '../../../tests/support/database.ts';
import { type IntakeOffice, openIntakeOffice } from '../../../tests/support/intake-office.ts';
import { answerRow, answerRows, type RowAnswer } from './answer-rows.ts';
import { assignRows, listAnswerers, shareRows } from './assign-rows.ts';
import { commitBatch } from './commit-batch.ts';
import { countRowsOfLot } from './count-rows-of-lot.ts';
import { deriveAssigned } from './derive-counts.ts';
import { getBatch, getRow, listRowCandidates, listRows } from './list-batches.ts';
import { countAssigned, selectAskingBatches } from './row-counts-store.ts';
import { sendBackBatch } from './undo-batch.ts';

let office: IntakeOffice;
let base: TestDatabase;
let context: ActionContext;
let rules: RuleSet;

before(async () => {
  office = await openIntakeOffice();
  ({ base, context, rules } = office);
});
after(() => base.close());

async function rowOf(batchId: BatchId, ordinal: number) {
  const { row } = await withMunicipality(base.db, base.lgCode, (tx) => getRow(tx, context.actor, batchId, ordinal));
  return row;
}

async function answer(batchId: BatchId, ordinal: number, given: RowAnswer, expectedVersion?: number) {
  const version = expectedVersion ?? (await rowOf(batchId, ordinal)).version;
  return answerRow(context, { batchId, ordinal, expectedVersion: version, rules, answer: given });
}

async function entriesOf(personId: PersonId): Promise<readonly { reason: string | null; codes: string[] }[]> {
  return withMunicipality(base.db, base.lgCode, async ({ client }) => {
    const { rows } = await client.query<{ reason: string | null; codes: string[] }>(
      `SELECT reason, ARRAY(SELECT f->>'code' FROM jsonb_array_elements(findings) f) AS codes
       FROM ledger_entries WHERE person_id = $1 ORDER BY entry_id`,
      [personId],
    );
    return rows;
  });
}

test('理由を書いて受け入れた要確認の行は、指摘と理由を付けて台帳に入る', async () => {
  const { number, personId } = await office.newChild();
  const batchId = await office.receiveNew([{ 整理番号: number, ロット番号: '' }]);
  const row = await rowOf(batchId, 1);
  assert.deepEqual([row.answer, row.questionCodes], ['questioned', ['lotMissing']]);
  assert.deepEqual(await commitBatch(context, batchId, { rules }), { committed: 0 });

  const answered = await answer(batchId, 1, { kind: 'accept', reason: '医療機関に確かめたが不明' });
  assert.equal(answered.decision, 'accept');
  assert.equal(answered.decidedByName, context.actor.staffName);
  assert.deepEqual(await commitBatch(context, batchId, { rules }), { committed: 1 });
  assert.deepEqual(await entriesOf(personId), [{ reason: '医療機関に確かめたが不明', codes: ['lotMissing'] }]);
  await assert.rejects(answer(batchId, 1, { kind: 'reopen' }), /すでに台帳に登録されています/u);
});

test('登録しない・送付元に戻すと答えた行は入らず、答えは取り消せる', async () => {
  const { number, personId } = await office.newChild();
  const batchId = await office.receiveNew([{ 整理番号: number, ロット番号: '' }]);
  await answer(batchId, 1, { kind: 'refuse', reason: '二重' });
  assert.deepEqual(await commitBatch(context, batchId, { rules }), { committed: 0 });
  const reopened = await answer(batchId, 1, { kind: 'reopen' });
  assert.deepEqual([reopened.decision, reopened.decisionReason, reopened.decidedByName], [null, null, null]);
  await answer(batchId, 1, { kind: 'sendBack', reason: '予診票を見たい' });
  assert.deepEqual(await commitBatch(context, batchId, { rules }), { committed: 0 });
  assert.deepEqual(await entriesOf(personId), []);
});

test('理由のない答え、起こり得ない行の登録、本人のない行の登録は断る', async () => {
  const { number } = await office.newChild();
  const batchId = await office.receiveNew([
    { 整理番号: number, ロット番号: '' },
    { 整理番号: number, 接種年月日: '20271231' },
    { 整理番号: '9999999999' },
  ]);
  await assert.rejects(answer(batchId, 1, { kind: 'accept', reason: ' ' }), UnreadableInput);
  await assert.rejects(answer(batchId, 2, { kind: 'accept', reason: '正しい' }), /起こり得ない/u);
  await assert.rejects(answer(batchId, 3, { kind: 'accept', reason: '正しい' }), /どの人の記録か/u);
  await assert.rejects(answer(batchId, 4, { kind: 'reopen' }, 1), NotFound);
});

test('見ていた行がほかの職員の答えで変わっていれば、答えは断られる', async () => {
  const { number } = await office.newChild();
  const batchId = await office.receiveNew([{ 整理番号: number, ロット番号: '' }]);
  const { version } = await rowOf(batchId, 1);
  const answers = await Promise.allSettled([
    answer(batchId, 1, { kind: 'accept', reason: '一人目' }, version),
    answer(batchId, 1, { kind: 'refuse', reason: '二人目' }, version),
  ]);
  assert.deepEqual(answers.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  const lost = answers.find((each) => each.status === 'rejected');
  assert.ok(lost?.reason instanceof Conflict);
});

test('別の人を選ぶと、その人の台帳とともに判定し直す', async () => {
  const { number, personId } = await office.newChild();
  const first = await office.receiveNew([{ 整理番号: number }]);
  await commitBatch(context, first, { rules });
  const batchId = await office.receiveNew([
    { 整理番号: '9999999999', 回数: '2', 接種年月日: '20260520' },
    { 整理番号: '9999999998', 接種年月日: '20260415' },
  ]);
  const unknown = await rowOf(batchId, 1);
  assert.deepEqual(unknown.questionCodes, ['personUnknown']);
  const candidates = await withMunicipality(base.db, base.lgCode, (tx) =>
    listRowCandidates(tx, context.actor, unknown),
  );
  assert.ok(candidates.some(({ person }) => person.personId === personId));

  // Whom the clerk asks for by number stands first.
  const asked = (await office.newChild()).number.replace(/^0+/u, '');
  const [askedFor] = await withMunicipality(base.db, base.lgCode, (tx) =>
    listRowCandidates(tx, context.actor, unknown, { askedNumber: asked, formerPersonId: null }),
  );
  assert.equal(askedFor?.person.addresseeNumber.replace(/^0+/u, ''), asked);

  const chosen = await answer(batchId, 1, { kind: 'otherPerson', personId });
  assert.deepEqual([chosen.answer, chosen.personId, chosen.isPersonChosen], ['accepted', personId, true]);
  assert.deepEqual(
    chosen.findings.map((each) => each.code),
    ['personChosen'],
  );
  // The other row says what the ledger of that person already holds.
  const twice = await answer(batchId, 2, { kind: 'otherPerson', personId });
  assert.deepEqual(twice.questionCodes, ['alreadyInLedger']);
  assert.deepEqual(await commitBatch(context, batchId, { rules }), { committed: 1 });
  assert.equal((await entriesOf(personId)).length, 2);
});

test('同じ確認事項の行にまとめて答え、ほかの行はそのまま残る', async () => {
  const children = [await office.newChild(), await office.newChild(), await office.newChild()];
  const [one, two, three] = children.map(({ number }) => number);
  assert.ok(one !== undefined && two !== undefined && three !== undefined);
  const batchId = await office.receiveNew([
    { 整理番号: one, ロット番号: '' },
    { 整理番号: two, ロット番号: '' },
    { 整理番号: three, ロット番号: '', 医療機関コード: '' },
  ]);
  const before = await withMunicipality(base.db, base.lgCode, (tx) => getBatch(tx, context.actor, batchId));
  assert.deepEqual(before.questionGroups, [
    { codes: ['lotMissing'], count: 2 },
    { codes: ['institutionMissing', 'lotMissing'], count: 1 },
  ]);
  const accept = { kind: 'accept', reason: '不明のまま登録' } as const;
  assert.deepEqual(await answerRows(context, { batchId, codes: ['lotMissing'], answer: accept }), { answered: 2 });
  const after = await withMunicipality(base.db, base.lgCode, (tx) => getBatch(tx, context.actor, batchId));
  assert.deepEqual([after.state, after.openQuestions], ['checked', 1]);
  const open = await withMunicipality(base.db, base.lgCode, (tx) =>
    listRows(tx, context.actor, batchId, { isOpen: true, limit: 10 }),
  );
  assert.deepEqual(
    open.rows.map(({ ordinal }) => ordinal),
    [3],
  );
  await answer(batchId, 3, { kind: 'refuse', reason: '送り直しを待つ' });
  const settled = await withMunicipality(base.db, base.lgCode, (tx) => getBatch(tx, context.actor, batchId));
  assert.equal(settled.state, 'reviewed');
  assert.deepEqual(await commitBatch(context, batchId, { rules }), { committed: 2 });
});

test('登録のあとで残りの行に答えると、その行だけが、先に入った行を踏まえて登録される', async () => {
  const { number, personId } = await office.newChild();
  const batchId = await office.receiveNew([
    { 整理番号: number },
    { 整理番号: number, 回数: '2', 接種年月日: '20260520', ロット番号: '' },
    { 整理番号: number, 回数: '2', 接種年月日: '20260520', ロット番号: '' },
  ]);
  assert.deepEqual((await rowOf(batchId, 3)).questionCodes, ['identicalRow', 'lotMissing']);
  assert.deepEqual(await commitBatch(context, batchId, { rules }), { committed: 1 });
  await answer(batchId, 2, { kind: 'accept', reason: '不明のまま登録' });
  assert.deepEqual(await commitBatch(context, batchId, { rules }), { committed: 1 });
  assert.equal((await entriesOf(personId)).length, 2);
  // The third row repeats what is in the ledger by now: whoever accepts it learns that before it enters.
  await answer(batchId, 3, { kind: 'accept', reason: '確かめずに登録' });
  await assert.rejects(commitBatch(context, batchId, { rules }), Conflict);
  const reopened = await rowOf(batchId, 3);
  assert.deepEqual([reopened.decision, reopened.questionCodes], [null, ['alreadyInLedger', 'lotMissing']]);
  assert.equal((await entriesOf(personId)).length, 2);
});

test('差し戻した受付には答えも登録もできない', async () => {
  const { number } = await office.newChild();
  const batchId = await office.receiveNew([{ 整理番号: number, ロット番号: '' }]);
  const { version } = await rowOf(batchId, 1);
  await sendBackBatch(context, batchId, '列がずれている');
  await assert.rejects(answer(batchId, 1, { kind: 'accept', reason: '不明' }, version), /差し戻されています/u);
  await assert.rejects(commitBatch(context, batchId, { rules }), /差し戻されています/u);
});

test('答えは、誰がどの行に何と答えたかを監査に残す', async () => {
  const { number, personId } = await office.newChild();
  const batchId = await office.receiveNew([{ 整理番号: number, ロット番号: '' }]);
  await answer(batchId, 1, { kind: 'refuse', reason: '二重' });
  const rows = await withMunicipality(base.db, base.lgCode, async ({ client }) => {
    const acts = await client.query<{ details: unknown; person_id: number }>(
      `SELECT a.details, p.person_id FROM audit_acts a
       JOIN audit_act_persons t ON t.lg_code = a.lg_code AND t.recorded_on = a.recorded_on AND t.act_id = a.act_id
       JOIN audit_persons p ON p.lg_code = t.lg_code AND p.person_ref = t.person_ref
       WHERE a.act = 'intake.answered' AND a.details->>'batch' = $1`,
      [String(batchId)],
    );
    return acts.rows;
  });
  assert.deepEqual(rows, [{ details: { batch: batchId, row: 1, answer: 'refuse' }, person_id: personId }]);
});

test('行や候補の人を見ると、誰が誰を見たかが監査に残る', async () => {
  const { number, personId } = await office.newChild();
  const batchId = await office.receiveNew([{ 整理番号: number, ロット番号: '' }]);
  const acts = await withMunicipality(base.db, base.lgCode, async (tx) => {
    const { row } = await getRow(tx, context.actor, batchId, 1);
    await listRows(tx, context.actor, batchId, { limit: 10 });
    await listRowCandidates(tx, context.actor, row);
    const { rows } = await tx.client.query<{ act: string; count: number }>(
      `SELECT a.act, count(*) AS count FROM audit_acts a
       JOIN audit_act_persons t ON t.lg_code = a.lg_code AND t.recorded_on = a.recorded_on AND t.act_id = a.act_id
       JOIN audit_persons p ON p.lg_code = t.lg_code AND p.person_ref = t.person_ref
       WHERE p.person_id = $1 AND a.act IN ('intake.rowsViewed', 'intake.candidatesViewed')
       GROUP BY a.act ORDER BY a.act`,
      [personId],
    );
    return rows.map((each) => [each.act, each.count]);
  });
  assert.deepEqual(acts, [
    ['intake.candidatesViewed', 1],
    ['intake.rowsViewed', 2],
  ]);
});

test('確認事項は担当に分けられ、自分の行だけに絞れる。担当は答えも版も変えず、答えられない人は担当にできない', async () => {
  await ensureDemonstrationStaff(base.db, { lgCode: base.lgCode, isDemonstration: true });
  const inOffice = <T>(work: (tx: Tx) => Promise<T>) => withMunicipality(base.db, base.lgCode, work);
  const staff = await inOffice((tx) => listAnswerers(tx, context));
  const [one, two] = staff;
  assert.ok(one !== undefined && two !== undefined && staff.length === 2, '担当職員と係長だけが答える');
  const children = [await office.newChild(), await office.newChild(), await office.newChild()];
  const batchId = await office.receiveNew(
    children.flatMap(({ number }) => [
      { 整理番号: number, ロット番号: '' },
      { 整理番号: number, ロット番号: '', 回数: '2', 接種年月日: '20260601' },
    ]),
  );
  const before = await rowOf(batchId, 1);
  assert.deepEqual(await assignRows(context, { batchId, ordinals: [1, 2], staffId: one.staffId }), { assigned: 2 });
  const given = await rowOf(batchId, 1);
  assert.deepEqual([given.assignedTo, given.assignedToName, given.version], [one.staffId, one.name, before.version]);
  assert.deepEqual(await shareRows(context, { batchId, staffIds: [one.staffId, two.staffId] }), { assigned: 4 });
  const shares = [
    { staffId: one.staffId, name: one.name, count: 4 },
    { staffId: two.staffId, name: two.name, count: 2 },
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
  const detail = await inOffice((tx) => getBatch(tx, context.actor, batchId));
  assert.deepEqual(deriveAssigned(detail.rowGroups), shares);
  const overAll = await inOffice(countAssigned);
  assert.deepEqual(
    shares.map(({ staffId }) => overAll.find((each) => each.staffId === staffId)?.count),
    shares.map(({ count }) => count),
    'nobody has rows of another batch',
  );
  const own = await inOffice((tx) => listRows(tx, context.actor, batchId, { assignedTo: two.staffId, limit: 9 }));
  const numbers = new Set(own.rows.map((row) => row.fields['addresseeNumber']));
  assert.deepEqual([own.total, numbers.size], [2, 1], 'the rows of one person stay together');
  assert.deepEqual(
    (await inOffice((tx) => selectAskingBatches(tx, two.staffId))).map((each) => [each.batchId, each.count]),
    [[batchId, 2]],
  );
  const [mine] = own.rows;
  await answer(batchId, mine?.ordinal ?? 0, { kind: 'refuse', reason: '二重' }, mine?.version ?? -1);
  await assert.rejects(
    answer(batchId, mine?.ordinal ?? 0, { kind: 'accept', reason: '確かめた' }, mine?.version ?? -1),
    (error) => error instanceof Conflict && /「受け付けない」と答えました（理由「二重」）/u.test(error.message),
  );
  await assignRows(context, { batchId, ordinals: [1], staffId: null });
  assert.equal((await rowOf(batchId, 1)).assignedTo, null);
  await assert.rejects(assignRows(context, { batchId, ordinals: [1], staffId: 9999 as StaffId }), NotFound);
  await assert.rejects(
    assignRows(testContext(base.db, testActor(base.lgCode, ['intake.view'])), {
      batchId,
      ordinals: [1],
      staffId: null,
    }),
    NotPermitted,
  );
});

test('ロットを追うと、どの書き方でも、登録を待つ行と差し戻した行が数えられ、断った行と登録した行は数えられない', async () => {
  const waitingFor = async (from = '2026-04-01', to = '2026-05-31') => {
    const asked = { lot: 'LOT77', from: parseIsoDay(from), to: parseIsoDay(to) };
    const found = await withMunicipality(base.db, base.lgCode, (tx) => countRowsOfLot(tx, asked));
    return found.map(({ batchId: id, rows, isMore }) => [id, rows, isMore]);
  };
  const numbers = [];
  for (let i = 0; i < 7; i += 1) numbers.push((await office.newChild()).number);
  const batchId = await office.receiveNew([
    { 整理番号: numbers[0] ?? '', ロット番号: 'LOT-77' },
    { 整理番号: numbers[1] ?? '', ロット番号: 'ｌｏｔ 77', 医師名: '' },
    { 整理番号: '9999999997', ロット番号: 'LOT77' },
    { 整理番号: '9999999996', ロット番号: 'LOT77' },
    { 整理番号: numbers[4] ?? '', ロット番号: 'LOT77', 接種年月日: '20271231' },
    { 整理番号: numbers[5] ?? '', ロット番号: 'LOT78' },
    { 整理番号: numbers[6] ?? '', ロット番号: 'LOT 77', 接種年月日: '20260520' },
  ]);
  // Not the row of a day that is still to come, and not the other lot.
  assert.deepEqual(await waitingFor(), [[batchId, 5, false]]);
  assert.deepEqual(await waitingFor('2026-05-01'), [[batchId, 1, false]], 'of those days alone');
  await answer(batchId, 3, { kind: 'refuse', reason: '市の人ではない' });
  await answer(batchId, 4, { kind: 'sendBack', reason: '番号を確かめてほしい' });
  assert.deepEqual(await waitingFor(), [[batchId, 4, false]]);
  const { committed } = await commitBatch(context, batchId, { rules });
  assert.equal(committed, 4);
  assert.deepEqual(await waitingFor(), [[batchId, 1, false]], 'the sender has one of them');
  await answer(batchId, 4, { kind: 'reopen' });
  await answer(batchId, 4, { kind: 'refuse', reason: '市の人ではない' });
  assert.deepEqual(await waitingFor(), []);
  assert.equal(await office.count(`intake_batches WHERE batch_id = ${batchId} AND committed + settled = row_count`), 1);
});

test('答えで動いた件数は、どの受付でも、行を数え直した件数と同じである', async () => {
  const counted = `SELECT b.batch_id, count(*) AS rows,
      count(*) FILTER (WHERE r.answer = 'questioned' AND r.decision IS NULL) AS open,
      count(*) FILTER (WHERE r.answer = 'refused' OR r.decision = 'refuse') AS settled
    FROM intake_batches b JOIN intake_rows r USING (lg_code, batch_id) GROUP BY b.batch_id`;
  const figures = (from: string, order = 'batch_id') =>
    withMunicipality(
      base.db,
      base.lgCode,
      async ({ client }) => (await client.query(`${from} ORDER BY ${order}`)).rows,
    );
  const kept = await figures('SELECT batch_id, row_count AS rows, open_questions AS open, settled FROM intake_batches');
  assert.ok(kept.length > 5);
  assert.deepEqual(kept, await figures(counted));
  const group = 'batch_id, answer, question_codes, decision, is_changed, assigned_to';
  const alike = `(SELECT batch_id, answer, question_codes, coalesce(decision, '') AS decision,
      changed_at IS NOT NULL AS is_changed, coalesce(assigned_to, 0) AS assigned_to FROM intake_rows) r`;
  const groups = await figures(`SELECT ${group}, row_count::bigint FROM intake_row_counts`, group);
  assert.deepEqual(
    groups,
    await figures(`SELECT ${group}, count(*) AS row_count FROM ${alike} GROUP BY ${group}`, group),
  );
  const standings = new Set(groups.map((each: { decision: string }) => each.decision));
  assert.deepEqual([...standings].sort(), ['', 'accept', 'refuse', 'sendBack'], 'each answer was given above');
  const isWhole = "(state IN ('checked', 'reviewed')) AND (state = 'reviewed') <> (open_questions = 0)";
  assert.equal(await office.count(`intake_batches WHERE ${isWhole}`), 0, 'reviewed is where no question is open');
});
