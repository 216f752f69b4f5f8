import { recordAct } from '#common-base/audit';
import { type Finding, findTypedDay, NotFound } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import type { Html } from '#platform/pages';
import { withMunicipality } from '#platform/postgres';
import { type Answer, answerWith, redirectTo } from './answers.ts';
import { explainErrors } from './explain-errors.ts';
import { contractorPage, contractorsPage, vendorPath, vendorsPath, workPath, worksPath } from './pages/vendor-pages.ts';
import { workPage, worksPage } from './pages/vendor-work-pages.ts';
import { mayDo } from './require-permission.ts';
import { addApprovalKind, addStaffRoute, type StaffApp } from './staff-app.ts';
import type { StaffContext } from './staff-route.ts';
import { endContractor, getContractor, registerContractor, registerWorker } from './vendors/manage-contractors.ts';
import { findWorker, listChain, listContractors, listWorkers, listWorks } from './vendors/store.ts';
import {
  finishVendorWork,
  requestVendorWork,
  startVendorWork,
  vendorWorkKind,
  viewVendorWork,
} from './vendors/vendor-work.ts';

/** 委託先: the register of contracts with their people, and their works in the system from the asking to the log. */
export function addVendorRoutes(app: StaffApp): void {
  addApprovalKind(app, vendorWorkKind(app.options.clock));
  const view = { method: 'GET', permission: 'vendors.view' } as const;
  const manage = { method: 'POST', permission: 'vendors.manage' } as const;
  const one = `${vendorsPath}/:contractorId`;
  addStaffRoute(app, { ...view, url: vendorsPath, handler: (context: StaffContext) => showAll(context, []) });
  addStaffRoute(app, { ...manage, url: vendorsPath, handler: takeContractor });
  addStaffRoute(app, { ...view, url: one, handler: (context: StaffContext) => showOne(context, []) });
  addStaffRoute(app, { ...manage, url: `${one}/workers`, handler: takeWorker });
  addStaffRoute(app, { ...manage, url: `${one}/end`, needsFreshSignIn: true, handler: takeEnd });
  const work = `${worksPath}/:workId`;
  const see = { method: 'GET', permission: 'work.view' } as const;
  const ask = { method: 'POST', permission: 'work.request' } as const;
  addStaffRoute(app, { ...see, url: worksPath, handler: (context: StaffContext) => showWorks(context, []) });
  addStaffRoute(app, { ...ask, url: worksPath, handler: takeWork });
  addStaffRoute(app, { ...see, url: work, handler: (context: StaffContext) => showWork(context, []) });
  addStaffRoute(app, { ...ask, url: `${work}/start`, needsFreshSignIn: true, handler: takeStart });
  addStaffRoute(app, { ...see, method: 'POST', url: `${work}/finish`, handler: takeFinish });
}

async function showAll(context: StaffContext, findings: readonly Finding[]): Promise<Html> {
  const contractors = await withMunicipality(context.db, context.lgCode, async (tx) => {
    await recordAct(tx, context.actor, { act: 'vendors.registerViewed' });
    return await listContractors(tx);
  });
  const body = contractorsPage({
    contractors,
    today: todayInTokyo(context.clock),
    mayManage: mayDo(context.actor, 'vendors.manage'),
    errors: await explainErrors(findings),
    values: valuesOf(context),
    csrfToken: context.csrfToken,
  });
  return context.page({ title: '委託先', body, current: vendorsPath });
}

async function takeContractor(context: StaffContext): Promise<Answer> {
  const { body } = context;
  const parentId = readId(body.text('parentId')) ?? null;
  const given = {
    name: body.text('name').slice(0, 100),
    contract: body.text('contract').slice(0, 200),
    contractFrom: findTypedDay(body.text('contractFrom')),
    contractTo: findTypedDay(body.text('contractTo')),
    permittedOn: findTypedDay(body.text('permittedOn')),
  };
  const decision = await registerContractor(context, given, parentId);
  if (decision.answer !== 'refused') return redirectTo(vendorPath(decision.value));
  return answerWith(422, await showAll(context, decision.findings));
}

async function showOne(context: StaffContext, findings: readonly Finding[]): Promise<Html> {
  const contractorId = idOf(context, 'contractorId');
  const view = await withMunicipality(context.db, context.lgCode, async (tx) => {
    const contractor = await getContractor(tx, contractorId);
    await recordAct(tx, context.actor, { act: 'vendors.contractorViewed', details: { contractorId } });
    return {
      contractor,
      chain: await listChain(tx, contractorId),
      workers: await listWorkers(tx, contractorId),
    };
  });
  const body = contractorPage({
    ...view,
    today: todayInTokyo(context.clock),
    mayManage: mayDo(context.actor, 'vendors.manage'),
    errors: await explainErrors(findings),
    values: valuesOf(context),
    csrfToken: context.csrfToken,
  });
  const crumbs = [{ label: '委託先', href: vendorsPath }];
  return context.page({ title: view.contractor.name, body, crumbs, current: vendorsPath });
}

async function takeWorker(context: StaffContext): Promise<Answer> {
  const contractorId = idOf(context, 'contractorId');
  const given = {
    accountName: context.body.text('accountName'),
    pledgedOn: findTypedDay(context.body.text('pledgedOn')),
  };
  const decision = await registerWorker(context, contractorId, given);
  if (decision.answer !== 'refused') return redirectTo(vendorPath(contractorId));
  return answerWith(422, await showOne(context, decision.findings));
}

async function takeEnd(context: StaffContext): Promise<Answer> {
  const contractorId = idOf(context, 'contractorId');
  const decision = await endContractor(context, contractorId, context.body.text('note'));
  if (decision.answer !== 'refused') return redirectTo(vendorPath(contractorId));
  return answerWith(422, await showOne(context, decision.findings));
}

async function showWorks(context: StaffContext, findings: readonly Finding[]): Promise<Html> {
  const { actor } = context;
  const isVendor = mayDo(actor, 'work.request');
  const view = await withMunicipality(context.db, context.lgCode, async (tx) => {
    await recordAct(tx, actor, { act: 'vendors.worksListed' });
    const worker = isVendor && actor.staffId !== null ? await findWorker(tx, actor.staffId) : undefined;
    return { works: await listWorks(tx, isVendor ? actor.staffId : null), worker };
  });
  const body = worksPage({
    ...view,
    isVendor,
    today: todayInTokyo(context.clock),
    errors: await explainErrors(findings),
    values: valuesOf(context),
    operations: context.body.list('operations'),
    csrfToken: context.csrfToken,
  });
  return context.page({ title: '委託先の作業', body, current: worksPath });
}

async function takeWork(context: StaffContext): Promise<Answer> {
  const { body } = context;
  const decision = await requestVendorWork(context, {
    workOn: findTypedDay(body.text('workOn')),
    operations: [...new Set(body.list('operations'))],
    purpose: body.text('purpose').slice(0, 400),
    instruction: body.text('instruction').slice(0, 100),
  });
  if (decision.answer !== 'refused') return redirectTo(workPath(decision.value));
  return answerWith(422, await showWorks(context, decision.findings));
}

async function showWork(context: StaffContext, findings: readonly Finding[]): Promise<Html> {
  const workId = idOf(context, 'workId');
  const { actor } = context;
  const seen = await withMunicipality(context.db, context.lgCode, (tx) => viewVendorWork(tx, actor, workId));
  const isOwn = seen.work.staffId === actor.staffId;
  const body = workPage({
    ...seen,
    isOwn,
    mayStop: mayDo(actor, 'work.approve'),
    today: todayInTokyo(context.clock),
    errors: await explainErrors(findings),
    values: valuesOf(context),
    csrfToken: context.csrfToken,
  });
  const crumbs = [{ label: '委託先の作業', href: worksPath }];
  return context.page({ title: `作業 ${workId}`, body, crumbs, current: worksPath });
}

async function takeStart(context: StaffContext): Promise<Answer> {
  const workId = idOf(context, 'workId');
  const decision = await startVendorWork(context, workId);
  if (decision.answer !== 'refused') return redirectTo(workPath(workId));
  return answerWith(409, await showWork(context, decision.findings));
}

async function takeFinish(context: StaffContext): Promise<Answer> {
  const workId = idOf(context, 'workId');
  const decision = await finishVendorWork(context, workId, context.body.text('result'));
  if (decision.answer !== 'refused') return redirectTo(workPath(workId));
  return answerWith(422, await showWork(context, decision.findings));
}

/** What was typed, so that a refused form keeps it. */
function valuesOf({ body }: StaffContext): (name: string) => string {
  return (name) => body.text(name);
}

function idOf(context: StaffContext, name: string): number {
  const id = readId(context.params[name] ?? '');
  if (id === undefined) throw new NotFound('この番号のものはありません。一覧から選び直してください。');
  return id;
}

function readId(text: string): number | undefined {
  return /^[1-9]\d{0,14}$/u.test(text) ? Number(text) : undefined;
}
