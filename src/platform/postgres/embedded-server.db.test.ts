import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { LgCode } from '#kernel';
import { createLog } from '#platform/log';
import { type Installation, openInstallation, upgradeDatabase } from './open-installation.ts';
import { findPostmaster } from './postmaster.ts';
import { withMunicipality } from './with-municipality.ts';

const log = createLog('test', 'silent');
const lgCode = '134996' as LgCode;
const holder = fileURLToPath(new URL('../../../tests/support/hold-installation.ts', import.meta.url));

describe('組み込みのデータベース', () => {
  let folder: string;
  let home: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sesshu-home-'));
    home = join(folder, 'home');
  });
  after(async () => {
    const left = await findPostmaster(join(home, 'postgres', 'data'));
    if (left !== undefined) process.kill(left.pid, 'SIGQUIT');
    await rm(folder, { recursive: true, force: true });
  });

  const open = async (): Promise<Installation> => {
    const installation = await openInstallation({ home, env: {}, log });
    await upgradeDatabase(installation.db);
    return installation;
  };
  const serverPid = async () => (await findPostmaster(join(home, 'postgres', 'data')))?.pid;
  const holdInOtherProcess = async (): Promise<ChildProcess> => {
    const child = spawn(process.execPath, [holder, home], { stdio: ['ignore', 'pipe', 'inherit'] });
    assert.ok(child.stdout !== null);
    await once(child.stdout, 'data');
    return child;
  };
  const write = (installation: Installation, name: string) =>
    withMunicipality(installation.db, lgCode, (tx) =>
      tx.client.query(
        `INSERT INTO municipalities (lg_code, name, prefecture) VALUES ($1, $2, 'x')
         ON CONFLICT (lg_code) DO UPDATE SET name = EXCLUDED.name`,
        [lgCode, name],
      ),
    );
  const read = (installation: Installation) =>
    withMunicipality(installation.db, lgCode, async (tx) => {
      const { rows } = await tx.client.query<{ name: string }>('SELECT name FROM municipalities');
      return rows[0]?.name;
    });
  const readOnceBack = async (installation: Installation): Promise<string | undefined> => {
    const deadline = performance.now() + 20_000;
    for (;;) {
      try {
        return await read(installation);
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await sleep(50);
      }
    }
  };

  test('二つのプロセスが同時に初めて起動しても、一つのサーバーを分け合い、最後の一つが止める', async () => {
    await mkdir(join(home, 'postgres', 'data.new'), { recursive: true });
    const [first, other] = await Promise.all([open(), holdInOtherProcess()]);
    const pid = await serverPid();
    assert.ok(pid !== undefined);
    assert.equal((await readdir(join(home, 'postgres'))).includes('data.new'), false);
    await first.close();
    assert.equal(await serverPid(), pid);
    other.kill('SIGTERM');
    assert.deepEqual(await once(other, 'exit'), [0, null]);
    assert.equal(await serverPid(), undefined);
  });

  test('データとソケットは本人だけが開ける', async () => {
    const installation = await open();
    for (const name of ['', 'data', 'socket']) {
      assert.equal((await stat(join(home, 'postgres', name))).mode & 0o777, 0o700, name);
    }
    await installation.close();
  });

  test('親が強制終了されても、次の起動は残ったサーバーを引き取って止める', async () => {
    const parent = await holdInOtherProcess();
    const pid = await serverPid();
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    assert.equal(await serverPid(), pid);
    const next = await open();
    assert.equal(await serverPid(), pid);
    await next.close();
    assert.equal(await serverPid(), undefined);
  });

  test('親もサーバーも強制終了されたあと、記録済みの事実は残る', async () => {
    const parent = await holdInOtherProcess();
    const pid = await serverPid();
    assert.ok(pid !== undefined);
    const beside = await open();
    await write(beside, '強制終了の前');
    parent.kill('SIGKILL');
    process.kill(pid, 'SIGKILL');
    assert.equal(await readOnceBack(beside), '強制終了の前');
    await beside.close();
    const next = await open();
    assert.equal(await read(next), '強制終了の前');
    await next.close();
  });

  test('答えを待つ間にサーバーが強制終了されても、開く側はもう一度見て、起動し直したサーバーにつながる', async () => {
    const parent = await holdInOtherProcess();
    const pid = await serverPid();
    assert.ok(pid !== undefined);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    // It stands still: whoever calls is let in by the system and answered by nobody.
    process.kill(pid, 'SIGSTOP');
    const opening = open();
    await sleep(500);
    process.kill(pid, 'SIGKILL');
    const next = await opening;
    assert.notEqual(await serverPid(), pid);
    assert.equal(await read(next), '強制終了の前');
    await next.close();
  });

  test('接続の一つが強制終了されても、動いているプロセスは続けて使える', async () => {
    const installation = await open();
    await write(installation, '続き');
    const { rows } = await installation.db.app.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    process.kill(rows[0]?.pid ?? 0, 'SIGKILL');
    assert.equal(await readOnceBack(installation), '続き');
    await installation.close();
  });

  test('再び使われたプロセス番号を指す古い印に惑わされない', async () => {
    const stale = `${process.pid}\n${join(home, 'postgres', 'data')}\n1\n5432\n${home}\n\n  1 2\nready   \n`;
    await writeFile(join(home, 'postgres', 'data', 'postmaster.pid'), stale, { mode: 0o600 });
    const installation = await open();
    assert.equal(await read(installation), '続き');
    await installation.close();
  });

  test('深いフォルダーではソケットを短い場所に置く', async () => {
    const deep = join(folder, 'd'.repeat(100), 'home');
    const installation = await openInstallation({ home: deep, env: {}, log });
    const server = await findPostmaster(join(deep, 'postgres', 'data'));
    assert.ok(server !== undefined && Buffer.byteLength(server.socketDir) < 80);
    assert.equal((await stat(server.socketDir)).mode & 0o777, 0o700);
    await installation.close();
    await rm(server.socketDir, { recursive: true, force: true });
  });
});
