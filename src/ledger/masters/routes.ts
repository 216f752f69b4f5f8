import {
  type Answer,
  addStaffRoute,
  answerWith,
  mayDo,
  redirectTo,
  type StaffApp,
  type StaffContext,
} from '#common-base/access';
import { Conflict, type Day, findTypedDay, NotFound, UnreadableInput } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { dayHelp, type FormError } from '#platform/pages';
import { withMunicipality } from '#platform/postgres';
import { listProductNames, type RuleSet } from '#schedule';
import { decideMaster, type MasterFault } from './decide-master.ts';
import { keepMaster } from './keep-master.ts';
import { formOfMaster, type MasterForm, masterPath, mastersPage, mastersPath } from './pages/masters-page.ts';
import { findMaster, selectMasters } from './store.ts';
import { type MasterKind, masterKinds } from './types.ts';

const entriesPerPage = 100;

/** What the application lends to the routes of this room. */
export interface MasterTools {
  readonly rulesOf: (context: StaffContext) => Promise<RuleSet>;
  /** The address of the page that tells where a lot went; the room that traces lots knows it. */
  readonly lotTraceOf: (lot: string) => string;
}

/** The pages of this room: one for each master. */
export function registerMasterRoutes(app: StaffApp, tools: MasterTools): void {
  const url = `${mastersPath}/:kind`;
  addStaffRoute(app, {
    method: 'GET',
    url,
    permission: 'masters.view',
    handler: async (context: StaffContext) => await showMaster(context, tools, null),
  });
  addStaffRoute(app, {
    method: 'POST',
    url,
    permission: 'masters.update',
    handler: async (context: StaffContext) => await keep(context, tools),
  });
}

interface Problem {
  readonly form: MasterForm;
  readonly errors: readonly FormError[];
  readonly status: 409 | 422;
}

async function showMaster(context: StaffContext, tools: MasterTools, problem: Problem | null): Promise<Answer> {
  const kind = readKind(context);
  const rules = await tools.rulesOf(context);
  const text = context.query.text('text').slice(0, 40);
  const after = readNumber(context.query.text('after')) ?? 0;
  const asked = readNumber(context.query.text('entry') || context.body.text('replaces'));
  const { found, entry } = await withMunicipality(context.db, context.lgCode, async (tx) => ({
    found: await selectMasters(tx, kind, { text, after, limit: entriesPerPage + 1 }),
    entry: asked === undefined ? undefined : await findMaster(tx, kind, asked),
  }));
  const query = new URLSearchParams({ text, after: String(after + entriesPerPage) }).toString();
  const body = mastersPage({
    kind,
    entries: found.slice(0, entriesPerPage),
    text,
    nextHref: found.length > entriesPerPage ? `${masterPath(kind)}?${query}` : null,
    today: todayInTokyo(context.clock),
    products: listProductNames(rules).map(({ product, name }) => ({ value: product, label: name })),
    mayUpdate: mayDo(context.actor, 'masters.update'),
    entry: entry ?? null,
    form: problem?.form ?? formOfMaster(entry ?? null),
    errors: problem?.errors ?? [],
    lotTraceOf: mayDo(context.actor, 'safety.view') ? tools.lotTraceOf : null,
    csrfToken: context.csrfToken,
  });
  const page = context.page({ title: `マスタ ${masterKinds[kind].name}`, body, current: masterPath('lot') });
  return problem === null ? page : answerWith(problem.status, page);
}

async function keep(context: StaffContext, tools: MasterTools): Promise<Answer> {
  const kind = readKind(context);
  const { body } = context;
  const text = (name: string) => body.text(name).normalize('NFKC').slice(0, 100);
  const form: MasterForm = {
    code: text('code'),
    owner: text('owner'),
    name: body.text('name').slice(0, 100),
    validFrom: text('validFrom'),
    validTo: text('validTo'),
    note: body.text('note').slice(0, 200),
    recalledOn: text('recalledOn'),
    recallReason: body.text('recallReason').slice(0, 200),
    isRetired: body.has('isRetired'),
  };
  const errors: FormError[] = [];
  const day = (field: 'validFrom' | 'validTo' | 'recalledOn'): Day | null => {
    const found = form[field] === '' ? null : findTypedDay(form[field]);
    if (found === undefined) errors.push({ field, message: dayHelp() });
    return found ?? null;
  };
  const [validFrom, validTo, recalledOn] = [
    day('validFrom'),
    day('validTo'),
    kind === 'lot' ? day('recalledOn') : null,
  ];
  const words = masterKinds[kind];
  if (form.code === '') errors.push({ field: 'code', message: `${words.code}を書いてください。` });
  if (form.name === '') errors.push({ field: 'name', message: `${words.entry}を書いてください。` });
  const { code, name, isRetired } = form;
  const owner = words.owner === null ? '' : form.owner;
  const note = form.note === '' ? null : form.note;
  const recall = recalledOn === null ? null : { on: recalledOn, reason: form.recallReason };
  const told = { kind, code, owner, name, validFrom, validTo, isRetired, note, recall };
  const products = new Set(listProductNames(await tools.rulesOf(context)).map(({ product }) => product));
  errors.push(...decideMaster(told, (product) => products.has(product)).map((fault) => errorOf(fault, kind)));
  if (errors.length > 0) return showMaster(context, tools, { form, errors, status: 422 });
  try {
    await keepMaster(context, { told, replaces: readNumber(body.text('replaces')) ?? null });
  } catch (error) {
    if (!(error instanceof Conflict || error instanceof UnreadableInput)) throw error;
    const status = error instanceof Conflict ? 409 : 422;
    return showMaster(context, tools, { form, errors: [{ field: null, message: error.message }], status });
  }
  return redirectTo(masterPath(kind));
}

function errorOf(fault: MasterFault, kind: MasterKind): FormError {
  switch (fault) {
    case 'ownerMissing':
    case 'productUnknown':
      return {
        field: 'owner',
        message: `${masterKinds[kind].owner}を${kind === 'lot' ? '選んで' : '書いて'}ください。`,
      };
    case 'spanReversed':
      return { field: 'validTo', message: '終わりの日が始まりの日より前です。' };
    case 'recallSilent':
      return { field: 'recallReason', message: '回収の理由を書いてください。医療機関の画面に出ます。' };
  }
}

function readKind(context: StaffContext): MasterKind {
  const kind = (Object.keys(masterKinds) as MasterKind[]).find((one) => one === context.params['kind']);
  if (kind === undefined) throw new NotFound('このマスタはありません。');
  return kind;
}

function readNumber(text: string): number | undefined {
  return /^\d{1,9}$/u.test(text) ? Number(text) : undefined;
}
