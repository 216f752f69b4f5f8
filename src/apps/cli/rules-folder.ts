import { join } from 'node:path';
import { readRulesFolder } from '#platform/files';
import { parseRules, type RuleSet } from '#schedule';

/** The checkout's folder of rules, brought with the program. */
export const rulesFolder = join(import.meta.dirname, '../../../rules');

/** The rules of this program, or of `--rules DIR`. */
export async function loadRules(folder: string = rulesFolder): Promise<RuleSet> {
  return parseRules(await readRulesFolder(folder));
}
