export { findSettings, getMunicipality, listMunicipalities, registerMunicipality } from './register-municipality.ts';
export { openRuleBook, type RuleBook } from './rule-book.ts';
export type { Municipality } from './types.ts';
