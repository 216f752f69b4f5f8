import { fileURLToPath } from 'node:url';
import { createClinicApp } from '#apps/clinic-web';
import { fixedClock } from '#platform/clock';
import { openSystemKey } from '#platform/exchange';
import { listen } from '#platform/http';
import { createLog } from '#platform/log';
import { openPools } from '#platform/postgres';
import { openTestCluster } from '../../support/database.ts';
import { testKeyWrapper } from '../../support/numbers.ts';
import { answerQuestions } from './worker-of-rounds.ts';

/** The clinics' system on the test database, the home and the port of its arguments, until it is killed. */
const [name = '', home = '', port = ''] = process.argv.slice(2);
const cluster = await openTestCluster();
const log = createLog('test', 'fatal');
const folder = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const app = await createClinicApp({
  db: openPools(cluster.urls(name), log),
  clock: fixedClock('2026-11-24T10:00:00+09:00'),
  log,
  home,
  keyWrapper: testKeyWrapper,
  systemKey: await openSystemKey(home),
  isHttps: false,
  trustProxy: false,
  monitorToken: null,
  rulesFolder: folder('rules'),
  assetsDir: folder('dist/assets'),
  version: 'test',
});
await listen(app.server, { host: '127.0.0.1', port: Number(port) });
answerQuestions(() => Promise.resolve(null));
