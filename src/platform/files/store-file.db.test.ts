import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { NotFound } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import { type TestDatabase, testDatabase } from '../../../tests/support/database.ts';
import { chunkBytes, getFile, readFile, storeFile } from './store-file.ts';

describe('保管ファイル', () => {
  let t: TestDatabase;
  before(async () => {
    t = await testDatabase();
  });
  after(() => t.close());

  const keep = (bytes: Buffer, pieceBytes: number) =>
    withMunicipality(t.db, t.lgCode, (tx) => {
      const pieces = Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, i) =>
        bytes.subarray(i * pieceBytes, (i + 1) * pieceBytes),
      );
      return storeFile(tx, { name: '九月分.csv', mediaType: 'text/csv' }, pieces);
    });

  const load = (fileId: number) =>
    withMunicipality(t.db, t.lgCode, async (tx) => {
      const chunks: Buffer[] = [];
      for await (const chunk of readFile(tx, fileId)) chunks.push(chunk);
      return chunks;
    });

  for (const size of [0, 1, chunkBytes - 1, chunkBytes, chunkBytes + 1, 3 * chunkBytes + 17]) {
    test(`${size}バイトがそのまま戻る`, async () => {
      const bytes = randomBytes(size);
      const stored = await keep(bytes, 70_001);
      assert.equal(stored.bytes, size);
      assert.equal(stored.digest, createHash('sha256').update(bytes).digest('hex'));
      const chunks = await load(stored.fileId);
      assert.ok(Buffer.concat(chunks).equals(bytes));
      assert.ok(chunks.slice(0, -1).every((chunk) => chunk.length === chunkBytes));
    });
  }

  test('見出しは受け取った名前を覚え、ほかの自治体からは見えない', async () => {
    const { fileId } = await keep(Buffer.from('あ'), 10);
    const heading = await withMunicipality(t.db, t.lgCode, (tx) => getFile(tx, fileId));
    assert.equal(heading.name, '九月分.csv');
    await assert.rejects(
      withMunicipality(t.db, t.other, (tx) => getFile(tx, fileId)),
      NotFound,
    );
  });

  test('見出しのない内容は残らず、保管したものは書き換えも削除もできない', async () => {
    const { fileId } = await keep(Buffer.from('あ'), 10);
    const orphan = withMunicipality(t.db, t.lgCode, (tx) =>
      tx.client.query("INSERT INTO file_chunks VALUES ($1, 999999, 0, '\\x00')", [t.lgCode]),
    );
    await assert.rejects(orphan, { code: '23503' });
    for (const sql of ["UPDATE files SET name = 'x'", 'DELETE FROM files', 'DELETE FROM file_chunks']) {
      await assert.rejects(
        withMunicipality(t.db, t.lgCode, (tx) => tx.client.query(sql)),
        { code: '42501' },
      );
    }
    assert.equal((await load(fileId)).length, 1);
  });

  test('要約値の合わない内容は最後に誤りになる', async () => {
    const { fileId } = await keep(Buffer.from('もとの内容'), 100);
    await withMunicipality(
      t.db,
      t.lgCode,
      (tx) => tx.client.query('DELETE FROM file_chunks WHERE lg_code = $1 AND file_id = $2', [t.lgCode, fileId]),
      { role: 'disposal' },
    );
    await withMunicipality(t.db, t.lgCode, (tx) =>
      tx.client.query('INSERT INTO file_chunks VALUES ($1, $2, 0, $3)', [t.lgCode, fileId, Buffer.from('べつの内容')]),
    );
    await assert.rejects(load(fileId), /digest/u);
  });
});
