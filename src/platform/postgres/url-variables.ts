/** The environment's names of the six connection strings (docs/contracts/cli.md). */
export const urlVariables = {
  app: 'DATABASE_URL',
  owner: 'SESSHU_OWNER_URL',
  vault: 'SESSHU_VAULT_URL',
  disposal: 'SESSHU_DISPOSAL_URL',
  jobs: 'SESSHU_JOBS_URL',
  read: 'SESSHU_READ_URL',
} as const;
