import { listPersonSummaries } from '#addressees/persons';
import {
  type Answer,
  addStaffRoute,
  answerWith,
  mayDo,
  redirectTo,
  type StaffApp,
  type StaffContext,
} from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { getRulesTexts } from '#common-base/municipalities';
import { decodeText, maxLineBytes, TextFault } from '#formats';
import { type Day, findTypedDay, formatIsoDay, NotFound, UnreadableInput } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { getRun } from '#platform/jobs';
import type { FormError } from '#platform/pages';
import { withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { differencesBetweenVersions } from './derive-row-differences.ts';
import { newTrialPage, type TrialFields } from './pages/new-trial-page.ts';
import { rulesPath, trialFilesPath, trialPath, trialsPath } from './pages/paths.ts';
import { trialListPage, trialPage, trialPeoplePage, trialProgress } from './pages/trial-pages.ts';
import { findReadableRules } from './read-proposal.ts';
import { getTrial, removeTrial, startTrial } from './start-trial.ts';
import { selectCounts, selectTrialPeople, selectTrials } from './store.ts';

interface TrialTools {
  rulesOf(context: StaffContext): Promise<RuleSet>;
}

const trialsShown = 50;
const peoplePerPage = 100;
const fileCharactersMax = 5_000_000;
const crumbs = [
  { label: '接種のきまり', href: rulesPath },
  { label: '試算', href: trialsPath },
];

/** Trials of proposed rows: begin, watch, read, take away. */
export function registerTrialRoutes(app: StaffApp, tools: TrialTools): void {
  const view = { method: 'GET', permission: 'rules.view' } as const;
  const change = { method: 'POST', permission: 'rules.try' } as const;
  addStaffRoute(app, { ...view, url: trialsPath, handler: showTrials });
  addStaffRoute(app, {
    method: 'GET',
    permission: 'rules.try',
    url: `${trialsPath}/new`,
    handler: (context: StaffContext) => showForm(context, tools),
  });
  addStaffRoute(app, { ...change, url: trialsPath, handler: (context: StaffContext) => takeText(context, tools) });
  addStaffRoute(app, {
    ...change,
    url: trialFilesPath,
    takesFiles: true,
    handler: (context: StaffContext) => takeFiles(context, tools),
  });
  addStaffRoute(app, {
    ...view,
    url: `${trialsPath}/:trialId`,
    handler: (context: StaffContext) => showTrial(context, tools),
  });
  addStaffRoute(app, {
    method: 'GET',
    permission: 'rules.viewTrialPeople',
    needsReason: true,
    url: `${trialsPath}/:trialId/people`,
    handler: (context: StaffContext) => showPeople(context, tools),
  });
  addStaffRoute(app, {
    ...change,
    url: `${trialsPath}/:trialId/remove`,
    handler: async (context: StaffContext) => {
      await removeTrial(context, readTrialId(context));
      return redirectTo(trialsPath);
    },
  });
}

async function showTrials(context: StaffContext): Promise<Answer> {
  const trials = await withMunicipality(context.db, context.lgCode, (tx) => selectTrials(tx, trialsShown));
  const body = trialListPage(trials, mayDo(context.actor, 'rules.try'));
  return context.page({ title: 'きまりの試算', body, crumbs: crumbs.slice(0, 1), current: rulesPath });
}

async function showForm(context: StaffContext, tools: TrialTools): Promise<Answer> {
  const rules = await tools.rulesOf(context);
  const table = context.query.find('table') ?? null;
  if (table !== null && !rules.texts.has(table)) throw new NotFound('この表はありません。');
  const asOf = formatIsoDay(todayInTokyo(context.clock));
  const text = table === null ? '' : (rules.texts.get(table) ?? '');
  return drawForm(context, rules, { label: '', asOf, table, text }, []);
}

function drawForm(context: StaffContext, rules: RuleSet, fields: TrialFields, errors: readonly FormError[]): Answer {
  const body = newTrialPage({ rules, fields, errors, csrfToken: context.csrfToken });
  const page = context.page({ title: '新しい試算', body, crumbs, current: rulesPath });
  return errors.length === 0 ? page : answerWith(422, page);
}

async function takeText(context: StaffContext, tools: TrialTools): Promise<Answer> {
  const { body } = context;
  const table = body.text('table');
  const text = body.find('text') ?? '';
  const fields = { label: body.text('label'), asOf: body.text('asOf'), table, text };
  return begin(context, tools, fields, async () => new Map([[table, text]]));
}

async function takeFiles(context: StaffContext, tools: TrialTools): Promise<Answer> {
  const { body } = context;
  const fields = { label: body.text('label'), asOf: body.text('asOf'), table: null, text: '' };
  return begin(context, tools, fields, async () => {
    const files = new Map<string, string>();
    for await (const { fileName, chunks } of context.files()) {
      if (fileName !== '') files.set(fileName, await readFileText(fileName, chunks));
    }
    if (files.size === 0) throw new UnreadableInput('案のファイルを選んでください。');
    return files;
  });
}

/** Reads the proposal and begins; what is wrong is told beside its field and nothing that was typed is lost. */
async function begin(
  context: StaffContext,
  tools: TrialTools,
  fields: TrialFields,
  readFiles: () => Promise<ReadonlyMap<string, string>>,
): Promise<Answer> {
  const rules = await tools.rulesOf(context);
  if (fields.table !== null && !rules.texts.has(fields.table)) throw new NotFound('この表はありません。');
  const asOf = findTypedDay(fields.asOf);
  const errors = listFieldErrors(fields, asOf);
  try {
    const files = await readFiles();
    if (errors.length > 0 || asOf === undefined) return drawForm(context, rules, fields, errors);
    const { trialId } = await startTrial(context, rules, { label: fields.label, asOf, files });
    return redirectTo(trialPath(trialId));
  } catch (error) {
    if (!(error instanceof UnreadableInput)) throw error;
    const field = fields.table === null ? 'files' : 'text';
    return drawForm(context, rules, fields, [...errors, { field, message: error.message }]);
  }
}

function listFieldErrors({ label }: TrialFields, asOf: Day | undefined): FormError[] {
  const errors: FormError[] = [];
  if (label.trim() === '') errors.push({ field: 'label', message: '試算の名前を入力してください。' });
  if (asOf === undefined) {
    errors.push({ field: 'asOf', message: '基準日を「2027-04-01」か「R9.4.1」の形で入力してください。' });
  }
  return errors;
}

async function readFileText(name: string, chunks: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  try {
    for await (const piece of decodeText(chunks, { encodings: ['utf-8', 'cp932'], maxLineBytes })) {
      text += piece;
      if (text.length > fileCharactersMax)
        throw new UnreadableInput(`${name} は大きすぎます。きまりの表ではないようです。`);
    }
  } catch (error) {
    if (!(error instanceof TextFault)) throw error;
    throw new UnreadableInput(`${name} の文字を読めません。UTF-8 かシフトJISで保存した CSV を選んでください。`);
  }
  return text;
}

async function showTrial(context: StaffContext, tools: TrialTools): Promise<Answer> {
  const trialId = readTrialId(context);
  const { trial, run, base, counts } = await withMunicipality(context.db, context.lgCode, async (tx) => {
    const found = await getTrial(tx, trialId);
    const texts = context.fragment === null ? await getRulesTexts(tx, found.baseVersion) : null;
    const counted = context.fragment === null ? await selectCounts(tx, trialId) : [];
    return { trial: found, run: await getRun(tx, found.runId), base: texts, counts: counted };
  });
  if (base === null) return trialProgress(trial, run);
  const present = await tools.rulesOf(context);
  const before = findReadableRules(base);
  const proposed = findReadableRules(new Map([...base, ...trial.texts]));
  const isReadable = before !== null && proposed !== null;
  const body = trialPage({
    trial,
    run,
    rules: proposed ?? present,
    differences: isReadable ? differencesBetweenVersions(before.rows, proposed.rows) : [],
    counts,
    isBaseCurrent: present.version === trial.baseVersion,
    mayTry: mayDo(context.actor, 'rules.try'),
    mayViewPeople: mayDo(context.actor, 'rules.viewTrialPeople'),
    csrfToken: context.csrfToken,
  });
  return context.page({ title: trial.label, body, crumbs, current: rulesPath });
}

async function showPeople(context: StaffContext, tools: TrialTools): Promise<Answer> {
  const trialId = readTrialId(context);
  const rules = await tools.rulesOf(context);
  const programme = context.query.find('programme') ?? null;
  const after = Number(context.query.text('after'));
  if (!Number.isSafeInteger(after)) throw new NotFound('この続きはありません。');
  const today = todayInTokyo(context.clock);
  const { trial, people, next } = await withMunicipality(context.db, context.lgCode, async (tx) => {
    const found = await getTrial(tx, trialId);
    const rows = await selectTrialPeople(tx, trialId, { programme, after, limit: peoplePerPage + 1 });
    const shown = rows.slice(0, peoplePerPage);
    const personIds = shown.map(({ personId }) => personId);
    const byId = new Map((await listPersonSummaries(tx, personIds, today)).map((one) => [one.personId, one]));
    const listed = shown.flatMap(({ personId, changes }) => {
      const person = byId.get(personId);
      return person === undefined ? [] : [{ person, changes }];
    });
    if (listed.length > 0) {
      await recordAct(tx, context.actor, { act: 'rules.trialPeopleViewed', personIds, details: { trial: trialId } });
    }
    const more = rows.length > peoplePerPage ? (personIds.at(-1) ?? null) : null;
    return { trial: found, people: listed, next: more };
  });
  const body = trialPeoplePage({ trial, rules, people, next });
  const way = [...crumbs, { label: trial.label, href: trialPath(trialId) }];
  return context.page({ title: '試算で変わる人', body, crumbs: way, current: rulesPath });
}

function readTrialId(context: StaffContext): number {
  const text = context.params['trialId'] ?? '';
  if (!/^\d{1,15}$/u.test(text)) throw new NotFound('この試算はありません。');
  return Number(text);
}
