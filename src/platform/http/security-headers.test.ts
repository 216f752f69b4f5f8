import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog } from '#platform/log';
import { createHttpServer } from './create-http-server.ts';

async function transportHeader(options: { isHttps: boolean; coversSubdomains?: boolean }): Promise<unknown> {
  const server = await createHttpServer({
    ...options,
    log: createLog('test', 'silent'),
    trustProxy: false,
    assetsDir: null,
    renderError: () => '',
    isReady: () => Promise.resolve(true),
    monitorToken: null,
  });
  const answer = await server.inject('/nothing');
  await server.close();
  return answer.headers['strict-transport-security'];
}

test('https では二年間、下の名前も含めて https だけにさせ、下の名前は設定で外せ、https でなければ何も言わない', async () => {
  assert.equal(await transportHeader({ isHttps: true }), 'max-age=63072000; includeSubDomains');
  assert.equal(await transportHeader({ isHttps: true, coversSubdomains: false }), 'max-age=63072000');
  assert.equal(await transportHeader({ isHttps: false }), undefined);
});
