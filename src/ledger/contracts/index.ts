export { decideInstitution } from './decide-institution.ts';
export { importInstitutions } from './import-institutions.ts';
export { listInstitutions } from './list-institutions.ts';
export { institutionsPath } from './pages/paths.ts';
export { type ContractTools, registerContractRoutes } from './routes.ts';
export { loadInstitutions } from './store.ts';
export type { Contract, Institution, InstitutionSummary, Institutions } from './types.ts';
