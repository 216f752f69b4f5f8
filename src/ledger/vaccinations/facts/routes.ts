import {
  identityBanner,
  listPersonSummaries,
  type PersonSummary,
  personCrumbs,
  personPath,
  personSearchPath,
  readPersonId,
} from '#addressees/persons';
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
import { Conflict, findTypedDay, NotFound, type PersonId, UnreadableInput } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import type { FormFields } from '#platform/http';
import { type Choice, dayHelp, type FormError } from '#platform/pages';
import { type Tx, withMunicipality } from '#platform/postgres';
import { listDiseases, listProgrammesOfFact, listStages, type RuleSet } from '#schedule';
import { listDoubtsOfFact } from './doubt-fact.ts';
import { changeFact, enterFact, listMissingParts } from './enter-fact.ts';
import { type FactForm, type FactWording, factPage, factsPage, factsPath, formOfTold } from './pages.ts';
import { listFacts } from './store.ts';
import { type FactKind, type FactOnRecord, type FactTold, factKinds, groundNames } from './types.ts';

/** The pages of facts: a person's facts with the form for a new one, one fact to correct or take back. */
export function registerFactRoutes(app: StaffApp, tools: { rulesOf(context: StaffContext): Promise<RuleSet> }): void {
  const url = `${personSearchPath}/:personId/facts`;
  const add = (
    method: 'GET' | 'POST',
    tail: string,
    permission: 'vaccinations.view' | 'vaccinations.enterFacts',
    handler: (context: StaffContext, rules: RuleSet) => Promise<Answer>,
  ) =>
    addStaffRoute(app, {
      method,
      url: `${url}${tail}`,
      permission,
      needsReason: true,
      handler: async (context: StaffContext) => await handler(context, await tools.rulesOf(context)),
    });
  add('GET', '', 'vaccinations.view', (context, rules) => showFacts(context, rules, null));
  add('POST', '', 'vaccinations.enterFacts', enter);
  add('GET', '/:factId', 'vaccinations.enterFacts', (context, rules) => showFact(context, rules, null));
  add('POST', '/:factId/correction', 'vaccinations.enterFacts', (context, rules) => change(context, rules, true));
  add('POST', '/:factId/retraction', 'vaccinations.enterFacts', (context, rules) => change(context, rules, false));
}

/** The names of diseases and programmes in the words of the rules. */
export function factWordingOf(rules: RuleSet): FactWording {
  const programmes = new Map(listStages(rules).map(({ programme, programmeName }) => [programme, programmeName]));
  return {
    diseases: listDiseases(rules).map(({ disease, name }) => ({ value: disease, label: name })),
    programmes: [...programmes].map(([value, label]) => ({ value, label })),
  };
}

interface Problem {
  readonly form: FactForm;
  readonly errors: readonly FormError[];
  readonly status: 409 | 422;
}

async function showFacts(context: StaffContext, rules: RuleSet, problem: Problem | null): Promise<Answer> {
  const personId = readPersonId(context.params['personId']);
  const view = await withMunicipality(context.db, context.lgCode, async (tx) => {
    const person = await getSummary(tx, context, personId);
    await recordAct(tx, context.actor, { act: 'vaccinations.factsViewed', personIds: [personId] });
    return { person, facts: await listFacts(tx, personId) };
  });
  const kind = readKind(context.query.text('kind') || context.body.text('kind')) ?? null;
  const body = factsPage({
    facts: view.facts,
    who: identityBanner(view.person, todayInTokyo(context.clock)),
    personId,
    words: factWordingOf(rules),
    programmes: kind === null ? [] : choicesFor(kind, rules),
    mayEnter: mayDo(context.actor, 'vaccinations.enterFacts'),
    kind,
    form: problem?.form ?? formOfTold(null),
    errors: problem?.errors ?? [],
    csrfToken: context.csrfToken,
  });
  const page = context.page({
    title: '罹患歴・特例など',
    body,
    crumbs: crumbsOf(view.person),
    current: personSearchPath,
  });
  return problem === null ? page : answerWith(problem.status, page);
}

async function enter(context: StaffContext, rules: RuleSet): Promise<Answer> {
  const personId = readPersonId(context.params['personId']);
  const kind = readKind(context.body.text('kind'));
  if (kind === undefined) throw new NotFound('登録する事実の種類を選んでください。');
  const form = readForm(context.body);
  const { told, errors } = readTold(kind, form, rules, context);
  if (errors.length > 0) return showFacts(context, rules, { form, errors, status: 422 });
  const doubts = await listDoubts(context, { personId, told, rules });
  if (doubts.length > 0) return showFacts(context, rules, { form, errors: doubts, status: 422 });
  await enterFact(context, { personId, told, rules });
  return redirectTo(factsPath(personId));
}

async function showFact(context: StaffContext, rules: RuleSet, problem: Problem | null): Promise<Answer> {
  const personId = readPersonId(context.params['personId']);
  const { person, fact } = await withMunicipality(context.db, context.lgCode, async (tx) => ({
    person: await getSummary(tx, context, personId),
    fact: await getFact(tx, context, personId),
  }));
  const body = factPage({
    fact,
    who: identityBanner(person, todayInTokyo(context.clock)),
    words: factWordingOf(rules),
    programmes: choicesFor(fact.kind, rules),
    form: problem?.form ?? formOfTold(fact),
    errors: problem?.errors ?? [],
    csrfToken: context.csrfToken,
  });
  const crumbs = [...crumbsOf(person), { label: '罹患歴・特例など', href: factsPath(personId) }];
  const page = context.page({ title: factKinds[fact.kind].name, body, crumbs, current: personSearchPath });
  return problem === null ? page : answerWith(problem.status, page);
}

async function change(context: StaffContext, rules: RuleSet, isCorrection: boolean): Promise<Answer> {
  const personId = readPersonId(context.params['personId']);
  const fact = await withMunicipality(context.db, context.lgCode, (tx) => getFact(tx, context, personId));
  const form = { ...(isCorrection ? readForm(context.body) : formOfTold(fact)), reason: context.body.text('reason') };
  const read = isCorrection ? readTold(fact.kind, form, rules, context) : { told: null, errors: [] };
  const errors = [...read.errors];
  if (form.reason === '') errors.push({ field: 'reason', message: '理由を書いてください。' });
  const { told } = read;
  if (errors.length === 0 && told !== null) errors.push(...(await listDoubts(context, { personId, told, rules })));
  if (errors.length > 0) return showFact(context, rules, { form, errors, status: 422 });
  try {
    await changeFact(context, { factId: fact.factId, told, reason: form.reason, rules });
  } catch (error) {
    if (error instanceof Conflict || error instanceof UnreadableInput) {
      const status = error instanceof Conflict ? 409 : 422;
      return showFacts(context, rules, { form, errors: [{ field: null, message: error.message }], status });
    }
    throw error;
  }
  return redirectTo(factsPath(personId));
}

async function getFact(tx: Tx, context: StaffContext, personId: PersonId): Promise<FactOnRecord> {
  const text = context.params['factId'] ?? '';
  const fact = (await listFacts(tx, personId)).find((one) => String(one.factId) === text);
  if (fact === undefined || fact.change === 'retraction') throw new NotFound('この事実の記録はありません。');
  return fact;
}

async function getSummary(tx: Tx, context: StaffContext, personId: PersonId): Promise<PersonSummary> {
  const [person] = await listPersonSummaries(tx, [personId], todayInTokyo(context.clock));
  if (person === undefined) throw new NotFound('この人の記録はありません。');
  return person;
}

async function listDoubts(
  context: StaffContext,
  asked: { readonly personId: PersonId; readonly told: FactTold; readonly rules: RuleSet },
): Promise<FormError[]> {
  const today = todayInTokyo(context.clock);
  const doubts = await withMunicipality(context.db, context.lgCode, (tx) => listDoubtsOfFact(tx, { ...asked, today }));
  return doubts.map(({ part, message }) => ({ field: part, message }));
}

/** The programmes of which a fact of the kind says anything. 禁忌 is for people to read, and may be of any. */
function choicesFor(kind: FactKind, rules: RuleSet): readonly Choice[] {
  const { programmes } = factWordingOf(rules);
  switch (kind) {
    case 'exceptionGranted':
    case 'supplyShortage':
    case 'doctorJudgedNecessary':
    case 'startedProgramme': {
      const read = new Set(listProgrammesOfFact(rules, kind));
      return programmes.filter(({ value }) => read.has(value));
    }
    default:
      return programmes;
  }
}

function readForm(body: FormFields): FactForm {
  return body.texts(['disease', 'programme', 'ground', 'result', 'from', 'to', 'certainty', 'note', 'reason'], 400);
}

/** What the form tells of a fact; parts that the kind does not have stay empty. */
function readTold(
  kind: FactKind,
  form: FactForm,
  rules: RuleSet,
  context: StaffContext,
): { readonly told: FactTold; readonly errors: FormError[] } {
  const parts: readonly string[] = factKinds[kind].parts;
  const words = factWordingOf(rules);
  const oneOf = (choices: readonly { readonly value: string }[], part: 'disease' | 'programme') =>
    parts.includes(part) ? (choices.find((choice) => choice.value === form[part])?.value ?? null) : null;
  const errors: FormError[] = [];
  const day = (part: 'from' | 'to') => {
    if (!parts.includes(part) || form[part] === '') return null;
    const found = findTypedDay(form[part]);
    if (found === undefined) errors.push({ field: part, message: dayHelp() });
    return found ?? null;
  };
  const [from, to] = [day('from'), day('to')];
  const grounds = Object.keys(groundNames) as (keyof typeof groundNames)[];
  const told: FactTold = {
    kind,
    disease: oneOf(words.diseases, 'disease'),
    programme: oneOf(choicesFor(kind, rules), 'programme'),
    ground: parts.includes('ground') ? (grounds.find((ground) => ground === form.ground) ?? null) : null,
    result:
      parts.includes('result') && (form.result === 'sufficient' || form.result === 'insufficient') ? form.result : null,
    from,
    to,
    certainty: form.certainty === 'reported' ? 'reported' : 'documented',
    note: form.note === '' ? null : form.note,
  };
  if (errors.length > 0) return { told, errors };
  const missing = listMissingParts(told, todayInTokyo(context.clock));
  return { told, errors: missing.map(({ part, message }) => ({ field: part, message })) };
}

function readKind(text: string): FactKind | undefined {
  return (Object.keys(factKinds) as FactKind[]).find((kind) => kind === text);
}

function crumbsOf({ personId, name, kana }: PersonSummary): { readonly label: string; readonly href: string }[] {
  return [...personCrumbs, { label: name === '' ? kana : name, href: personPath(personId) }];
}
