export { findSettings, getMunicipality, listMunicipalities, registerMunicipality } from './register-municipality.ts';
export type { Municipality } from './types.ts';
