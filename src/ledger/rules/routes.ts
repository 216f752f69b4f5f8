import { type Answer, addStaffRoute, answerWith, type StaffApp, type StaffContext } from '#common-base/access';
import { getRulesTexts, listRulesVersions } from '#common-base/municipalities';
import { type Day, findTypedDay, formatIsoDay, NotFound } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import type { FormError } from '#platform/pages';
import { withMunicipality } from '#platform/postgres';
import { listStages, type RuleSet } from '#schedule';
import { differencesBetweenDays, differencesBetweenVersions } from './derive-row-differences.ts';
import { differencesPage } from './pages/difference-pages.ts';
import { differencesPath, rulesPath, versionsPath } from './pages/paths.ts';
import { type DayChoice, programmeRulesPage, ruleListPage } from './pages/rules-pages.ts';
import { versionPage, versionsPage } from './pages/version-pages.ts';
import { findReadableRules } from './read-proposal.ts';
import { registerTrialRoutes } from './trial-routes.ts';

/** What these routes need. */
export interface RuleTools {
  rulesOf(context: StaffContext): Promise<RuleSet>;
}

/** The rules in force on a day with the article behind each row, what differs, the versions that judged, the trials. */
export function registerRuleRoutes(app: StaffApp, tools: RuleTools): void {
  const view = { method: 'GET', permission: 'rules.view' } as const;
  addStaffRoute(app, { ...view, url: rulesPath, handler: (context: StaffContext) => showList(context, tools) });
  addStaffRoute(app, {
    ...view,
    url: differencesPath,
    handler: (context: StaffContext) => showDifferences(context, tools),
  });
  addStaffRoute(app, { ...view, url: versionsPath, handler: (context: StaffContext) => showVersions(context, tools) });
  addStaffRoute(app, {
    ...view,
    url: `${versionsPath}/:version`,
    handler: (context: StaffContext) => showVersion(context, tools),
  });
  registerTrialRoutes(app, tools);
  addStaffRoute(app, {
    ...view,
    url: `${rulesPath}/:programme`,
    handler: (context: StaffContext) => showProgramme(context, tools),
  });
}

const crumbs = [{ label: '接種のきまり', href: rulesPath }];

/** The day asked for, today where none is; a word that is no day is told and today is shown. */
function readChoice(context: StaffContext): DayChoice {
  const today = todayInTokyo(context.clock);
  const text = context.query.text('on');
  const day = text === '' ? today : findTypedDay(text);
  return { today, day: day ?? today, text, isUnreadable: day === undefined };
}

async function showList(context: StaffContext, tools: RuleTools): Promise<Answer> {
  const rules = await tools.rulesOf(context);
  const choice = readChoice(context);
  const body = ruleListPage(rules, choice);
  const page = context.page({ title: '接種のきまり', body, current: rulesPath });
  return choice.isUnreadable ? answerWith(422, page) : page;
}

async function showProgramme(context: StaffContext, tools: RuleTools): Promise<Answer> {
  const rules = await tools.rulesOf(context);
  const programme = context.params['programme'] ?? '';
  const stage = listStages(rules).find((one) => one.programme === programme);
  if (stage === undefined) throw new NotFound('この予防接種のきまりはありません。');
  const choice = readChoice(context);
  const body = programmeRulesPage(rules, programme, choice);
  const page = context.page({ title: stage.programmeName, body, crumbs, current: rulesPath });
  return choice.isUnreadable ? answerWith(422, page) : page;
}

async function showDifferences(context: StaffContext, tools: RuleTools): Promise<Answer> {
  const rules = await tools.rulesOf(context);
  const today = todayInTokyo(context.clock);
  const errors: FormError[] = [];
  const read = (field: string, fallback: Day | null): { text: string; day: Day | null } => {
    const text = context.query.text(field);
    if (text === '') return { text: fallback === null ? '' : formatIsoDay(fallback), day: fallback };
    const day = findTypedDay(text) ?? null;
    if (day === null) errors.push({ field, message: '日付を「2027-04-01」か「R9.4.1」の形で入力してください。' });
    return { text, day };
  };
  const from = read('from', today);
  const to = read('to', null);
  const differences = from.day === null || to.day === null ? [] : differencesBetweenDays(rules.rows, from.day, to.day);
  const body = differencesPage({ rules, from, to, differences, errors });
  const page = context.page({ title: 'きまりの違い', body, crumbs, current: rulesPath });
  return errors.length > 0 ? answerWith(422, page) : page;
}

async function showVersions(context: StaffContext, tools: RuleTools): Promise<Answer> {
  const rules = await tools.rulesOf(context);
  const versions = await withMunicipality(context.db, context.lgCode, listRulesVersions);
  const body = versionsPage(versions, rules.version);
  return context.page({ title: 'きまりの版', body, crumbs, current: rulesPath });
}

async function showVersion(context: StaffContext, tools: RuleTools): Promise<Answer> {
  const present = await tools.rulesOf(context);
  const wanted = context.params['version'] ?? '';
  const { version, texts } = await withMunicipality(context.db, context.lgCode, async (tx) => {
    const found = (await listRulesVersions(tx)).find((each) => each.version === wanted);
    if (found === undefined) throw new NotFound('この版のきまりは、ここでは使われていません。');
    return { version: found, texts: await getRulesTexts(tx, wanted) };
  });
  const rules = findReadableRules(texts);
  const differences = rules === null ? [] : differencesBetweenVersions(rules.rows, present.rows);
  const isCurrent = version.version === present.version;
  const body = versionPage({ version, rules, texts, isCurrent, differences });
  const way = [...crumbs, { label: 'きまりの版', href: versionsPath }];
  return context.page({ title: `きまりの版 ${version.version}`, body, crumbs: way, current: rulesPath });
}
