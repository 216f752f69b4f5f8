import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { LgCode } from '#kernel';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { gatherLookups } from './gather-lookups.ts';
import { gatherWork, type Settled } from './gather-work.ts';
import type { Database, Tx } from './types.ts';
import { withMunicipality, withSecondLook } from './with-municipality.ts';

interface Schema {
  municipalities: { lg_code: string; name: string };
}

describe('自治体の取引', () => {
  let t: TestDatabase;
  before(async () => {
    t = await testDatabase();
  });
  after(() => t.close());

  test('取引の横から見る接続は、空いているときだけ別に開き、空くのを待たない', async () => {
    const beside = await withMunicipality(t.db, t.lgCode, (tx) =>
      withSecondLook(t.db, tx, async (reader) => {
        const { rows } = await reader.client.query<{ name: string }>('SELECT name FROM municipalities');
        return { isOther: reader.client !== tx.client, lgCode: reader.lgCode, rows };
      }),
    );
    assert.deepEqual(beside, { isOther: true, lgCode: t.lgCode, rows: [{ name: '若葉台市' }] });

    const others = await Promise.all(Array.from({ length: t.db.app.options.max - 1 }, () => t.db.app.connect()));
    try {
      const isSame = await withMunicipality(t.db, t.lgCode, (tx) =>
        withSecondLook(t.db, tx, (reader) => Promise.resolve(reader === tx)),
      );
      assert.equal(isSame, true);
    } finally {
      for (const other of others) other.release();
    }
  });

  test('設定がなければ一行も見えない', async () => {
    const { rows } = await t.db.app.query('SELECT * FROM municipalities');
    assert.equal(rows.length, 0);
  });

  test('自分の自治体だけが見える', async () => {
    const names = await withMunicipality(t.db, t.lgCode, async (tx) => {
      return tx.tables<Schema>().selectFrom('municipalities').select('name').execute();
    });
    assert.deepEqual(names, [{ name: '若葉台市' }]);
  });

  test('設定は取引とともに消える', async () => {
    await withMunicipality(t.db, t.lgCode, (tx) => tx.client.query('SELECT 1'));
    const { rows } = await t.db.app.query('SELECT * FROM municipalities');
    assert.equal(rows.length, 0);
  });

  test('他の自治体の行は書けない', async () => {
    const insertOther = withMunicipality(t.db, t.lgCode, (tx) =>
      tx.client.query("INSERT INTO outbox (lg_code, topic, subject_id) VALUES ($1, 'a.b', '1')", [t.other]),
    );
    await assert.rejects(insertOther, { code: '42501' });
  });

  test('自治体コードでない文字列は文にならない', async () => {
    const evil = "134996'; DROP TABLE outbox; --" as LgCode;
    await assert.rejects(
      withMunicipality(t.db, evil, () => Promise.resolve()),
      RangeError,
    );
  });

  test('例外はすべてを取り消し、飲み込んだ失敗も成功にならない', async () => {
    const insert = "INSERT INTO outbox (lg_code, topic, subject_id) VALUES ($1, 'a.b', '1')";
    const thrown = withMunicipality(t.db, t.lgCode, async (tx) => {
      await tx.client.query(insert, [t.lgCode]);
      throw new Error('でなおし');
    });
    await assert.rejects(thrown, /でなおし/u);
    const swallowed = withMunicipality(t.db, t.lgCode, async (tx) => {
      await tx.client.query(insert, [t.lgCode]);
      await tx.client.query('SELECT 1 / 0').catch(() => undefined);
    });
    await assert.rejects(swallowed, /nothing was written/u);
    const count = await withMunicipality(t.db, t.lgCode, async (tx) => {
      const { rows } = await tx.client.query<{ n: number }>('SELECT count(*) AS n FROM outbox');
      return rows[0]?.n;
    });
    assert.equal(count, 0);
  });

  test('同時に尋ねたことは一緒に調べ、後から尋ねたことは後の姿を答える', async () => {
    const asked: string[][] = [];
    const nameOf = gatherLookups(t.db, async (tx, codes) => {
      asked.push([...codes]);
      const { rows } = await tx.client.query<{ lg_code: string; name: string }>(
        'SELECT lg_code, name FROM municipalities',
      );
      return new Map(rows.map((row) => [row.lg_code, row.name]));
    });
    const all = await Promise.all(['a', t.lgCode, t.lgCode, 'b'].map((code) => nameOf(t.lgCode, code)));
    assert.deepEqual(all, [undefined, '若葉台市', '若葉台市', undefined]);
    assert.deepEqual(asked, [['a'], [t.lgCode, 'b']]);
    assert.equal(await nameOf(t.other, t.lgCode), undefined);
  });

  test('一緒に調べて失敗したことは、尋ねた全員に伝わり、次に尋ねた人は調べ直せる', async () => {
    let isDown = true;
    const one = gatherLookups(t.db, async (tx, codes) => {
      await tx.client.query(isDown ? 'SELECT 1 / 0' : 'SELECT 1');
      return new Map(codes.map((code) => [code, code]));
    });
    const failed = await Promise.allSettled(['a', 'b', 'c'].map((code) => one(t.lgCode, code)));
    assert.ok(failed.every(({ status }) => status === 'rejected'));
    isDown = false;
    assert.equal(await one(t.lgCode, 'a'), 'a');
  });

  test('同時に頼まれた仕事は一つの取引で書かれ、一つが失敗しても隣の仕事は一度だけ書かれる', async () => {
    const together: string[][] = [];
    const doAll = async (tx: Tx, topics: readonly string[]): Promise<readonly Settled<string>[]> => {
      together.push([...topics]);
      for (const topic of topics) {
        if (topic === 'refused') continue;
        const insert = "INSERT INTO outbox (lg_code, topic, subject_id) VALUES ($1, $2, '1')";
        await tx.client.query(insert, [topic === 'broken' ? null : tx.lgCode, `gathered.${topic}`]);
      }
      return topics.map((topic) =>
        topic === 'refused' ? { kind: 'failed', error: new RangeError(topic) } : { kind: 'done', answer: topic },
      );
    };
    const ask = (topics: readonly string[]) => {
      together.length = 0;
      const write = gatherWork(t.db, doAll);
      return Promise.allSettled(topics.map((topic) => write(t.lgCode, topic)));
    };
    const asked = () => together.map((topics) => topics.join(' ')).toSorted();
    const saidOf = (said: readonly PromiseSettledResult<string>[]) =>
      said.map((each) => (each.status === 'fulfilled' ? each.value : (each.reason as Error).name));
    assert.deepEqual(saidOf(await ask(['a', 'b', 'c', 'refused', 'd'])), ['a', 'b', 'c', 'RangeError', 'd']);
    assert.deepEqual(asked(), ['a', 'b', 'c refused d']);
    assert.deepEqual(saidOf(await ask(['e', 'f', 'g', 'broken', 'h'])), ['e', 'f', 'g', 'error', 'h']);
    assert.deepEqual(asked(), ['broken', 'e', 'f', 'g', 'g broken h', 'h']);
    const { rows } = await withMunicipality(t.db, t.lgCode, (tx) =>
      tx.client.query<{ topic: string }>("SELECT topic FROM outbox WHERE topic LIKE 'gathered.%' ORDER BY 1"),
    );
    assert.deepEqual(
      rows.map(({ topic }) => topic.at(-1)),
      ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'],
    );
  });

  test('データベースにつながらないときは、全員がすぐに知らされ、一人ずつ試し直さない', async () => {
    let tries = 0;
    const app = {
      connect: () => {
        tries += 1;
        return Promise.reject(new Error('つながりません'));
      },
    };
    const write = gatherWork({ ...t.db, app } as unknown as Database, () => Promise.resolve([]));
    const said = await Promise.allSettled(['a', 'b', 'c', 'd', 'e'].map((work) => write(t.lgCode, work)));
    assert.ok(said.every((each) => each.status === 'rejected' && String(each.reason).includes('つながりません')));
    assert.equal(tries, 3);
  });

  test('渡される瞬間に切れた接続は、頼んだ仕事だけを失敗させ、プロセスは続く', async () => {
    await withMunicipality(t.db, t.lgCode, (tx) => tx.client.query('SELECT 1'));
    t.db.app.once('acquire', (client) => {
      // After the pool stopped listening, before the transaction begins to.
      queueMicrotask(() => client.emit('error', new Error('切れました')));
    });
    await withMunicipality(t.db, t.lgCode, (tx) => tx.client.query('SELECT 1')).catch(() => undefined);
    const { rows } = await withMunicipality(t.db, t.lgCode, (tx) => tx.client.query('SELECT 1 AS one'));
    assert.deepEqual(rows, [{ one: 1 }]);
  });

  test('切れた接続は次の取引に渡らない', async () => {
    const broken = withMunicipality(t.db, t.lgCode, (tx) =>
      tx.client.query('SELECT pg_terminate_backend(pg_backend_pid())'),
    );
    await assert.rejects(broken, { code: '57P01' });
    const { length } = await withMunicipality(t.db, t.lgCode, async (tx) => {
      return (await tx.client.query('SELECT 1')).rows;
    });
    assert.equal(length, 1);
  });
});
