import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverEnvironment } from './server-environment.ts';

test('the embedded server’s processes see none of this program’s secrets', () => {
  const ours = {
    PATH: '/bin',
    SESSHU_VAULT_KEY: 'secret',
    SESSHU_OWNER_URL: 'postgresql://…',
    DATABASE_URL: 'x',
    TZ: 'JST',
  };
  assert.deepEqual(serverEnvironment(ours, { PGDATA: '/data' }), {
    PATH: '/bin',
    PGDATA: '/data',
    LC_ALL: 'C',
    TZ: 'UTC',
  });
});
