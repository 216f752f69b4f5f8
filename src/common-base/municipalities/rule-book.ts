import type { LgCode } from '#kernel';
import { readRulesFolder } from '#platform/files';
import { type Database, withMunicipality } from '#platform/postgres';
import { parseRules, type RuleSet } from '#schedule';
import { keepRulesVersion } from './rules-versions.ts';
import { findSettings } from './store.ts';

/** The rules as each municipality has them (its own seasons), compiled once and looked at again every minute. */
export interface RuleBook {
  rulesOf(lgCode: LgCode): Promise<RuleSet>;
  /** The rows as they stand in the folder, by file, for the page that shows them. */
  readonly files: ReadonlyMap<string, string>;
}

const rereadAfterMs = 60_000;

/**
 * Reads the folder of rules; a municipality's seasons come from its settings. Every version is kept with its texts before
 * it is handed out; `usedBy` names who began to use it.
 */
export async function openRuleBook(db: Database, folder: string, now: () => number, usedBy: string): Promise<RuleBook> {
  const files = await readRulesFolder(folder);
  const compiled = new Map<
    LgCode,
    { readonly at: number; readonly seasons: string | undefined; readonly rules: RuleSet }
  >();
  return {
    files,
    async rulesOf(lgCode) {
      const known = compiled.get(lgCode);
      if (known !== undefined && now() - known.at < rereadAfterMs) return known.rules;
      const seasons = await withMunicipality(db, lgCode, (tx) => findSettings(tx, 'seasons.csv'));
      const isSame = known !== undefined && known.seasons === seasons;
      const rules = isSame ? known.rules : parseRules(files, seasons === undefined ? {} : { seasons });
      if (!isSame) await withMunicipality(db, lgCode, (tx) => keepRulesVersion(tx, rules, usedBy));
      compiled.set(lgCode, { at: now(), seasons, rules });
      return rules;
    },
  };
}
