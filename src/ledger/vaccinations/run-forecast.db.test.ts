import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ActionContext } from '#common-base/access';
import { addDays, type Day, getDay, type PersonId } from '#kernel';
import { RunStopped } from '#platform/jobs';
import { withMunicipality } from '#platform/postgres';
import { judge, parseRules, type RuleSet } from '#schedule';
import { loadDemonstrationSettings, testActor, testContext, textFeed } from '../../../tests/support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { checkoutRules } from '../../../tests/support/demonstration.ts';
import { historyHeader } from '../../../tests/support/intake.ts';
import { insertTestPeople } from '../../../tests/support/ledger.ts';
import { insertFact } from './facts/store.ts';
import { countDueByStage } from './forecast/forecast-store.ts';
import { importHistory } from './import-history.ts';
import { runForecast } from './run-forecast.ts';
import { touchLedgers } from './touch-ledgers.ts';

let base: TestDatabase;
let context: ActionContext;
let rules: RuleSet;
const asOf = getDay(2026, 11, 21);

before(async () => {
  base = await testDatabase();
  await loadDemonstrationSettings(base.db);
  context = testContext(base.db, testActor(base.lgCode, ['history.import', 'forecast.run']));
  rules = await checkoutRules();
  await insertTestPeople(base.db, base.lgCode, [
    { addresseeNumber: '0000000001' },
    { addresseeNumber: '0000000002' },
    { addresseeNumber: '0000000003', bornOn: '1950-05-05', sex: 'male' },
  ]);
});
after(() => base.close());

interface Stored {
  readonly number: string;
  readonly computed_at: Date;
  readonly open: string[];
  readonly is_here: boolean;
  readonly next_change_on: string | null;
}

function stored(): Promise<Stored[]> {
  return withMunicipality(base.db, base.lgCode, async ({ client }) => {
    const { rows } = await client.query<Stored>(
      `SELECT p.addressee_number AS number, f.computed_at, f.due || f.overdue AS open, f.is_here, f.next_change_on
       FROM person_forecasts f JOIN persons p ON p.lg_code = f.lg_code AND p.person_id = f.person_id ORDER BY 1`,
    );
    return rows;
  });
}

const change = (sql: string) => withMunicipality(base.db, base.lgCode, ({ client }) => client.query(sql));

test('予定は全員について計算され、変わった人だけが次に計算し直される', async () => {
  const first = await runForecast(context, { rules, asOf });
  assert.deepEqual([first.people, first.judged], [3, 3]);
  const before = await stored();
  assert.deepEqual(
    before.map(({ number }) => number),
    ['0000000001', '0000000002', '0000000003'],
  );
  assert.equal(first.due + first.overdue, before.flatMap(({ open }) => open).length);
  assert.ok(before[0]?.open.includes('bcg/single'));
  assert.ok(before[2]?.open.includes('influenza-older/seasonal'));

  const feed = textFeed('history.csv', [historyHeader, '0000000001,27,1,20260615,,A,03,,,,']);
  await importHistory(context, feed, { asOf });
  const second = await runForecast(context, { rules, asOf });
  assert.deepEqual([second.people, second.judged], [3, 1]);
  const after = await stored();
  assert.equal(after[0]?.open.includes('bcg/single'), false);
  assert.deepEqual(
    after.map(({ computed_at: at }, i) => at.getTime() === before[i]?.computed_at.getTime()),
    [false, true, true],
  );
});

test('禁忌の予防接種は予定に数えず、取り消せば数え、先の日からの禁忌はその日に効く', async () => {
  const told = { kind: 'contraindication', programme: 'bcg', from: getDay(2026, 11, 1) } as const;
  const nothing = { disease: null, ground: null, result: null, to: null, note: null, reason: null } as const;
  const enter = async (fact: { change: 'entry' | 'correction' | 'retraction'; replaces: number | null; from: Day }) =>
    withMunicipality(base.db, base.lgCode, async (tx) => {
      const { rows } = await tx.client.query<{ person_id: PersonId }>(
        "SELECT person_id FROM persons WHERE addressee_number = '0000000002'",
      );
      const personId = rows[0]?.person_id ?? (0 as PersonId);
      const frame = { actId: 1, staffId: null, staffName: '試験' };
      const entry = { ...nothing, ...told, ...fact, personId, certainty: 'documented' as const };
      const factId = await insertFact(tx, frame, entry);
      await touchLedgers(tx, [personId]);
      return factId ?? 0;
    });
  const bcg = async () => {
    const { judged, due, overdue } = await runForecast(context, { rules, asOf });
    const rows = await stored();
    assert.equal(due + overdue, rows.flatMap(({ open }) => open).length);
    const { open = [], next_change_on: next } = rows[1] ?? {};
    return { judged, open: open.filter((stage) => stage.startsWith('bcg/')), others: open.length > 0, next };
  };
  const before = (await stored())[1];
  const wasOpen = before?.open.filter((stage) => stage.startsWith('bcg/')) ?? [];
  assert.equal(wasOpen.length, 1, 'the test needs somebody who may be given it');
  const factId = await enter({ change: 'entry', replaces: null, from: told.from });
  const { next: sameNext, ...forbidden } = await bcg();
  assert.deepEqual([forbidden, sameNext], [{ judged: 1, open: [], others: true }, before?.next_change_on]);
  // Of tomorrow: open today, and looked at again tomorrow.
  const later = await enter({ change: 'correction', replaces: factId, from: addDays(asOf, 1) });
  assert.deepEqual(await bcg(), { judged: 1, open: wasOpen, others: true, next: '2026-11-22' });
  await enter({ change: 'retraction', replaces: later, from: told.from });
  assert.deepEqual(await bcg(), { judged: 1, open: wasOpen, others: true, next: before?.next_change_on });
});

test('宛名の変更でも、判定に使う事実が同じなら計算し直さない', async () => {
  const before = await stored();
  await change(
    "UPDATE persons SET phone = '03-0000-0000', version = version + 1 WHERE addressee_number = '0000000002'",
  );
  assert.equal((await runForecast(context, { rules, asOf })).judged, 0);
  assert.deepEqual(await stored(), before);
  assert.equal((await runForecast(context, { rules, asOf })).judged, 0);
});

test('翌日は、その日に答えの変わりうる人だけを計算し直す', async () => {
  // 2026-09-30 生まれ: 生後2月に至った日は 2026-11-29.
  await insertTestPeople(base.db, base.lgCode, [{ addresseeNumber: '0000000004', bornOn: '2026-09-30' }]);
  const isPneumococcal = (stage: string) => stage.startsWith('pneumococcal-child/');
  const baby = async () => (await stored()).find(({ number }) => number === '0000000004');
  assert.equal((await runForecast(context, { rules, asOf })).judged, 1);
  assert.equal((await baby())?.next_change_on, '2026-11-29');
  assert.equal((await baby())?.open.some(isPneumococcal), false);

  const madeAt = (await baby())?.computed_at.getTime();
  const dayBefore = await runForecast(context, { rules, asOf: getDay(2026, 11, 28) });
  assert.equal(dayBefore.people, 4);
  assert.equal((await baby())?.computed_at.getTime(), madeAt);
  assert.equal((await baby())?.next_change_on, '2026-11-29');
  const onTheDay = await runForecast(context, { rules, asOf: getDay(2026, 11, 29) });
  assert.ok(onTheDay.judged >= 1);
  assert.ok((await baby())?.open.some(isPneumococcal));
  assert.deepEqual(
    await withMunicipality(base.db, base.lgCode, countDueByStage).then((found) => found?.asOf),
    '2026-11-29',
  );

  // Of a day before those of the answers kept: what was made of later days is made anew.
  assert.ok((await runForecast(context, { rules, asOf })).judged >= 1);
  assert.equal((await baby())?.open.some(isPneumococcal), false);
  await change(
    "DELETE FROM person_forecasts f USING persons p WHERE p.person_id = f.person_id AND p.addressee_number = '0000000004'",
  );
  await change("UPDATE persons SET is_cancelled = true, version = version + 1 WHERE addressee_number = '0000000004'");
});

test('きまりが変われば、全員を計算し直す', async () => {
  const texts = new Map(rules.texts);
  texts.set('seasons.csv', `${texts.get('seasons.csv') ?? ''}\n`);
  const others = parseRules(texts);
  assert.notEqual(others.version, rules.version);
  assert.equal((await runForecast(context, { rules: others, asOf })).judged, 4);
  assert.equal((await runForecast(context, { rules, asOf })).judged, 4);
});

test('転出した人と亡くなった人に予定はなく、届け出られた転出は、その日に効く', async () => {
  await change(
    `UPDATE persons SET ceased_resident_on = '2026-12-01', ceased_reason = 'movedOut', version = version + 1
     WHERE addressee_number = '0000000002'`,
  );
  await change(
    "UPDATE persons SET died_on = '2026-11-10', version = version + 1 WHERE addressee_number = '0000000003'",
  );
  const here = async () => (await stored()).filter((row) => row.is_here).map(({ number }) => number);
  const now = await runForecast(context, { rules, asOf });
  assert.equal(now.people, 2);
  assert.deepEqual(await here(), ['0000000001', '0000000002']);
  assert.equal(now.due + now.overdue, (await stored()).flatMap(({ open }) => open).length);
  assert.ok(((await stored())[1]?.next_change_on ?? '') <= '2026-12-01');
  assert.deepEqual((await stored())[2]?.open, []);
  const then = await runForecast(context, { rules, asOf: getDay(2026, 12, 1) });
  assert.equal(then.people, 1);
  assert.deepEqual(await here(), ['0000000001']);
});

test('結び付けた記録は一人として数え、どちらの接種歴も読む。分ければ、もとに戻る', async () => {
  await insertTestPeople(base.db, base.lgCode, [{ addresseeNumber: '0000000005' }, { addresseeNumber: '0000000006' }]);
  const feed = textFeed('history.csv', [historyHeader, '0000000006,27,1,20260615,,A,03,,,,']);
  await importHistory(context, feed, { asOf });
  const apart = await runForecast(context, { rules, asOf });
  const openOf = async (number: string) => (await stored()).find((row) => row.number === number);
  assert.ok((await openOf('0000000005'))?.open.includes('bcg/single'));
  const principal = (value: string) =>
    change(`UPDATE persons SET principal_id = ${value} WHERE addressee_number IN ('0000000005', '0000000006')`);
  await principal("(SELECT person_id FROM persons WHERE addressee_number = '0000000005')");
  const linked = await runForecast(context, { rules, asOf });
  assert.equal(linked.people, apart.people - 1);
  assert.equal((await openOf('0000000005'))?.open.includes('bcg/single'), false);
  assert.equal((await openOf('0000000006'))?.is_here, false);
  assert.equal((await runForecast(context, { rules, asOf })).judged, 0);
  await principal('NULL');
  await change('UPDATE ledger_heads SET version = version + 1');
  await change("UPDATE persons SET version = version + 1 WHERE addressee_number LIKE '000000000_'");
  assert.deepEqual((await runForecast(context, { rules, asOf })).people, apart.people);
  assert.ok((await openOf('0000000005'))?.open.includes('bcg/single'));
});

test('大勢は何本もの筋で計算し、一人ずつの判定と同じ答えになる', { timeout: 120_000 }, async () => {
  await change(
    `INSERT INTO persons (lg_code, addressee_number, version, name, kana, born_on, birth_date_precision, sex,
       became_resident_on, is_protected, is_non_registered, is_foreigner, is_cancelled, kana_key, name_key, search_keys,
       search_tokens, feed_digest, updated_at)
     SELECT '134996', 'M' || n, 1, '試験', 'シケン', DATE '2026-11-01' - n * 2, 'day',
       CASE n % 2 WHEN 0 THEN 'male' ELSE 'female' END, NULL, false, false, false, false, '', '', '', '{}', '', now()
     FROM generate_series(1, 13000) n`,
  );
  const result = await runForecast(context, { rules, asOf });
  assert.ok(result.judged >= 13_000);
  const many = (await stored()).filter(({ number }) => number.startsWith('M'));
  assert.equal(many.length, 13_000);
  for (const row of many.filter((_, i) => i % 97 === 0)) {
    const n = Number(row.number.slice(1));
    const bornOn = addDays(getDay(2026, 11, 1), -n * 2);
    const stages = judge(rules, {
      bornOn,
      sex: n % 2 === 0 ? 'male' : 'female',
      asOf,
      facts: [],
      doses: [],
    }).programmes;
    const named = (status: string) =>
      stages.filter((stage) => stage.status === status).map(({ programme, stage }) => `${programme}/${stage}`);
    assert.deepEqual(row.open, [...named('due'), ...named('overdue')], row.number);
  }
});

test('二つの計算が同時に動いても、どちらも終わり、一人一行で同じ答えになる', { timeout: 120_000 }, async () => {
  const before = await stored();
  const answersOf = (rows: readonly Stored[]) => rows.map((row) => ({ ...row, computed_at: null }));
  await change('DELETE FROM person_forecasts WHERE person_id % 3 = 0');
  await change("UPDATE persons SET phone = '1', version = version + 1 WHERE person_id % 5 = 0");
  const [one, other] = await Promise.all([
    runForecast(context, { rules, asOf }),
    runForecast(context, { rules, asOf }),
  ]);
  assert.deepEqual([one.people, one.due, one.overdue], [other.people, other.due, other.overdue]);
  assert.deepEqual(answersOf(await stored()), answersOf(before));
});

test('止められた計算は、済んだところから続く', { timeout: 120_000 }, async () => {
  await change('DELETE FROM person_forecasts');
  const stopped = {
    ...context,
    onProgress: () => {
      throw new RunStopped('asked to stop');
    },
  };
  await assert.rejects(runForecast(stopped, { rules, asOf }), RunStopped);
  const kept = (await stored()).length;
  assert.ok(kept >= 4000 && kept < 13_000, `${kept} were kept`);
  const rest = await runForecast(context, { rules, asOf });
  assert.equal(rest.judged, (await stored()).length - kept);
});
