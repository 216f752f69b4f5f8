import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

const root = join(import.meta.dirname, '../../../..');
const readyMs = 120_000;

/** A `sesshu` of its own process with what it said. */
interface Office {
  readonly process: ChildProcess;
  readonly ended: Promise<number | null>;
  said(): string;
}

describe('事務所を開く', () => {
  let home: string;
  let port: number;
  const started: ChildProcess[] = [];
  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'sesshu-office-'));
    port = await findFreePort();
  });
  after(async () => {
    for (const child of started) child.kill('SIGKILL');
    await rm(home, { recursive: true, force: true });
  });

  const open = (command: string, environment: Record<string, string> = {}): Office => {
    const child = spawn(process.execPath, [join(root, 'src/apps/cli/main.ts'), ...command.split(' ')], {
      env: { ...process.env, SESSHU_HOME: home, PORT: String(port), SESSHU_LOG_LEVEL: 'info', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.push(child);
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (text += String(chunk)));
    const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    return { process: child, ended, said: () => text };
  };
  const ask = async (path: string, at = port): Promise<{ status: number; text: string }> => {
    const answer = await fetch(`http://127.0.0.1:${at}${path}`, { redirect: 'manual' }).catch(() => undefined);
    return answer === undefined ? { status: 0, text: '' } : { status: answer.status, text: await answer.text() };
  };
  const awaitReady = async (office: Office, at = port): Promise<void> => {
    const deadline = performance.now() + readyMs;
    while ((await ask('/readyz', at)).status !== 200) {
      assert.equal(office.process.exitCode, null, office.said());
      assert.ok(performance.now() < deadline, office.said());
      await sleep(100);
    }
  };
  const askToStop = async (office: Office): Promise<void> => {
    office.process.kill('SIGTERM');
    assert.equal(await office.ended, 0, office.said());
  };

  test('自治体のない所で serve は始まらず、することを言う', async () => {
    const office = open('serve');
    assert.equal(await office.ended, 2);
    assert.match(office.said(), /sesshu: 自治体がまだありません。先に sesshu init/u);
  });

  test('はじめの起動は、途中で殺されても次の起動が続きから読み込み、開いて、きれいに終わる', async () => {
    const killed = open('start --people 300');
    const deadline = performance.now() + readyMs;
    while (!killed.said().includes('4/9')) {
      assert.ok(performance.now() < deadline && killed.process.exitCode === null, killed.said());
      await sleep(20);
    }
    assert.equal((await ask('/readyz')).status, 503);
    assert.match((await ask('/')).text, /準備しています/u);
    killed.process.kill('SIGKILL');
    await killed.ended;

    const office = open('start --people 300');
    await awaitReady(office);
    assert.equal((await ask('/healthz')).text, 'ok\n');
    assert.match((await ask('/metrics')).text, /^sesshu_http_request_seconds_count/mu);
    assert.equal((await ask('/')).status, 303);
    const second = open('start');
    assert.equal(await second.ended, 2);
    assert.match(second.said(), new RegExp(`^sesshu: ポート ${port} は[^\n]+\n$`, 'u'));
    await askToStop(office);
    assert.match(office.said(), /若葉台市（架空の市）\n  http:\/\/localhost:\d+/u);
    assert.match(office.said(), /tantou +\/ \S+ +担当職員/u);
    await assert.rejects(readFile(join(home, 'postgres/data/postmaster.pid')));
  });

  test('二回目の起動は、はじめのデータを見つけて何も読み込まず、開いたままバックアップを取れる', async () => {
    const office = open('start');
    await awaitReady(office);
    const folder = join(home, 'backup');
    const backup = open(`backup ${folder} --json`);
    assert.equal(await backup.ended, 0, backup.said());
    const [answer = ''] = backup.said().match(/^\{.+\}$/mu) ?? [];
    const { tables, rows, digest } = JSON.parse(answer) as Record<string, unknown>;
    assert.ok(Number(tables) > 30 && Number(rows) > 300 && /^[0-9a-f]{64}$/u.test(String(digest)), answer);
    const restore = open(`restore ${folder}`);
    assert.equal(await restore.ended, 2);
    assert.match(restore.said(), /^sesshu: このデータベースにはすでにデータがあります[^\n]+\n$/u);
    const checkpoint = open('audit checkpoint --json');
    assert.equal(await checkpoint.ended, 0, checkpoint.said());
    assert.match(await readFile(join(home, 'checkpoints/audit-134996.jsonl'), 'utf8'), /"signature"/u);
    await askToStop(office);
    assert.doesNotMatch(office.said(), /読み込みます/u);
  });

  test('二つの serve と一つのワーカーが、同じデータベースで働き、記録に人の情報を残さない', async () => {
    const otherPort = await findFreePort();
    const web = open('serve --without-worker');
    const both = open('serve', { PORT: String(otherPort) });
    const worker = open('worker');
    await Promise.all([awaitReady(web), awaitReady(both, otherPort)]);
    for (const at of [port, otherPort]) assert.match((await ask('/sign-in', at)).text, /若葉台市/u);
    await ask('/people/123456?kana=サトウ');
    await Promise.all([askToStop(web), askToStop(both), askToStop(worker)]);
    assert.match(web.said(), /"msg":"request"/u);
    assert.doesNotMatch(web.said(), /123456|サトウ|%E3%82%B5/u);
  });

  test('だれでも知っているアカウントのある事務所は、ほかの機械に開かない', async () => {
    const office = open('serve', { SESSHU_HOST: '0.0.0.0', SESSHU_HTTPS: '1' });
    assert.equal(await office.ended, 2);
    assert.match(office.said(), /sesshu: 若葉台市 \(134996\) には、だれでも知っている/u);
  });
});

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  assert.ok(typeof address === 'object' && address !== null);
  return address.port;
}
