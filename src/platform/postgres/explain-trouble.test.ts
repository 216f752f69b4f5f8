import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { explainDatabaseTrouble } from './explain-trouble.ts';

let server: Server;
let port: number;

before(async () => {
  // Takes the connection and never says a word, as a server that is stopped or drowned in work.
  server = createServer(() => undefined).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  port = (server.address() as { port: number }).port;
});
after(() => server.close());

test('返事をしないデータベースは、日本語の一文とすることで言う', async () => {
  const settings = { host: '127.0.0.1', port, user: 'a', database: 'a', connectionTimeoutMillis: 50 };
  const client = new pg.Client(settings);
  const pool = new pg.Pool({ ...settings, max: 1 });
  for (const connect of [() => client.connect(), () => pool.connect()]) {
    const error: unknown = await connect().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    assert.match(explainDatabaseTrouble(error) ?? '', /^データベースから時間内に返事がありません。/u);
  }
  await pool.end();
});

test('作業用のファイルを書けないほどディスクがいっぱいなら、空きを作るよう言う', () => {
  const files = new DatabaseSync(':memory:');
  files.exec('PRAGMA page_size = 4096; PRAGMA max_page_count = 2; CREATE TABLE t (x)');
  assert.throws(
    () => files.exec(`INSERT INTO t VALUES (zeroblob(100000))`),
    (error: unknown) => {
      assert.match(explainDatabaseTrouble(error) ?? '', /^ディスクがいっぱいです。空きを作ってから/u);
      return true;
    },
  );
  files.close();
});

test('データベースの外の失敗は言い換えない', () => {
  assert.equal(explainDatabaseTrouble(new TypeError('timeout expired somewhere else')), undefined);
});
