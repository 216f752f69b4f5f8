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
import { explainFinding, type FindingsTables } from '#platform/findings';
import { type Choice, dayHelp, errorSummary, type FormError, html, pageHead } from '#platform/pages';
import { withMunicipality } from '#platform/postgres';
import { nameOfProgramme, type RuleSet } from '#schedule';
import { keepContract } from './keep-contract.ts';
import { listInstitutions } from './list-institutions.ts';
import { type ContractForm, contractFormPanel, formOfContract } from './pages/contract-form.ts';
import { institutionPage } from './pages/institution-page.ts';
import { institutionsPage } from './pages/institutions-page.ts';
import { institutionPath, institutionsPath, newInstitutionPath } from './pages/paths.ts';
import { registerPriceRoutes } from './price-routes.ts';
import { programmeChoices } from './programme-choices.ts';
import { selectVersions } from './store.ts';
import type { ContractTold } from './types.ts';

/** What the application lends to the routes of this room. */
export interface ContractTools {
  readonly findings: FindingsTables;
  rulesOf(context: StaffContext): Promise<RuleSet>;
  /** Where a file of institutions is sent. */
  readonly importsPath: string;
}

const institutionsPerPage = 100;

/** The institutions under contract: to look one up, to write its contracts, and what they pay. */
export function registerContractRoutes(app: StaffApp, tools: ContractTools): void {
  type Handler = (context: StaffContext, tools: ContractTools) => Promise<Answer>;
  const add = (
    method: 'GET' | 'POST',
    url: string,
    permission: 'institutions.view' | 'institutions.update',
    run: Handler,
  ) => addStaffRoute(app, { method, url, permission, handler: (context: StaffContext) => run(context, tools) });
  add('GET', institutionsPath, 'institutions.view', showInstitutions);
  add('GET', newInstitutionPath, 'institutions.update', (context) => showNew(context, tools, null));
  add('POST', newInstitutionPath, 'institutions.update', keep);
  add('GET', `${institutionsPath}/:institutionCode`, 'institutions.view', (context) => showOne(context, tools, null));
  add('POST', `${institutionsPath}/:institutionCode`, 'institutions.update', keep);
  registerPriceRoutes(app, tools);
}

async function showInstitutions(context: StaffContext, tools: ContractTools): Promise<Answer> {
  const text = context.query.text('text');
  const after = context.query.text('after');
  const asOf = todayInTokyo(context.clock);
  const rules = await tools.rulesOf(context);
  const found = await withMunicipality(context.db, context.lgCode, (tx) =>
    listInstitutions(tx, context.actor, {
      text,
      asOf,
      limit: institutionsPerPage + 1,
      ...(after === '' ? {} : { after }),
    }),
  );
  const shown = found.slice(0, institutionsPerPage);
  const body = institutionsPage({
    text,
    institutions: shown,
    next: found.length > institutionsPerPage ? (shown.at(-1)?.institutionCode ?? null) : null,
    mayUpdate: mayDo(context.actor, 'institutions.update'),
    importsPath: tools.importsPath,
    programmeName: (programme) => nameOfProgramme(rules, programme),
    explain: (finding) => explainFinding(tools.findings, finding).message,
  });
  return context.page({ title: '医療機関', body, current: institutionsPath });
}

interface Problem {
  readonly form: ContractForm;
  readonly errors: readonly FormError[];
  readonly status: 409 | 422;
}

const crumbs = [{ label: '医療機関', href: institutionsPath }];

async function showNew(context: StaffContext, tools: ContractTools, problem: Problem | null): Promise<Answer> {
  const lead = '契約を結んだ医療機関や会場を一つ登録します。たくさんあるときは、ファイルで取り込みます。';
  const form = contractFormPanel({
    action: newInstitutionPath,
    csrfToken: context.csrfToken,
    form: problem?.form ?? formOfContract(null, true),
    errors: problem?.errors ?? [],
    programmes: programmeChoices(await tools.rulesOf(context)),
    replaces: null,
    isKnown: false,
  });
  const body = html`${pageHead('医療機関を登録する', { lead })}${errorSummary(problem?.errors ?? [])}${form}`;
  const page = context.page({ title: '医療機関を登録する', body, crumbs, current: institutionsPath });
  return problem === null ? page : answerWith(problem.status, page);
}

async function showOne(context: StaffContext, tools: ContractTools, problem: Problem | null): Promise<Answer> {
  const code = context.params['institutionCode'] ?? '';
  const rules = await tools.rulesOf(context);
  const versions = await withMunicipality(context.db, context.lgCode, (tx) => selectVersions(tx, code));
  const [newest] = versions;
  if (newest === undefined) throw new NotFound('この医療機関はありません。一覧から選び直してください。');
  const mayUpdate = mayDo(context.actor, 'institutions.update');
  const asked = context.query.text('contract') || context.body.text('replaces');
  const replaces = versions.find((one) => one.isLatest && String(one.versionId) === asked) ?? null;
  const form = contractFormPanel({
    action: institutionPath(code),
    csrfToken: context.csrfToken,
    form: problem?.form ?? formOfContract(replaces ?? newest, replaces === null),
    errors: problem?.errors ?? [],
    programmes: programmeChoices(rules),
    replaces,
    isKnown: true,
  });
  const body = institutionPage({
    versions,
    today: todayInTokyo(context.clock),
    programmeName: (programme) => nameOfProgramme(rules, programme),
    mayUpdate,
    errors: problem?.errors ?? [],
    form: mayUpdate ? form : null,
  });
  const page = context.page({ title: newest.name, body, crumbs, current: institutionsPath });
  return problem === null ? page : answerWith(problem.status, page);
}

async function keep(context: StaffContext, tools: ContractTools): Promise<Answer> {
  const known = context.params['institutionCode'];
  const show = (problem: Problem) =>
    known === undefined ? showNew(context, tools, problem) : showOne(context, tools, problem);
  const form = readForm(context, known);
  const { told, errors } = readTold(form, programmeChoices(await tools.rulesOf(context)));
  if (errors.length > 0) return show({ form, errors, status: 422 });
  const text = context.body.text('replaces');
  const replaces = /^\d{1,15}$/u.test(text) ? Number(text) : null;
  try {
    await keepContract(context, { told, replaces, reason: form.reason === '' ? null : form.reason });
  } catch (error) {
    if (!(error instanceof Conflict || error instanceof UnreadableInput)) throw error;
    const status = error instanceof Conflict ? 409 : 422;
    return show({ form, errors: [{ field: null, message: error.message }], status });
  }
  return redirectTo(institutionPath(told.institutionCode));
}

function readForm({ body }: StaffContext, known: string | undefined): ContractForm {
  const text = (name: string) => body.text(name).trim().slice(0, 200);
  const folded = (name: string) => text(name).normalize('NFKC').slice(0, 40);
  return {
    institutionCode: known ?? folded('institutionCode'),
    name: text('name'),
    postalCode: folded('postalCode'),
    address: text('address'),
    phone: folded('phone'),
    contractedFrom: folded('contractedFrom'),
    contractedTo: folded('contractedTo'),
    bankCode: folded('bankCode'),
    branchCode: folded('branchCode'),
    accountKind: folded('accountKind'),
    accountNumber: folded('accountNumber'),
    accountHolderKana: text('accountHolderKana'),
    programmes: body.list('programmes'),
    isRetired: body.has('isRetired'),
    reason: text('reason'),
  };
}

function readTold(
  form: ContractForm,
  programmes: readonly Choice[],
): { told: ContractTold; errors: readonly FormError[] } {
  const errors: FormError[] = [];
  const need = (field: keyof ContractForm, isRight: boolean, message: string): void => {
    if (!isRight) errors.push({ field, message });
  };
  const day = (field: 'contractedFrom' | 'contractedTo'): Day | null => {
    const found = form[field] === '' ? null : findTypedDay(form[field]);
    need(field, found !== undefined, dayHelp());
    return found ?? null;
  };
  const [contractedFrom, contractedTo] = [day('contractedFrom'), day('contractedTo')];
  const isCode = /^[\w-]{1,20}$/u.test(form.institutionCode) && form.institutionCode !== 'new';
  need('institutionCode', isCode, '医療機関コードを英数字20字までで書いてください。');
  need('name', form.name !== '', '名前を書いてください。');
  const isInOrder = contractedFrom === null || contractedTo === null || contractedFrom <= contractedTo;
  need('contractedTo', isInOrder, '契約の終わりが始まりより前です。');
  need('postalCode', /^(?:\d{3}-?\d{4})?$/u.test(form.postalCode), '郵便番号を 123-4567 のように書いてください。');
  need('bankCode', /^(?:\d{4})?$/u.test(form.bankCode), '銀行コードは4桁の数字です。');
  need('branchCode', /^(?:\d{3})?$/u.test(form.branchCode), '支店コードは3桁の数字です。');
  need('accountNumber', /^\d{0,8}$/u.test(form.accountNumber), '口座番号は8桁までの数字です。');
  const chosen = programmes.map(({ value }) => value).filter((value) => form.programmes.includes(value));
  const orNull = (text: string): string | null => (text === '' ? null : text);
  const told: ContractTold = {
    institutionCode: form.institutionCode,
    name: form.name,
    postalCode: orNull(form.postalCode),
    address: orNull(form.address),
    phone: orNull(form.phone),
    contractedFrom,
    contractedTo,
    bankCode: orNull(form.bankCode),
    branchCode: orNull(form.branchCode),
    accountKind: orNull(form.accountKind),
    accountNumber: orNull(form.accountNumber),
    accountHolderKana: orNull(form.accountHolderKana),
    programmes: chosen.length === 0 ? null : chosen,
    isRetired: form.isRetired,
  };
  return { told, errors };
}
