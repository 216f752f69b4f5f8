import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Conflict, UnreadableInput } from '#kernel';
import { type TestDatabase, testDatabase } from '../../../../tests/support/database.ts';
import { withClient } from '../connect.ts';
import { getOwnerUrl, upgradeDatabase } from '../open-installation.ts';
import { withMunicipality } from '../with-municipality.ts';
import { backupDatabase } from './backup-database.ts';
import { restoreDatabase } from './restore-database.ts';

const createdAt = new Date('2026-11-21T09:00:00Z');

describe('バックアップと復元', () => {
  let t: TestDatabase;
  let folder: string;
  before(async () => {
    t = await testDatabase();
    folder = await mkdtemp(join(tmpdir(), 'sesshu-backup-'));
    for (const lgCode of [t.lgCode, t.other]) {
      await withMunicipality(t.db, lgCode, async (tx) => {
        await tx.client.query(
          `INSERT INTO settings_documents (lg_code, path, version, digest, content)
           SELECT $1, 'p/' || n, 1, 'd', E'改行\\nタブ\\t逆斜線\\\\ 𠮷 ' || n FROM generate_series(1, 500) AS n`,
          [lgCode],
        );
        const { rows } = await tx.client.query<{ id: number }>("SELECT nextval('file_ids') AS id");
        const id = rows[0]?.id;
        await tx.client.query('INSERT INTO file_chunks VALUES ($1, $2, 0, $3)', [
          lgCode,
          id,
          Buffer.from([0, 1, 255, 92]),
        ]);
        await tx.client.query("INSERT INTO files VALUES ($1, $2, 'a', 'b', 4, 'x')", [lgCode, id]);
      });
    }
  });
  after(async () => {
    await t.close();
    await rm(folder, { recursive: true, force: true });
  });

  const restoreTo = async (from: string, work: (target: TestDatabase) => Promise<void>, isMigrated = false) => {
    const target = await testDatabase({ isEmpty: true });
    try {
      if (isMigrated) await upgradeDatabase(target.db);
      await restoreDatabase(target.db, from);
      await work(target);
    } finally {
      await target.close();
    }
  };

  test('復元したものからもう一度取ると、同じ要約値になる', async () => {
    const first = await backupDatabase(t.db, join(folder, 'one'), { createdAt });
    assert.ok(first.rows > 1000 && first.tables > 5);
    assert.equal((await stat(join(folder, 'one', 'manifest.json'))).mode & 0o777, 0o600);
    for (const isMigrated of [false, true]) {
      await restoreTo(
        join(folder, 'one'),
        async (target) => {
          const again = await backupDatabase(target.db, join(folder, `two-${isMigrated}`), { createdAt });
          assert.deepEqual(again, first);
          const { rows } = await withMunicipality(target.db, t.lgCode, (tx) =>
            tx.client.query("SELECT content FROM settings_documents WHERE path = 'p/7'"),
          );
          assert.deepEqual(rows, [{ content: '改行\nタブ\t逆斜線\\ 𠮷 7' }]);
        },
        isMigrated,
      );
    }
  });

  test('復元したデータベースは、権限も連番も外部キーも元と同じに働く', async () => {
    await backupDatabase(t.db, join(folder, 'works'), { createdAt });
    const before = await withClient(getOwnerUrl(t.db), listRights);
    await restoreTo(join(folder, 'works'), async (target) => {
      assert.deepEqual(await withClient(getOwnerUrl(target.db), listRights), before);
      assert.equal((await target.db.app.query('SELECT * FROM municipalities')).rowCount, 0);
      await assert.rejects(
        withMunicipality(target.db, t.lgCode, (tx) => tx.client.query('DELETE FROM settings_documents')),
        { code: '42501' },
      );
      const { rows } = await withMunicipality(target.db, t.lgCode, (tx) =>
        tx.client.query<{ id: number }>("SELECT nextval('file_ids') AS id"),
      );
      assert.equal(rows[0]?.id, 3);
      await assert.rejects(
        withMunicipality(target.db, t.lgCode, (tx) =>
          tx.client.query("INSERT INTO file_chunks VALUES ($1, 77, 0, '')", [t.lgCode]),
        ),
        { code: '23503' },
      );
    });
  });

  test('今日の移行が作らない月の区画にある行も戻る', async () => {
    await withClient(getOwnerUrl(t.db), (client) =>
      client.query(`
        CREATE TABLE audit_sealed_acts_202001 (LIKE audit_sealed_acts INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
        ALTER TABLE audit_sealed_acts_202001 ENABLE ROW LEVEL SECURITY;
        ALTER TABLE audit_sealed_acts ATTACH PARTITION audit_sealed_acts_202001
          FOR VALUES FROM ('2020-01-01') TO ('2020-02-01');
        INSERT INTO audit_sealed_acts VALUES ('134996', '2020-01-31', 7, 1, 0, '\\xff')`),
    );
    await backupDatabase(t.db, join(folder, 'months'), { createdAt });
    await restoreTo(join(folder, 'months'), async (target) => {
      const seen = await withMunicipality(target.db, t.lgCode, (tx) =>
        tx.client.query("SELECT act_id FROM audit_sealed_acts WHERE recorded_on = '2020-01-31'"),
      );
      assert.deepEqual(seen.rows, [{ act_id: 7 }]);
      await assert.rejects(
        withMunicipality(target.db, t.lgCode, (tx) => tx.client.query('SELECT * FROM audit_sealed_acts_202001')),
        { code: '42501' },
      );
    });
  });

  test('途中で失敗したバックアップは、何も残さない', async () => {
    const target = join(folder, 'broken');
    const onProgress = () => {
      throw new Error('disk full');
    };
    await assert.rejects(backupDatabase(t.db, target, { createdAt, onProgress }), /disk full/u);
    assert.deepEqual(await readdir(target), []);
  });

  test('データのある所、空でないフォルダーには行わない', async () => {
    const source = join(folder, 'guard');
    await backupDatabase(t.db, source, { createdAt });
    await assert.rejects(restoreDatabase(t.db, source), Conflict);
    await assert.rejects(backupDatabase(t.db, source, { createdAt }), UnreadableInput);
  });

  test('一文字でも壊れたものは、何も変えずに断る', async () => {
    const source = join(folder, 'damaged');
    await backupDatabase(t.db, source, { createdAt });
    const target = await testDatabase({ isEmpty: true });
    const attempt = () => assert.rejects(restoreDatabase(target.db, source), UnreadableInput);
    const spoil = async (name: string, change: (bytes: Buffer) => Buffer) => {
      const path = join(source, name);
      const bytes = await readFile(path);
      await writeFile(path, change(bytes));
      await attempt();
      await writeFile(path, bytes);
    };
    try {
      await spoil('manifest.json', (bytes) =>
        Buffer.from(bytes.toString().replace('"lastValue": 2', '"lastValue": 1')),
      );
      await spoil('manifest.json', (bytes) => bytes.subarray(0, 100));
      await spoil('manifest.sha256', () => Buffer.from('x'));
      const table = 'tables/public.settings_documents.copy.zst';
      await spoil(table, (bytes) => bytes.subarray(0, -5));
      await spoil(table, (bytes) => {
        const changed = Buffer.from(bytes);
        changed[200] = (changed[200] ?? 0) ^ 1;
        return changed;
      });
      await rm(join(source, 'tables/public.files.copy.zst'));
      await attempt();
      const { rows } = await target.db.app.query("SELECT to_regclass('public.municipalities') AS t");
      assert.deepEqual(rows, [{ t: null }]);
    } finally {
      await target.close();
    }
  });

  test('所有者の接続がなければ断る', async () => {
    await assert.rejects(
      backupDatabase({ ...t.db, ownerUrl: null }, join(folder, 'no'), { createdAt }),
      /SESSHU_OWNER_URL/u,
    );
  });
});

/** Every grant, policy, constraint and index of the schema as text. */
async function listRights(client: { query(sql: string): Promise<{ rows: unknown[] }> }): Promise<unknown[]> {
  const { rows } = await client.query(`
    SELECT c.relname AS name, c.relacl::text AS rights, c.relrowsecurity AS secured FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace
    UNION ALL SELECT p.polname, pg_get_expr(p.polqual, p.polrelid), true FROM pg_policy p
    UNION ALL SELECT k.conrelid::regclass::text || k.conname, pg_get_constraintdef(k.oid), true FROM pg_constraint k
     WHERE k.connamespace = 'public'::regnamespace
    UNION ALL SELECT f.proname, f.proacl::text, f.prosecdef FROM pg_proc f
     WHERE f.pronamespace = 'public'::regnamespace AND f.proowner = 'sesshu_owner'::regrole
    UNION ALL SELECT n.nspname, n.nspacl::text, true FROM pg_namespace n
     WHERE n.nspname IN ('public', 'vault')
     ORDER BY 1, 2`);
  return rows;
}
