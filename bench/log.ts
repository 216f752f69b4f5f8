import type { Client } from 'pg';
import { type ActFilter, listActKinds, listActs, listActsForPerson } from '#common-base/audit';
import { type Day, formatIsoDay, type PersonId, type StaffId } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { type Tx, withMunicipality } from '#platform/postgres';
import type { Bench, Figure } from './bench.ts';
import type { Stage } from './stage.ts';

const staffCount = 500;
const questions = 40;
const aimMs = 1000;
/** The log of an office lies in partitions by month; those of this and the coming months exist. */
const days = 700;

const bench: Bench = {
  title: '監査ログの検索 (月ごとの区画、封印の表を除く)',
  async run(stage) {
    const acts = stage.rows ?? (stage.isLarge ? 50_000_000 : 2_000_000);
    const people = acts / 50;
    await writeLog(stage, acts, people);
    const data = `${acts.toLocaleString('ja-JP')} 件、${days} 日、職員 ${staffCount} 人、対象者 ${people.toLocaleString('ja-JP')} 人`;
    const figures: Figure[] = [];
    for (const [what, ask] of Object.entries(asksOf(stage, people))) {
      stage.tell(what);
      figures.push({
        what: `${what} (95%)`,
        data,
        value: await measure(stage, ask),
        unit: 'ms',
        aim: { atMost: aimMs },
      });
    }
    return figures;
  },
};

export default bench;

type Ask = (tx: Tx, i: number) => Promise<unknown>;

function asksOf(stage: Stage, people: number): Readonly<Record<string, Ask>> {
  const today = todayInTokyo(stage.context.clock);
  const dayOf = (i: number): string => formatIsoDay((today + ((i * 37) % (days - 40))) as Day);
  const staffOf = (i: number): StaffId => (((i * 13) % staffCount) + 1) as StaffId;
  const personOf = (i: number): PersonId => (((i * 7919) % people) + 1) as PersonId;
  const list =
    (filterOf: (i: number) => ActFilter): Ask =>
    async (tx, i) =>
      await listActs(tx, filterOf(i));
  return {
    新しい順の最初の一枚: list(() => ({})),
    職員で: list((i) => ({ staffId: staffOf(i) })),
    職員と一日で: list((i) => ({ staffId: staffOf(i), recordedFrom: dayOf(i), recordedTo: dayOf(i) })),
    行為で: list((i) => ({ act: `room${String.fromCharCode(97 + (i % 20))}.viewed` })),
    行為と一月で: list((i) => ({
      act: `room${String.fromCharCode(97 + (i % 20))}.viewed`,
      recordedFrom: dayOf(i),
      recordedTo: dayOf(i + 1),
    })),
    一日だけで: list((i) => ({ recordedFrom: dayOf(i), recordedTo: dayOf(i) })),
    一年だけで: list((i) => ({ recordedFrom: formatIsoDay((today + (i % 300)) as Day), recordedTo: dayOf(i + 365) })),
    一年の中の職員と行為で: list((i) => ({
      staffId: staffOf(i),
      act: `room${String.fromCharCode(97 + ((i * 13) % 20))}.viewed`,
      recordedFrom: formatIsoDay(today),
      recordedTo: formatIsoDay((today + 365) as Day),
    })),
    ある人の記録を一月のあいだにだれが見たか: list((i) => ({
      personId: personOf(i),
      recordedFrom: dayOf(i),
      recordedTo: formatIsoDay((today + ((i * 37) % (days - 40)) + 30) as Day),
    })),
    拒否だけ: list(() => ({ outcome: 'refused' })),
    ある人の記録をだれが見たか: async (tx, i) => await listActsForPerson(tx, personOf(i)),
    ある人の記録をその職員が見たか: list((i) => ({ personId: personOf(i), staffId: staffOf(i) })),
    行為の種類の一覧: async (tx) => await listActKinds(tx),
  };
}

async function measure(stage: Stage, ask: Ask): Promise<number> {
  const took: number[] = [];
  for (let i = 0; i < questions; i += 1) {
    const start = performance.now();
    await withMunicipality(stage.context.db, stage.lgCode, async (tx) => await ask(tx, i));
    took.push(performance.now() - start);
  }
  return took.toSorted((a, b) => a - b)[Math.floor(questions * 0.95)] ?? 0;
}

/**
 * A log as years of work leave it, written by the owner in one go; its rows carry no seals. The indexes beside the keys are
 * built afterwards: row by row they would take most of the time.
 */
async function writeLog(stage: Stage, acts: number, people: number): Promise<void> {
  await stage.asOwner(async (client) => {
    await client.query("SELECT set_config('sesshu.lg_code', $1, false)", [stage.lgCode]);
    const { rows } = await client.query<{ acts: number }>('SELECT count(*) AS acts FROM audit_persons');
    if (Number(rows[0]?.acts) >= people) return stage.tell('前に作った記録を使います');
    stage.tell(`${acts.toLocaleString('ja-JP')} 件の記録を作っています`);
    await client.query("SET synchronous_commit = off; SET maintenance_work_mem = '512MB'");
    const indexes = await dropIndexes(client);
    await client.query(
      `INSERT INTO audit_persons (lg_code, person_id, salt, person_ref)
       SELECT $1, i, gen_random_uuid(), md5($1 || i)::uuid FROM generate_series(1, $2::int) i`,
      [stage.lgCode, people],
    );
    const start = todayInTokyo(stage.context.clock);
    for (let from = 0; from < acts; from += 1_000_000) {
      const to = Math.min(from + 1_000_000, acts);
      const values = [stage.lgCode, formatIsoDay(start), from, to, days, staffCount, acts];
      await client.query(insertActs, values);
      await client.query(insertPersons, [stage.lgCode, formatIsoDay(start), from, to, days, people, acts]);
      if (to % 5_000_000 === 0) stage.tell(`${to.toLocaleString('ja-JP')} 件まで`);
    }
    for (const definition of indexes) {
      stage.tell(definition);
      await client.query(definition);
    }
    await client.query('VACUUM (ANALYZE) audit_acts, audit_act_persons, audit_persons');
  });
}

/** Takes the indexes of the log away that are no key; answers how they are made again. */
async function dropIndexes(client: Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition FROM pg_index i
     WHERE i.indrelid IN ('audit_acts'::regclass, 'audit_act_persons'::regclass) AND NOT i.indisunique`,
  );
  for (const { name } of rows) await client.query(`DROP INDEX ${name}`);
  return rows.map(({ definition }) => definition.replace(' ON ONLY ', ' ON '));
}

/** Numbers below the sequence's own, which begins with the acts of the stage itself. */
const insertActs = `
  INSERT INTO audit_acts (lg_code, recorded_on, act_id, recorded_at, act, outcome, staff_id, via, items, details, salt,
    personal_commitment, staff_name, from_address, reason)
  SELECT $1, $2::date + (i::bigint * $5::int / $7::bigint)::int, 1000000 + i,
    ($2::date + (i::bigint * $5::int / $7::bigint)::int) + interval '10 hours', 'room' || chr(97 + i % 20) || '.viewed',
    CASE WHEN i % 5000 = 0 THEN 'refused' ELSE 'done' END, i % $6::int + 1, 'web', '{}', '{}', gen_random_uuid(), '\\x00',
    '職員', '10.0.0.1', '窓口での相談'
  FROM generate_series($3::int, $4::int - 1) i`;

const insertPersons = `
  INSERT INTO audit_act_persons (lg_code, recorded_on, act_id, person_ref)
  SELECT $1, $2::date + (i::bigint * $5::int / $7::bigint)::int, 1000000 + i, md5($1 || (i::bigint * 31 % $6::int + 1))::uuid
  FROM generate_series($3::int, $4::int - 1) i`;
