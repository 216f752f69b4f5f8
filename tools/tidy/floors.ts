/** One room of the house and the separate system whose machine it lives on. */
export interface Room {
  readonly path: string;
  readonly system:
    | 'shared-code'
    | 'core'
    | 'intermediate-server'
    | 'vrs'
    | 'clinic'
    | 'portal'
    | 'counterparties'
    | 'apps';
}

/**
 * The rooms from the ground up: a room imports only rooms that stand above it in this list. This is
 * docs/architecture.md section 2 as data; a new room is entered here and there in one commit.
 */
export const floors: readonly Room[] = [
  { path: 'kernel', system: 'shared-code' },
  { path: 'schedule', system: 'shared-code' },
  { path: 'formats', system: 'shared-code' },
  { path: 'messages', system: 'shared-code' },
  { path: 'platform/clock', system: 'shared-code' },
  { path: 'platform/log', system: 'shared-code' },
  { path: 'platform/threads', system: 'shared-code' },
  { path: 'platform/keys', system: 'shared-code' },
  { path: 'platform/postgres', system: 'shared-code' },
  { path: 'platform/outbox', system: 'shared-code' },
  { path: 'platform/jobs', system: 'shared-code' },
  { path: 'platform/files', system: 'shared-code' },
  { path: 'platform/findings', system: 'shared-code' },
  { path: 'platform/pages', system: 'shared-code' },
  { path: 'platform/http', system: 'shared-code' },
  { path: 'platform/exchange', system: 'shared-code' },
  { path: 'platform/pdf', system: 'shared-code' },
  { path: 'common-base/audit', system: 'shared-code' },
  { path: 'common-base/municipalities', system: 'shared-code' },
  { path: 'common-base/access', system: 'shared-code' },
  { path: 'common-base/linkage', system: 'core' },
  { path: 'common-base/oversight', system: 'core' },
  { path: 'addressees/persons', system: 'core' },
  { path: 'addressees/matching', system: 'core' },
  { path: 'addressees/numbers', system: 'core' },
  { path: 'addressees/registration', system: 'core' },
  { path: 'addressees/inquiries', system: 'core' },
  { path: 'ledger/products', system: 'core' },
  { path: 'ledger/masters', system: 'core' },
  { path: 'ledger/contracts', system: 'core' },
  { path: 'ledger/vaccinations', system: 'core' },
  { path: 'ledger/safety', system: 'core' },
  { path: 'ledger/reservations', system: 'core' },
  { path: 'ledger/rules', system: 'core' },
  { path: 'ledger/forms', system: 'core' },
  { path: 'ledger/intake', system: 'core' },
  { path: 'ledger/bundles', system: 'core' },
  { path: 'ledger/notices', system: 'core' },
  { path: 'ledger/certificates', system: 'core' },
  { path: 'ledger/reports', system: 'core' },
  { path: 'ledger/clinic-exchange', system: 'core' },
  { path: 'ledger/history-inquiries', system: 'core' },
  { path: 'clinic/tickets', system: 'clinic' },
  { path: 'clinic/check', system: 'clinic' },
  { path: 'clinic/records', system: 'clinic' },
  { path: 'clinic/exchange', system: 'clinic' },
  { path: 'counterparties/demo-municipality', system: 'counterparties' },
  { path: 'counterparties/identity-provider', system: 'counterparties' },
  { path: 'counterparties/stand-in', system: 'counterparties' },
  { path: 'counterparties/intermediate-server', system: 'counterparties' },
  { path: 'counterparties/portal', system: 'counterparties' },
  { path: 'counterparties/resident-network', system: 'counterparties' },
  { path: 'apps/staff-web', system: 'apps' },
  { path: 'apps/clinic-web', system: 'apps' },
  { path: 'apps/worker', system: 'apps' },
  { path: 'apps/cli', system: 'apps' },
];

/** Floors whose every file is pure. */
export const pureFloors: readonly string[] = ['kernel', 'schedule', 'formats', 'messages'];

/** Folder names that say nothing; a thing goes to the room of its word. */
export const forbiddenFolders: readonly string[] = [
  'utils',
  'util',
  'helpers',
  'helper',
  'common',
  'shared',
  'misc',
  'services',
  'managers',
  'lib',
];
