import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { openTestCluster } from '../../../tests/support/database.ts';
import { withClient } from './connect.ts';
import { closeLargeObjects } from './large-objects.ts';
import type { Cluster } from './open-installation.ts';

const database = `sesshu_test_lo_${randomBytes(4).toString('hex')}`;
let cluster: Cluster;

before(async () => {
  cluster = await openTestCluster();
  await cluster.createDatabase(database);
});
after(async () => {
  await withClient(cluster.adminUrl, (admin) => admin.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`));
  await cluster.release();
});

test('どの役割も、表の外（ラージオブジェクト）に何も書けず、読めない', async () => {
  for (const [role, url] of Object.entries(cluster.urls(database))) {
    for (const sql of [
      'SELECT lo_create(0)',
      "SELECT lo_from_bytea(0, 'x')",
      'SELECT lo_get(1)',
      'SELECT lo_unlink(1)',
    ]) {
      await assert.rejects(
        withClient(url, (client) => client.query(sql)),
        (error: { code?: string }) => error.code === '42501',
        `${role}: ${sql}`,
      );
    }
  }
});

test('二度目は何も変えず、管理者でない接続では何もしない', async () => {
  await cluster.createDatabase(database);
  const { owner } = cluster.urls(database);
  assert.ok(owner !== null);
  await withClient(owner, closeLargeObjects);
});
