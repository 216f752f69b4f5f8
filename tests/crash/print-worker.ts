import { createPrintTask, printTask } from '#ledger/notices';
import { fixedClock } from '#platform/clock';
import { runWorker } from '#platform/jobs';
import { createLog } from '#platform/log';
import { openPools } from '#platform/postgres';
import { openTestCluster } from '../support/database.ts';
import { openTestLibrary } from '../support/notices.ts';

/** A worker that prints the jobs of the test database named as its argument until it is killed. */
const [name = ''] = process.argv.slice(2);
const cluster = await openTestCluster();
const log = createLog('test', 'fatal');
const library = await openTestLibrary();
const rulesOf = () => Promise.resolve(library.rules);
const tools = { library, clock: fixedClock('2026-11-21T09:00:00+09:00'), rulesOf };
await runWorker(openPools(cluster.urls(name), log), { [printTask]: createPrintTask(tools) }, log);
