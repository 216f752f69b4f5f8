import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { importResidents } from '#addressees/persons';
import { demonstrationAccount, ensureDemonstrationStaff } from '#common-base/access';
import type { BatchId } from '#kernel';
import { batchPath, receiveBatch } from '#ledger/intake';
import { verifyLedger } from '#ledger/vaccinations';
import { withMunicipality } from '#platform/postgres';
import { residentFeed } from '../support/addressees.ts';
import { checkoutRules } from '../support/demonstration.ts';
import { clinicFeed, contractClinic, intakeAsOf, intakeContext } from '../support/intake.ts';
import { openTestOffice, type TestOffice } from '../support/office.ts';
import { type Answered, WireBrowser } from '../support/wire-browser.ts';

const children = 24;
const clerks = 10;

let office: TestOffice;
let desks: readonly WireBrowser[];

const numberOf = (i: number): string => String(i + 1).padStart(10, '0');
const residents = (phone: string) =>
  Array.from({ length: children }, (_, i) => ({
    整理番号: numberOf(i),
    世帯番号: numberOf(i).slice(1),
    氏名カナ: 'シケン　ハナ',
    氏名漢字: '試験　花',
    生年月日: '20260110',
    住民となった日: '20260110',
    電話番号: phone,
  }));

before(async () => {
  office = await openTestOffice('2026-11-21T10:00:00+09:00');
  const { db, lgCode } = office.database;
  const context = intakeContext(db, lgCode);
  await contractClinic(context);
  await importResidents(context, residentFeed(residents('0299-39-0327')), { isChanges: false, asOf: intakeAsOf });
  const team = Array.from({ length: clerks }, (_, n) =>
    demonstrationAccount(`clerk${n}`, `担当${n}`, ['clerk'], '予防接種担当'),
  );
  const accounts = await ensureDemonstrationStaff(db, { lgCode, isDemonstration: true }, team);
  desks = await Promise.all(
    accounts.map(async ({ accountName, password }) => {
      const desk = new WireBrowser(office.address);
      await desk.signIn(lgCode, accountName, password);
      await desk.send('/reason', { reason: 'other', otherReason: '受付の確認', next: '/' });
      return desk;
    }),
  );
});
after(() => office.close());

interface RowNow {
  readonly ordinal: number;
  readonly decision: string | null;
  readonly decided_by_name: string | null;
  readonly entry: number;
}

async function rowsOf(batchId: BatchId): Promise<RowNow[]> {
  const { db, lgCode } = office.database;
  return await withMunicipality(db, lgCode, async ({ client }) => {
    const { rows } = await client.query<RowNow>(
      `SELECT ordinal, decision, decided_by_name, (SELECT count(*) FROM ledger_entries e
          WHERE e.lg_code = r.lg_code AND e.batch_id = r.batch_id AND e.batch_row = r.ordinal) AS entry
         FROM intake_rows r WHERE batch_id = $1 ORDER BY ordinal`,
      [batchId],
    );
    return rows;
  });
}

/** Sends a form; nothing but an answer, a stated conflict or a way on may come back. */
async function post(desk: WireBrowser, path: string, fields: Record<string, string>): Promise<Answered> {
  const answer = await desk.send(path, fields);
  assert.ok(answer !== undefined, `no answer to ${path}`);
  assert.ok([303, 409].includes(answer.status), `${path}: ${answer.status} ${answer.text.slice(0, 300)}`);
  return answer;
}

test('十人の担当が同じ受付に答え、住民の異動が入り、二人が登録しても、答えは失われず、行き違いは何が変わったかとともに伝わる', async () => {
  const { db, lgCode } = office.database;
  const context = intakeContext(db, lgCode);
  // Every row lacks its lot: each is a question.
  const doses = Array.from({ length: children }, (_, i) => ({ 整理番号: numberOf(i), ロット番号: '' }));
  const rules = await checkoutRules();
  const { batchId } = await receiveBatch(context, clinicFeed(doses), { rules, asOf: intakeAsOf });
  const path = batchPath(batchId);
  for (const desk of desks) assert.equal((await desk.send(path))?.status, 200);

  // Each goes through the list from another place, by the page of a row or by the list's ticks, so that they meet.
  const kept: { ordinal: number; name: string }[] = [];
  const refused: { ordinal: number; text: string }[] = [];
  const answering = desks.map(async (desk, n) => {
    for (let i = 0; i < children; i += 1) {
      const ordinal = ((i * 5 + n * 2) % children) + 1;
      const fields = { answer: 'accept', reason: `担当${n}が医療機関に確認` };
      const answer =
        n % 2 === 0
          ? await post(desk, `${path}/rows/${ordinal}`, { ...fields, version: '1' })
          : await post(desk, `${path}/answers`, { ...fields, row: `${ordinal}:1` });
      if (answer.status === 303) kept.push({ ordinal, name: `担当${n}` });
      else refused.push({ ordinal, text: answer.text });
    }
  });
  const feed = importResidents(context, residentFeed(residents('0299-00-0000'), 'changes.csv'), {
    isChanges: true,
    asOf: intakeAsOf,
  });
  await Promise.all([...answering, feed]);

  const rows = await rowsOf(batchId);
  const answered = rows.map(({ ordinal, decided_by_name: name }) => ({ ordinal, name }));
  assert.deepEqual(
    kept.toSorted((a, b) => a.ordinal - b.ordinal),
    answered,
    'each row has the one answer that was acknowledged',
  );
  assert.equal(refused.length, children * (clerks - 1));
  for (const { ordinal, text } of refused) {
    const by = answered[ordinal - 1]?.name ?? '';
    assert.ok(text.includes(by), `the conflict of row ${ordinal} names ${by}`);
  }

  // Two press the button at once; the people changed meanwhile, so that a first try may be sent back to look again.
  const [first, second] = [desks[0], desks[1]];
  assert.ok(first !== undefined && second !== undefined);
  for (let attempt = 0; (await rowsOf(batchId)).some(({ entry }) => entry === 0); attempt += 1) {
    assert.ok(attempt < 5, 'the batch can be committed');
    const answers = await Promise.all([first, second].map((desk) => desk.send(`${path}/commit`, {})));
    for (const answer of answers) assert.ok([303, 409].includes(answer?.status ?? 0), String(answer?.status));
  }
  assert.ok((await rowsOf(batchId)).every(({ entry, decision }) => entry === 1 && decision === 'accept'));
  assert.equal((await verifyLedger(db, lgCode)).differences, 0);
});
