import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openTestCluster } from '../../../tests/support/database.ts';
import { withClient } from './connect.ts';
import { DatabaseTrouble } from './errors.ts';
import { findInstallationUrls } from './installation-urls.ts';
import type { Cluster } from './open-installation.ts';
import { drawPasswords, urlsForRoles } from './roles.ts';

describe('自分の PostgreSQL の接続先', () => {
  let cluster: Cluster;
  let home: string;
  const database = `sesshu_test_urls_${randomBytes(4).toString('hex')}`;
  before(async () => {
    cluster = await openTestCluster();
    home = await mkdtemp(join(tmpdir(), 'sesshu-urls-'));
  });
  after(async () => {
    await withClient(cluster.adminUrl, (admin) => admin.query(`DROP DATABASE IF EXISTS ${database}`));
    await cluster.release();
    await rm(home, { recursive: true, force: true });
  });

  const adminUrl = () => cluster.adminUrl.replace(/\/postgres$/u, `/${database}`);

  test('管理者の接続先だけでは、init のほかは始まらない', async () => {
    await assert.rejects(findInstallationUrls(home, { DATABASE_URL: adminUrl() }, false), DatabaseTrouble);
  });

  test('ほかの Sesshu の役割があれば、パスワードを変えずに断る', async () => {
    await assert.rejects(
      findInstallationUrls(home, { DATABASE_URL: adminUrl() }, true),
      /ほかのSesshuの役割.*何も変えていません/u,
    );
    await assert.rejects(stat(join(home, 'database.env')));
  });

  test('途中で終わった init のファイルがあれば、同じパスワードで続きを行う', async () => {
    const urls = urlsForRoles(adminUrl(), drawPasswords());
    const lines = [
      ...[`DATABASE_URL=${urls.app}`, `SESSHU_OWNER_URL=${urls.owner}`, `SESSHU_VAULT_URL=${urls.vault}`],
      ...[`SESSHU_DISPOSAL_URL=${urls.disposal}`, `SESSHU_JOBS_URL=${urls.jobs}`, `SESSHU_READ_URL=${urls.read}`],
    ];
    await writeFile(join(home, 'database.env'), `${lines.join('\n')}\n`);
    assert.deepEqual(await findInstallationUrls(home, { DATABASE_URL: adminUrl() }, true), urls);
    const written = await readFile(join(home, 'database.env'), 'utf8');
    for (const line of lines) assert.ok(written.includes(line));
    assert.equal((await stat(join(home, 'database.env'))).mode & 0o777, 0o600);
    const { rows } = await withClient(cluster.adminUrl, (admin) =>
      admin.query('SELECT rolname FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba WHERE datname = $1', [
        database,
      ]),
    );
    assert.deepEqual(rows, [{ rolname: 'sesshu_owner' }]);
  });

  test('環境変数は、ファイルの接続先に勝つ', async () => {
    const found = await findInstallationUrls(home, { SESSHU_READ_URL: 'postgresql://other/x' }, false);
    assert.equal(found?.read, 'postgresql://other/x');
    assert.match(found?.app ?? '', /sesshu_app/u);
  });
});
