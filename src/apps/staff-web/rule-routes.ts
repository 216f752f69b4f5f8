import { type Answer, addStaffRoute, type StaffApp, type StaffContext } from '#common-base/access';
import { NotFound } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { listStages, type RuleSet } from '#schedule';
import { rulesPath } from './pages/paths.ts';
import { programmeRulesPage, ruleListPage } from './pages/rules-pages.ts';

/** What these routes need. */
export interface RuleTools {
  rulesOf(context: StaffContext): Promise<RuleSet>;
}

/** The rules in force, programme by programme, with the article behind each row. */
export function registerRuleRoutes(app: StaffApp, tools: RuleTools): void {
  const view = { method: 'GET', permission: 'rules.view' } as const;
  addStaffRoute(app, { ...view, url: rulesPath, handler: (context: StaffContext) => showList(context, tools) });
  addStaffRoute(app, {
    ...view,
    url: `${rulesPath}/:programme`,
    handler: (context: StaffContext) => showProgramme(context, tools),
  });
}

async function showList(context: StaffContext, tools: RuleTools): Promise<Answer> {
  const rules = await tools.rulesOf(context);
  const body = ruleListPage(rules, todayInTokyo(context.clock));
  return context.page({ title: '接種のきまり', body, current: rulesPath });
}

async function showProgramme(context: StaffContext, tools: RuleTools): Promise<Answer> {
  const rules = await tools.rulesOf(context);
  const programme = context.params['programme'] ?? '';
  const stage = listStages(rules).find((one) => one.programme === programme);
  if (stage === undefined) throw new NotFound('この予防接種のきまりはありません。');
  const crumbs = [{ label: '接種のきまり', href: rulesPath }];
  const body = programmeRulesPage(rules, programme, todayInTokyo(context.clock));
  return context.page({ title: stage.programmeName, body, crumbs, current: rulesPath });
}
