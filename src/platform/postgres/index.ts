export { type BackupOptions, type BackupResult, backupDatabase } from './backup/backup-database.ts';
export { type RestoreOptions, restoreDatabase } from './backup/restore-database.ts';
export { type ColumnType, columnParameter } from './column-parameter.ts';
export { createClient, getAppUrl, openPools, type PoolSizes, withClient } from './connect.ts';
export { CopiedLines, copyOut } from './copy-out.ts';
export { copyLine, copyRows } from './copy-rows.ts';
export type { ClusterPurpose } from './embedded-settings.ts';
export { DatabaseTrouble } from './errors.ts';
export { explainDatabaseTrouble } from './explain-trouble.ts';
export { gatherLookups } from './gather-lookups.ts';
export { gatherWork, type Settled } from './gather-work.ts';
export { jsonParameter } from './json-parameter.ts';
export { type LeasedRow, leaseRow, releaseRow } from './lease-row.ts';
export { listMigrations, type Migration, migrate, type SystemName } from './migrate.ts';
export {
  type Cluster,
  getOwnerUrl,
  getSystem,
  type Installation,
  type InstallationOptions,
  joinCluster,
  openCluster,
  openInstallation,
  requireCurrentSchema,
  upgradeDatabase,
} from './open-installation.ts';
export type { Database, DatabaseRole, DatabaseUrls, Tx } from './types.ts';
export {
  type TransactionOptions,
  withMunicipality,
  withOneSight,
  withSecondLook,
} from './with-municipality.ts';
