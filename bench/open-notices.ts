import { join } from 'node:path';
import { type NoticeContext, openNoticeLibrary } from '#ledger/notices';
import { readRulesFolder } from '#platform/files';
import { parseRules } from '#schedule';
import type { Stage } from './stage.ts';

const rulesFolder = join(import.meta.dirname, '../rules');

/** The operator of a stage with the rules and the layouts of the letters. */
export async function openNotices(stage: Stage): Promise<NoticeContext> {
  const rules = parseRules(await readRulesFolder(rulesFolder));
  const library = await openNoticeLibrary({ rules, formsFolder: join(rulesFolder, 'forms') });
  return { ...stage.context, library };
}
