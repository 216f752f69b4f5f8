import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { withFileLock } from './file-lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'sesshu-lock-'));
after(() => rmSync(folder, { recursive: true }));
const late = (): Error => new Error('too late');

test('one holder at a time; who waits too long is told', async () => {
  const path = join(folder, 'one.lock');
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    inside += 1;
    most = Math.max(most, inside);
    await sleep(20);
    inside -= 1;
  };
  await Promise.all(Array.from({ length: 4 }, () => withFileLock(path, 20_000, late, work)));
  assert.equal(most, 1);
  const waiting = withFileLock(path, 20_000, late, () => withFileLock(path, 50, late, work));
  await assert.rejects(waiting, /too late/u);
  await withFileLock(path, 20_000, late, work);
});

test('a disk without room for a byte does not refuse the lock under which a server is stopped', async () => {
  const module = join(import.meta.dirname, 'file-lock.ts');
  const script = `import { withFileLock } from '${module}';
    await withFileLock('${join(folder, 'full.lock')}', 1000, () => new Error('late'), async () => console.log('held'));`;
  // No file may grow beyond 0 bytes: what a process writes to one is refused, as on a full disk.
  const { stdout } = await promisify(execFile)(
    'sh',
    ['-c', `trap '' XFSZ; ulimit -f 0; exec "$0" --input-type=module -e "$1"`, process.execPath, script],
    { env: { PATH: process.env['PATH'] } },
  );
  assert.equal(stdout, 'held\n');
});
