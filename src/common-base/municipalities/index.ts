export {
  getMunicipality,
  listMunicipalities,
  listSettingsPaths,
  registerMunicipality,
} from './register-municipality.ts';
export { openRuleBook, type RuleBook } from './rule-book.ts';
export { getRulesTexts, listRulesVersions, type RulesVersion } from './rules-versions.ts';
export { findSettings } from './store.ts';
export type { Municipality } from './types.ts';
