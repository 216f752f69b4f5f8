import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { importResidents } from '#addressees/persons';
import { registerMunicipality } from '#common-base/municipalities';
import type { ExportRow } from '#common-base/oversight';
import { formatCsvLine } from '#formats';
import { type BatchId, type Day, getDay, type LgCode } from '#kernel';
import { answerRow, commitBatch, getRow, listRows, receiveBatch } from '#ledger/intake';
import { withMunicipality } from '#platform/postgres';
import { residentFeed, testActor, testContext, textFeed } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { checkoutRules, demonstrationSettings } from '../../../tests/support/demonstration.ts';
import { clinicFeed, contractClinic, intakeAsOf, intakeContext } from '../../../tests/support/intake.ts';
import { mutualSets } from './mutual-sets.ts';

let base: TestDatabase;
const folders: string[] = [];

before(async () => {
  base = await testDatabase();
  await registerNeighbour(base.lgCode, base.other, '札幌市');
  await registerNeighbour(base.other, base.lgCode, '若葉台市');
});
after(async () => {
  await base.close();
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

/** A municipality with the demonstration's settings whose only partner is the other one. */
async function registerNeighbour(lgCode: LgCode, partner: LgCode, partnerName: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sesshu-neighbour-'));
  folders.push(folder);
  await cp(demonstrationSettings, folder, { recursive: true });
  const path = join(folder, 'municipality.json');
  const settings = JSON.parse(await readFile(path, 'utf8')) as object;
  await writeFile(
    path,
    JSON.stringify({ ...settings, lgCode, name: `市${lgCode}`, hostNames: [`${lgCode}.localhost`] }),
  );
  const list = `lg_code,name,valid_from,valid_to\n${partner},${partnerName},2026-04-01,\n`;
  await writeFile(join(folder, 'mutual-agreement.csv'), list);
  await registerMunicipality(base.db, folder);
}

async function readSet(from: Day | null, to: Day | null): Promise<string[]> {
  return withMunicipality(base.db, base.lgCode, async (tx) => {
    const [set, ...others] = await mutualSets(tx);
    assert.ok(set !== undefined && others.length === 0);
    assert.equal(set.key, `mutual-${base.other}`);
    const rows: ExportRow[] = [];
    for await (const page of set.readPages(tx, { from, to }, intakeAsOf)) rows.push(...page);
    const { columns } = set;
    return [
      formatCsvLine(columns.map(({ nameJa }) => nameJa)),
      ...rows.map(({ values }) => formatCsvLine(columns.map(({ key }) => values[key] ?? null))),
    ].map((line) => line.trimEnd());
  });
}

test('ここで受けた相手の住民の接種は、一度だけ、相手の住民の分だけ渡り、相手の受付を通って台帳に入る', async () => {
  const here = intakeContext(base.db, base.lgCode);
  const rules = await checkoutRules();
  await contractClinic(here);
  const theirs = { 団体コード: base.other, 整理番号: '0000000001' };
  // The second dose comes under a wrong municipality first: that telling was handed to nobody.
  const second = { ...theirs, 回数: '2', 接種年月日: '20260520' };
  const files = [
    [
      theirs,
      { ...theirs, 団体コード: '131016' },
      { ...theirs, 接種年月日: '20261399' },
      { ...second, 団体コード: '131016' },
    ],
    [theirs, second, { ...theirs, 接種年月日: '20260331' }],
  ];
  const batches: BatchId[] = [];
  for (const [i, rows] of files.entries()) {
    const { batchId, refused } = await receiveBatch(here, clinicFeed(rows, `month-${i}.csv`), {
      rules,
      asOf: intakeAsOf,
    });
    assert.equal(refused, rows.length, 'none of them is ours');
    batches.push(batchId);
  }
  assert.equal((await readSet(getDay(2026, 4, 16), getDay(2026, 5, 19))).length, 1, 'the header alone');
  assert.equal((await readSet(null, null)).length, 3, 'the day before the agreement began is not handed on');
  const lines = await readSet(getDay(2026, 4, 15), getDay(2026, 5, 20));
  assert.equal(lines.length, 3, 'the form sent twice is told once, the one without a day goes back to its sender');

  const answer = async (kind: 'sendBack' | 'reopen') => {
    const [batchId, ordinal] = [batches[1] ?? assert.fail(), 2];
    const { row } = await withMunicipality(base.db, base.lgCode, (tx) => getRow(tx, here.actor, batchId, ordinal));
    const given = kind === 'reopen' ? ({ kind } as const) : ({ kind, reason: '回数を確かめてほしい' } as const);
    await answerRow(here, { batchId, ordinal, expectedVersion: row.version, rules, answer: given });
  };
  await answer('sendBack');
  assert.equal((await readSet(null, null)).length, 2, 'what goes back to its sender is not handed on too');
  await answer('reopen');

  const there = {
    ...testContext(
      base.db,
      testActor(base.other, ['persons.import', 'intake.receive', 'intake.view', 'intake.commit']),
    ),
  };
  const child = { 整理番号: '0000000001', 氏名カナ: 'シケン　ハナ', 氏名漢字: '試験　花', 生年月日: '20260110' };
  const resident = { ...child, 住民となった日: '20260110', 性別: '2' };
  await importResidents(there, residentFeed([resident]), { isChanges: false, asOf: intakeAsOf });
  const feed = textFeed('neighbour.csv', lines);
  const received = await receiveBatch(there, feed, { rules, asOf: intakeAsOf, layoutName: 'mutual-records' });
  assert.deepEqual([received.rows, received.accepted], [2, 2]);
  const page = await withMunicipality(base.db, base.other, (tx) =>
    listRows(tx, there.actor, received.batchId, { limit: 9 }),
  );
  assert.deepEqual(
    page.rows[0]?.findings.map(({ code }) => code),
    ['givenUnderMutualAgreement'],
  );
  await commitBatch(there, received.batchId, { rules });
  const entries = await withMunicipality(base.db, base.other, async ({ client }) => {
    const { rows } = await client.query('SELECT source, given_in_lg_code AS given FROM ledger_entries');
    return rows;
  });
  assert.deepEqual(entries, [
    { source: 'elsewhere', given: base.lgCode },
    { source: 'elsewhere', given: base.lgCode },
  ]);
});
