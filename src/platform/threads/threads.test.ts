import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { openThreads } from './threads.ts';

let folder: string;
let entry: URL;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sesshu-threads-'));
  const door = pathToFileURL(join(import.meta.dirname, 'threads.ts')).href;
  // Doubles a number; 0 throws, 13 carries what a database would say, 99 ends the thread, 7000 is never answered.
  await writeFile(
    join(folder, 'double.mjs'),
    `import { serveThread } from ${JSON.stringify(door)};
     const never = new Promise(() => setInterval(() => {}, 1000));
     const readied = async (times) => { if (times === undefined) throw new Error('nothing to prepare'); };
     await serveThread(async ({ times }) => (await readied(times), async (n) => {
       if (n === 7000) return never;
       if (n === 0) throw new RangeError('no zero');
       if (n === 13) throw Object.assign(new Error('Key (name)=(somebody) exists'), { severity: 'ERROR', code: '23505' });
       if (n === 99) process.exit(3);
       return n * times;
     }));`,
  );
  entry = pathToFileURL(join(folder, 'double.mjs'));
});
after(() => rm(folder, { recursive: true, force: true }));

test('more pieces than threads are all answered, each with its own answer', async () => {
  const threads = openThreads<number, number>(entry, { times: 2 }, 2);
  try {
    const pieces = [1, 2, 3, 4, 5, 6, 7];
    assert.deepEqual(await Promise.all(pieces.map((n) => threads.run(n))), [2, 4, 6, 8, 10, 12, 14]);
  } finally {
    await threads.close();
  }
});

test('a failure reaches the caller, without what a database quotes, and the thread goes on', async () => {
  const threads = openThreads<number, number>(entry, { times: 3 }, 1);
  try {
    await assert.rejects(threads.run(0), { name: 'RangeError', message: 'no zero' });
    await assert.rejects(threads.run(13), { name: 'DatabaseError', message: '23505' });
    assert.equal(await threads.run(4), 12);
  } finally {
    await threads.close();
  }
});

test('a thread that dies fails its piece and those given to it later', async () => {
  const threads = openThreads<number, number>(entry, { times: 3 }, 1);
  try {
    await assert.rejects(threads.run(99), { message: 'a thread ended with 3' });
    await assert.rejects(threads.run(1), { message: 'a thread ended with 3' });
  } finally {
    await threads.close();
  }
});

test('a thread that cannot be prepared fails every piece, whenever it is given', async () => {
  const threads = openThreads<number, number>(entry, {}, 1);
  try {
    await assert.rejects(Promise.all([threads.run(1), threads.run(2)]), { message: 'nothing to prepare' });
    await assert.rejects(threads.run(3), { message: 'nothing to prepare' });
  } finally {
    await threads.close();
  }
});

test('closing leaves nobody waiting: pieces under way and pieces in the queue fail', { timeout: 60_000 }, async () => {
  const threads = openThreads<number, number>(entry, { times: 2 }, 1);
  const left = [7000, 1, 2].map((n) => threads.run(n));
  const ends = Promise.allSettled(left);
  await threads.close();
  assert.deepEqual(
    (await ends).map((end) => end.status),
    ['rejected', 'rejected', 'rejected'],
  );
});
