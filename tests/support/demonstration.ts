import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readRulesFolder } from '#platform/files';
import { parseRules, type RuleSet } from '#schedule';

/** The settings of the demonstration municipality. */
export const demonstrationSettings = fileURLToPath(new URL('../../settings/wakabadai', import.meta.url));

/** One file of those settings. */
export function readDemonstrationSetting(path: string): string {
  return readFileSync(`${demonstrationSettings}/${path}`, 'utf8');
}

/** The folder of the rules in the checkout. */
export const rulesFolder = fileURLToPath(new URL('../../rules', import.meta.url));

/** The rules as they stand in the checkout. */
export async function checkoutRules(): Promise<RuleSet> {
  return parseRules(await readRulesFolder(rulesFolder));
}

/** The rules of the checkout with one text of one table replaced by another, as a change of the law would. */
export async function changedRules(table: string, from: string, to: string): Promise<RuleSet> {
  const files = new Map(await readRulesFolder(rulesFolder));
  const text = files.get(table) ?? '';
  if (!text.includes(from)) throw new Error(`${table} does not say ${from}`);
  return parseRules(files.set(table, text.replace(from, to)));
}
