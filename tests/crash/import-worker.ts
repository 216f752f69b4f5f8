import { createImportTasks } from '#apps/staff-web';
import { runWorker } from '#platform/jobs';
import { createLog } from '#platform/log';
import { openPools } from '#platform/postgres';
import { testClock } from '../support/addressees.ts';
import { openTestCluster } from '../support/database.ts';
import { checkoutRules } from '../support/demonstration.ts';

/** A worker that takes in what pages of the test database named as its argument asked for, until it is killed. */
const [name = ''] = process.argv.slice(2);
const cluster = await openTestCluster();
const log = createLog('test', 'fatal');
await runWorker(
  openPools(cluster.urls(name), log),
  createImportTasks({ clock: testClock, rulesOf: checkoutRules }),
  log,
);
