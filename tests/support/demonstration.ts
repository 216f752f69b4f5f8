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

/** The rules as they stand in the checkout. */
export async function checkoutRules(): Promise<RuleSet> {
  return parseRules(await readRulesFolder(fileURLToPath(new URL('../../rules', import.meta.url))));
}
