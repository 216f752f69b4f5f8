export { decideInstitution } from './decide-institution.ts';
export { importInstitutions } from './import-institutions.ts';
export { listInstitutions } from './list-institutions.ts';
export { loadInstitutions } from './store.ts';
export type { ContractPeriod, Institution, InstitutionState, InstitutionSummary, Institutions } from './types.ts';
