import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import type { LgCode, PersonId, StaffId } from '#kernel';
import { type Database, withClient, withMunicipality } from '#platform/postgres';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { checkpointPath, readCheckpointCopy, writeCheckpoint } from './checkpoint.ts';
import { erasePersonTraces } from './erase-traces.ts';
import { listActs, listActsForPerson, listPersonsOfAct } from './list-acts.ts';
import { recordAct, recordActs, recordPersonsTouched } from './record-act.ts';
import { listUnsealedMunicipalities, sealAudit } from './seal-audit.ts';
import type { ActBy, AuditProblem } from './types.ts';
import { verifyAudit } from './verify-audit.ts';

let server: TestDatabase;
let db: Database;
let home: string;
/** Every test works in a municipality of its own, on one database. */
let lgCode: LgCode;
let municipalities = 200_000;

before(async () => {
  server = await testDatabase();
  db = server.db;
  home = await mkdtemp(join(tmpdir(), 'sesshu-audit-'));
});
beforeEach(async () => {
  municipalities += 1;
  lgCode = String(municipalities) as LgCode;
  const insert = `INSERT INTO municipalities (lg_code, name, prefecture, is_demonstration)
    VALUES ($1, '試験市', '東京都', true)`;
  await withMunicipality(db, lgCode, async (tx) => await tx.client.query(insert, [lgCode]));
});
after(async () => {
  await rm(home, { recursive: true, force: true });
  await server.close();
});

const person = (id: number): PersonId => id as PersonId;

function by(overrides: Partial<ActBy> = {}): ActBy {
  const usual = { staffId: 1 as StaffId, staffName: '山田 花子', from: '10.1.2.3', osUser: null, reason: '窓口対応' };
  return { lgCode, via: 'web', ...usual, ...overrides };
}

async function view(personId: number, overrides: Partial<ActBy> = {}): Promise<number> {
  return await withMunicipality(
    db,
    lgCode,
    async (tx) => await recordAct(tx, by(overrides), { act: 'persons.viewed', personIds: [person(personId)] }),
  );
}

async function asOwner(sql: string): Promise<void> {
  const url = db.ownerUrl;
  assert.ok(url !== null, 'the test database has an owner');
  await withClient(url, async (client) => await client.query(sql));
}

/** Six views under three seals with a checkpoint; then the tampering, in which #1 … #6 stand for the acts. */
async function problemAfter(tampering: string): Promise<AuditProblem | 'ok'> {
  const ids: number[] = [];
  for (let i = 1; i <= 3; i += 1) {
    ids.push(await view(i), await view(i + 10));
    await sealAudit(db, lgCode);
  }
  await writeCheckpoint(db, lgCode, { home, at: new Date() });
  const sql = tampering
    .replaceAll(/#(\d)/gu, (_, n: string) => String(ids[Number(n) - 1]))
    .replaceAll('WHERE', `WHERE lg_code = '${lgCode}' AND`);
  await asOwner(sql);
  const { chain } = await verifyAudit(db, lgCode, { home });
  return chain === 'ok' ? 'ok' : chain.firstBadRow.problem;
}

test('行為と対象者は同じ取引で書かれ、封印と検証が通る', async () => {
  await view(1);
  await view(1, { staffId: 2 as StaffId, staffName: '鈴木 一郎' });
  await view(2);
  const result = await verifyAudit(db, lgCode, { home });
  assert.deepEqual(result, { auditRows: 3, seals: 1, checkpoints: 0, chain: 'ok' });
  await withMunicipality(db, lgCode, async (tx) => {
    const page = await listActsForPerson(tx, person(1));
    assert.deepEqual(
      page.acts.map((act) => [act.act, act.staffName, act.reason, act.personCount]),
      [
        ['persons.viewed', '鈴木 一郎', '窓口対応', 1],
        ['persons.viewed', '山田 花子', '窓口対応', 1],
      ],
    );
  });
});

test('長さで切られて半分になった文字があっても行為は残り、検証も通る', async () => {
  const half = '𠮷'.slice(0, 1);
  await view(901, { reason: `窓口対応${half}` });
  assert.equal((await verifyAudit(db, lgCode, { home })).chain, 'ok');
  await withMunicipality(db, lgCode, async (tx) => {
    const page = await listActsForPerson(tx, person(901));
    assert.deepEqual(
      page.acts.map((act) => act.reason),
      ['窓口対応\uFFFD'],
    );
  });
});

test('取り消された取引は行為も対象者も残さない', async () => {
  const failing = withMunicipality(db, lgCode, async (tx) => {
    await recordAct(tx, by(), { act: 'persons.viewed', personIds: [person(1)] });
    throw new Error('rolled back');
  });
  await assert.rejects(failing, /rolled back/u);
  assert.equal((await verifyAudit(db, lgCode, { home: null })).auditRows, 0);
});

const tampering: readonly (readonly [string, string, AuditProblem])[] = [
  ['行為を変える', `UPDATE audit_acts SET act = 'persons.changed' WHERE act_id = #3`, 'actChanged'],
  ['結果を変える', `UPDATE audit_acts SET outcome = 'refused' WHERE act_id = #3`, 'actChanged'],
  ['職員氏名を変える', `UPDATE audit_acts SET staff_name = '別人' WHERE act_id = #3`, 'personalFieldsChanged'],
  ['処理事由を変える', `UPDATE audit_acts SET reason = '別の理由' WHERE act_id = #4`, 'personalFieldsChanged'],
  ['行を消す', 'DELETE FROM audit_acts WHERE act_id = #3', 'actRemoved'],
  [
    '行と封印の対応を消す',
    'DELETE FROM audit_acts WHERE act_id = #4; DELETE FROM audit_sealed_acts WHERE act_id = #4',
    'actRemoved',
  ],
  ['対象者を別人にする', 'UPDATE audit_act_persons SET person_ref = gen_random_uuid() WHERE act_id = #3', 'actChanged'],
  ['対象者を消す', 'DELETE FROM audit_act_persons WHERE act_id = #5', 'actChanged'],
  [
    '対応表の人を入れ替える',
    'UPDATE audit_persons SET person_id = person_id + 1000 WHERE person_id = 2',
    'personUnknown',
  ],
  ['対応表から記録なしに消す', 'DELETE FROM audit_persons WHERE person_id = 2', 'personUnknown'],
  [
    '封印の中の順番を入れ替える',
    'UPDATE audit_sealed_acts SET leaf_no = 1 - leaf_no WHERE seal_no = 2',
    'actsReordered',
  ],
  [
    '行と葉の値を合わせて変える',
    `UPDATE audit_sealed_acts SET leaf = sha256('x'::bytea) WHERE act_id = #3`,
    'actChanged',
  ],
  [
    '封印を通さずに加える',
    `INSERT INTO audit_acts (lg_code, recorded_on, recorded_at, act, outcome, staff_id, via, items, details, salt,
       personal_commitment, staff_name)
     SELECT lg_code, recorded_on, recorded_at, act, outcome, staff_id, via, items, details, salt, personal_commitment,
       staff_name FROM audit_acts WHERE act_id = #3`,
    'actInserted',
  ],
  ['封印を変える', `UPDATE audit_seals SET root = sha256('x'::bytea) WHERE seal_no = 2`, 'sealChanged'],
  ['途中の封印を消す', 'DELETE FROM audit_seals WHERE seal_no = 2', 'sealRemoved'],
  [
    '確認点より後ろをまとめて消す',
    `DELETE FROM audit_act_persons WHERE act_id >= #5; DELETE FROM audit_acts WHERE act_id >= #5;
     DELETE FROM audit_sealed_acts WHERE seal_no = 3; DELETE FROM audit_seals WHERE seal_no = 3`,
    'tailCut',
  ],
];

for (const [what, sql, problem] of tampering) {
  test(`改ざんが見つかる: ${what}`, async () => {
    assert.equal(await problemAfter(sql), problem);
  });
}

test('末尾と確認点がいっしょに切り取られても、別の機械の控えと比べれば見つかる', async () => {
  const at = new Date('2026-11-21T01:00:00Z');
  await view(1);
  await sealAudit(db, lgCode);
  await writeCheckpoint(db, lgCode, { home, at });
  const path = checkpointPath(home, lgCode);
  const firstLine = await readFile(path, 'utf8');
  const cut = await view(2);
  await sealAudit(db, lgCode);
  await writeCheckpoint(db, lgCode, { home, at });
  const outside = join(home, 'copy-elsewhere.jsonl');
  await writeFile(outside, await readFile(path, 'utf8'));
  const copy = await readCheckpointCopy(outside, lgCode);
  assert.equal(copy.length, 2);
  assert.equal((await verifyAudit(db, lgCode, { home, copy })).chain, 'ok');

  const { ownerUrl } = db;
  assert.ok(ownerUrl !== null);
  await withClient(ownerUrl, async (client) => {
    await client.query(`SELECT set_config('sesshu.lg_code', $1, false)`, [lgCode]);
    await client.query(`DELETE FROM audit_act_persons WHERE lg_code = '${lgCode}' AND act_id >= ${cut}`);
    await client.query(`DELETE FROM audit_acts WHERE lg_code = '${lgCode}' AND act_id >= ${cut}`);
    await client.query(`DELETE FROM audit_sealed_acts WHERE lg_code = '${lgCode}' AND act_id >= ${cut}`);
    await client.query(`DELETE FROM audit_seals WHERE lg_code = '${lgCode}' AND seal_no = 2`);
  });
  await writeFile(path, firstLine);
  assert.equal((await verifyAudit(db, lgCode, { home })).chain, 'ok', 'the machine itself can no longer tell');
  const { chain } = await verifyAudit(db, lgCode, { home, copy });
  assert.ok(chain !== 'ok');
  assert.deepEqual([chain.firstBadRow.problem, chain.firstBadRow.sealNo], ['tailCut', 2]);
});

test('控えが読めない、別の自治体のもの、壊れたものなら、そう言って断る', async () => {
  const missing = join(home, 'none.jsonl');
  await assert.rejects(readCheckpointCopy(missing, lgCode), /none\.jsonl を開けません/u);
  await view(1);
  await sealAudit(db, lgCode);
  await writeCheckpoint(db, lgCode, { home, at: new Date('2026-11-21T01:00:00Z') });
  await assert.rejects(
    readCheckpointCopy(checkpointPath(home, lgCode), '011002' as LgCode),
    /011002 の確認点がありません/u,
  );
  const broken = join(home, 'broken.jsonl');
  await writeFile(broken, '{"lgCode": 1, これは}\n');
  await assert.rejects(readCheckpointCopy(broken, lgCode), /確認点がありません/u);
});

test('控えの署名がこの機械の鍵のものでなければ見つかる', async () => {
  await view(1);
  await sealAudit(db, lgCode);
  const written = await writeCheckpoint(db, lgCode, { home, at: new Date('2026-11-21T01:00:00Z') });
  assert.ok(written !== undefined);
  const { chain } = await verifyAudit(db, lgCode, { home, copy: [{ ...written, actCount: 99 }] });
  assert.ok(chain !== 'ok');
  assert.equal(chain.firstBadRow.problem, 'checkpointForged');
});

test('最初の悪い行の番号が示される', async () => {
  await problemAfter(`UPDATE audit_acts SET items = '{x}' WHERE act_id IN (#4, #6)`);
  const select = 'SELECT act_id FROM audit_acts ORDER BY act_id';
  const { rows } = await withMunicipality(db, lgCode, async (tx) => await tx.client.query(select));
  const { chain } = await verifyAudit(db, lgCode, { home });
  assert.ok(chain !== 'ok');
  assert.equal(chain.firstBadRow.actId, rows[3]?.act_id);
  assert.equal(chain.firstBadRow.sealNo, 2);
  assert.match(chain.firstBadRow.message, /書き換え/u);
});

test('遅れて確定した取引も、番号の順によらず封印される', async () => {
  const isOpen = Promise.withResolvers<undefined>();
  const mayEnd = Promise.withResolvers<undefined>();
  const late = withMunicipality(db, lgCode, async (tx) => {
    const actId = await recordAct(tx, by(), { act: 'persons.changed', personIds: [person(5)] });
    isOpen.resolve(undefined);
    await mayEnd.promise;
    return actId;
  });
  await isOpen.promise;
  const later = await view(6);
  assert.equal(await sealAudit(db, lgCode), 1);
  mayEnd.resolve(undefined);
  assert.ok((await late) < later, 'the late one has the smaller number');
  assert.ok((await listUnsealedMunicipalities(db)).includes(lgCode));
  assert.equal(await sealAudit(db, lgCode), 1);
  assert.deepEqual(await verifyAudit(db, lgCode, { home }), {
    auditRows: 2,
    seals: 2,
    checkpoints: 0,
    chain: 'ok',
  });
});

test('何人で封印しても鎖は一本で、抜けも重なりもない', async () => {
  const writing = Array.from({ length: 40 }, async (_, i) => await view(i));
  const sealing = Array.from({ length: 8 }, async (_, i) => await sealAudit(db, lgCode, { isPatient: i % 2 === 0 }));
  await Promise.all([...writing, ...sealing]);
  const result = await verifyAudit(db, lgCode, { home });
  assert.equal(result.auditRows, 40);
  assert.equal(result.chain, 'ok');
});

test('消去のあとも鎖は確かめられ、その人の足跡はたどれない', async () => {
  const actId = await view(1);
  await view(2);
  await sealAudit(db, lgCode);
  const erased = await withMunicipality(db, lgCode, async (tx) => await erasePersonTraces(tx, by(), [person(1)]), {
    role: 'disposal',
  });
  assert.equal(erased, 1);
  assert.equal((await verifyAudit(db, lgCode, { home })).chain, 'ok');
  await withMunicipality(db, lgCode, async (tx) => {
    assert.equal((await listActsForPerson(tx, person(1))).acts.length, 0);
    const act = (await listActs(tx, { act: 'persons.viewed' })).acts.find((each) => each.actId === actId);
    assert.equal(act?.personCount, 1);
    assert.deepEqual(await listPersonsOfAct(tx, act?.recordedOn ?? '', actId), []);
  });
  await withMunicipality(
    db,
    lgCode,
    async (tx) =>
      await tx.client.query(
        `UPDATE audit_acts SET salt = NULL, staff_name = NULL, from_address = NULL, os_user = NULL, reason = NULL
           WHERE lg_code = $1 AND act_id = $2`,
        [lgCode, actId],
      ),
    { role: 'disposal' },
  );
  assert.equal((await verifyAudit(db, lgCode, { home })).chain, 'ok');
});

test('確認点は署名され、鍵は本人だけが読め、書き換えた行も抜いた行も見つかる', async () => {
  const at = new Date('2026-11-21T00:00:00Z');
  for (let i = 1; i <= 3; i += 1) {
    await view(i);
    await sealAudit(db, lgCode);
    await writeCheckpoint(db, lgCode, { home, at });
  }
  assert.equal(await writeCheckpoint(db, lgCode, { home, at }), undefined, 'nothing new, nothing written');
  assert.equal((await stat(join(home, 'keys', 'audit-checkpoint.key.pem'))).mode & 0o777, 0o600);
  const path = checkpointPath(home, lgCode);
  const text = await readFile(path, 'utf8');
  const problemOf = async (changed: string): Promise<string> => {
    await writeFile(path, changed);
    const { chain } = await verifyAudit(db, lgCode, { home });
    return chain === 'ok' ? 'ok' : chain.firstBadRow.problem;
  };
  assert.equal(await problemOf(text), 'ok');
  assert.equal(await problemOf(text.replace('"sealNo":2', '"sealNo":1')), 'checkpointForged');
  assert.equal(await problemOf(text.split('\n').toSpliced(1, 1).join('\n')), 'checkpointForged');
  assert.equal(await problemOf(`${text}{"lgCode":"1349`), 'ok', 'a line torn by a crash is no forgery');
  await view(9);
  await sealAudit(db, lgCode);
  await writeCheckpoint(db, lgCode, { home, at });
  assert.equal((await verifyAudit(db, lgCode, { home })).checkpoints, 4);
  assert.equal((await verifyAudit(db, lgCode, { home })).chain, 'ok');
});

test('アプリの権限では、記録を変えることも消すことも、区画を直接読むこともできない', async () => {
  await view(1);
  await sealAudit(db, lgCode);
  const month = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 7).replace('-', '');
  const forbidden = [
    "UPDATE audit_acts SET act = 'x.y'",
    'DELETE FROM audit_acts',
    'UPDATE audit_act_persons SET person_ref = gen_random_uuid()',
    'DELETE FROM audit_act_persons',
    'DELETE FROM audit_persons',
    'UPDATE audit_persons SET person_id = 9',
    'UPDATE audit_seals SET act_count = 9',
    'DELETE FROM audit_seals',
    'DELETE FROM audit_sealed_acts',
    'TRUNCATE audit_acts',
    `SELECT * FROM audit_acts_${month}`,
    `DELETE FROM audit_acts_${month}`,
    `SELECT * FROM audit_act_persons_${month}`,
    'DROP TABLE audit_acts',
  ];
  for (const sql of forbidden) {
    const attempt = withMunicipality(db, lgCode, async (tx) => await tx.client.query(sql));
    await assert.rejects(attempt, { code: '42501' }, sql);
  }
  for (const role of ['vault', 'disposal'] as const) {
    const attempt = withMunicipality(db, lgCode, async (tx) => await tx.client.query('SELECT reason FROM audit_acts'), {
      role,
    });
    await assert.rejects(attempt, { code: '42501' }, role);
  }
  const attempt = withMunicipality(db, lgCode, async (tx) => await tx.client.query('SELECT 1 FROM audit_acts'), {
    role: 'read',
  });
  await assert.rejects(attempt, { code: '42501' });
});

test('まとめて書いた行為は、それぞれが自分の対象者だけを指す。ログが初めて知る人も、二度名指された人も一度だけ残る', async () => {
  await view(31);
  const acts = [[31], [32, 33], [], [33, 31, 33]].map((ids, n) => ({
    by: by({ staffId: (n + 1) as StaffId }),
    act: { act: 'persons.viewed', personIds: ids.map(person), details: { n } },
  }));
  await withMunicipality(db, lgCode, async (tx) => await recordActs(tx, acts));
  await withMunicipality(db, lgCode, async (tx) => {
    const written = (await listActs(tx, {})).acts.filter(({ details }) => 'n' in details);
    const people = await Promise.all(
      written.map(async (act) => {
        const ids = await listPersonsOfAct(tx, act.recordedOn, act.actId, 10);
        return [act.details['n'], act.staffId, act.personCount, ...ids.toSorted((a, b) => a - b)];
      }),
    );
    const wanted = [
      [0, 1, 1, 31],
      [1, 2, 2, 32, 33],
      [2, 3, 0],
      [3, 4, 2, 31, 33],
    ];
    assert.deepEqual(
      people.toSorted((a, b) => Number(a[0]) - Number(b[0])),
      wanted,
    );
  });
  assert.equal((await verifyAudit(db, lgCode, { home })).chain, 'ok');
});

test('別の団体の記録は見えず、設定なしでは何も見えない', async () => {
  await view(1);
  await withMunicipality(db, server.other, async (tx) => {
    assert.deepEqual((await listActs(tx, {})).acts, []);
    await assert.rejects(recordAct(tx, by(), { act: 'persons.viewed' }), TypeError);
  });
  const { rows } = await db.app.query('SELECT 1 FROM audit_acts');
  assert.equal(rows.length, 0);
  const { rows: unsealed } = await db.app.query('SELECT 1 FROM audit_unsealed');
  assert.equal(unsealed.length, 0);
});

test('金庫の役割でも記録でき、個人番号は補足に書けない', async () => {
  const act = { act: 'numbers.viewed', personIds: [person(3)], items: ['individualNumber'] };
  await withMunicipality(db, lgCode, async (tx) => await recordAct(tx, by(), act), { role: 'vault' });
  assert.equal((await verifyAudit(db, lgCode, { home })).chain, 'ok');
  const withNumber = { act: 'numbers.viewed', details: { row: '123456789018' } };
  await assert.rejects(
    withMunicipality(db, lgCode, async (tx) => await recordAct(tx, by(), withNumber)),
    TypeError,
  );
});

test('まとめて触れた人は、重なりを除いて一人一行になる', async () => {
  const earlier = await view(7);
  await withMunicipality(db, lgCode, async (tx) => {
    const actId = await recordAct(tx, by({ via: 'cli', osUser: 'root' }), { act: 'persons.imported' });
    const select = 'SELECT generate_series(1, $1::int) AS person_id UNION ALL SELECT 7';
    assert.equal(await recordPersonsTouched(tx, actId, select, [5000]), 5000);
    assert.equal(await recordPersonsTouched(tx, actId, 'SELECT generate_series(4999, 5001) AS person_id'), 3);
    await assert.rejects(recordPersonsTouched(tx, earlier, 'SELECT 1 AS person_id'), TypeError);
    const bornNow = 'SELECT generate_series(9001, 9003) AS person_id';
    assert.equal(await recordPersonsTouched(tx, actId, bornNow, [], { areNew: true }), 3);
  });
  assert.equal((await verifyAudit(db, lgCode, { home })).chain, 'ok');
  await withMunicipality(db, lgCode, async (tx) => {
    const [imported] = (await listActs(tx, { act: 'persons.imported' })).acts;
    assert.equal(imported?.personCount, 5004);
    assert.equal((await listActsForPerson(tx, person(9002))).acts.length, 1);
    assert.equal((await listActsForPerson(tx, person(7))).acts.length, 2);
  });
});

test('検索は条件を重ねられ、古いほうへ一枚ずつめくれる', async () => {
  for (let i = 0; i < 7; i += 1) await view(i, { staffId: ((i % 2) + 1) as StaffId });
  await withMunicipality(db, lgCode, async (tx) => {
    await recordAct(tx, by(), { act: 'access.refused', outcome: 'refused' });
    const first = await listActs(tx, { act: 'persons.' }, { limit: 4 });
    const second = await listActs(tx, { act: 'persons.' }, { limit: 4, after: first.next });
    assert.equal(first.acts.length, 4);
    assert.equal(second.acts.length, 3);
    assert.equal(second.next, null);
    assert.equal(new Set([...first.acts, ...second.acts].map((act) => act.actId)).size, 7);
    assert.equal((await listActs(tx, { staffId: 2 as StaffId, act: 'persons.viewed' })).acts.length, 3);
    assert.equal((await listActs(tx, { outcome: 'refused' })).acts.length, 1);
    assert.equal((await listActs(tx, { recordedTo: '2020-01-01' })).acts.length, 0);
    assert.equal((await listActs(tx, { recordedFrom: '2020-01-01' })).acts.length, 8);
  });
});
