import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { commitPersonalFields, type LeafFields, leafHash, personRef } from './leaf.ts';

const fields: LeafFields = {
  lgCode: '134996',
  recordedOn: '2026-11-21',
  actId: 7,
  recordedAt: '2026-11-20T15:00:00.123456Z',
  act: 'persons.viewed',
  outcome: 'done',
  staffId: 3,
  via: 'web',
  items: ['address'],
  details: { rows: 2, answer: 'accepted' },
  personalCommitment: Buffer.alloc(32, 9),
  personCount: 1,
  personsDigest: Buffer.alloc(32, 8),
};

test('葉の値は決まった文字列の値で、補足の並び順によらない', () => {
  const text =
    '["sesshu-audit-leaf-1","134996","2026-11-21",7,"2026-11-20T15:00:00.123456Z","persons.viewed","done",3,"web",' +
    `["address"],[["answer","accepted"],["rows",2]],"${'09'.repeat(32)}",1,"${'08'.repeat(32)}"]`;
  const expected = createHash('sha256').update(`\0${text}`).digest('hex');
  assert.equal(leafHash(fields).toString('hex'), expected);
  assert.deepEqual(leafHash({ ...fields, details: { answer: 'accepted', rows: 2 } }), leafHash(fields));
});

test('どの項目が変わっても葉の値は変わる', () => {
  const changes: Partial<LeafFields>[] = [
    { lgCode: '011002' },
    { recordedOn: '2026-11-22' },
    { actId: 8 },
    { recordedAt: '2026-11-20T15:00:00.123457Z' },
    { act: 'persons.changed' },
    { outcome: 'refused' },
    { staffId: null },
    { via: 'cli' },
    { items: ['add', 'ress'] },
    { details: { rows: 3, answer: 'accepted' } },
    { personalCommitment: Buffer.alloc(32) },
    { personCount: 2 },
    { personsDigest: null },
  ];
  const hashes = new Set([{}, ...changes].map((change) => leafHash({ ...fields, ...change }).toString('hex')));
  assert.equal(hashes.size, changes.length + 1);
});

test('約束値はソルトと4項目すべてに結び付き、区切りをずらしても同じにならない', () => {
  const personal = { staffName: '田中', from: '10.0.0.1', osUser: null, reason: '窓口' };
  const salt = '00000000-0000-4000-8000-000000000001';
  const values = [
    commitPersonalFields(salt, personal),
    commitPersonalFields('00000000-0000-4000-8000-000000000002', personal),
    commitPersonalFields(salt, { ...personal, staffName: '田中1', from: '0.0.0.1' }),
    commitPersonalFields(salt, { ...personal, reason: null }),
    commitPersonalFields(salt, { ...personal, osUser: '窓口', reason: null }),
  ].map((value) => value.toString('hex'));
  assert.equal(new Set(values).size, values.length);
});

test('仮名は人とソルトに結び付いた128ビットで、UUIDの形をしている', () => {
  const salt = '11111111-1111-4111-8111-111111111111';
  assert.match(personRef('134996', 1, salt), /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/u);
  assert.notEqual(personRef('134996', 1, salt), personRef('134996', 2, salt));
  const digest = createHash('sha256').update(`134996:1:${salt}`).digest('hex').slice(0, 32);
  assert.equal(personRef('134996', 1, salt).replaceAll('-', ''), digest);
});
