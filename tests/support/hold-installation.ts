import { createLog } from '#platform/log';
import { openInstallation, upgradeDatabase } from '#platform/postgres';

/** A process of its own that opens the installation of the folder in its argument and holds it until SIGTERM. */
const installation = await openInstallation({ home: process.argv[2] ?? '', env: {}, log: createLog('hold', 'silent') });
await upgradeDatabase(installation.db);
process.stdout.write('open\n');
const alive = setInterval(() => undefined, 1000);
process.once('SIGTERM', () => {
  clearInterval(alive);
  void installation.close();
});
