import {
  type Answer,
  addStaffRoute,
  mayDo,
  type OrderWork,
  redirectTo,
  type StaffApp,
  type StaffContext,
} from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { NotFound } from '#kernel';
import { loadInstitutions } from '#ledger/contracts';
import { findReference } from '#messages';
import { withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { sortOut } from './deliver-to-intake.ts';
import { listOpen, loadRevisions } from './inbox-store.ts';
import { deliverTask } from './order-tasks.ts';
import { clinicsPage } from './pages/clinics-page.ts';
import { clinicsPath } from './pages/paths.ts';
import { replaceInIntake, settleByHand } from './settle-record.ts';
import { countTickets, findPeer } from './store.ts';

/** What the pages need beside a request. */
export interface ClinicExchangeTools {
  readonly rulesOf: (context: StaffContext) => Promise<RuleSet>;
  readonly orderWork: OrderWork;
}

const shownMax = 500;

/** 医療機関からの記録: the page, and its three answers. */
export function registerClinicExchangeRoutes(app: StaffApp, tools: ClinicExchangeTools): void {
  addStaffRoute(app, {
    method: 'GET',
    url: clinicsPath,
    permission: 'intake.view',
    needsReason: true,
    handler: (context) => showClinics(context, tools),
  });
  addStaffRoute(app, {
    method: 'POST',
    url: `${clinicsPath}/deliver`,
    permission: 'intake.receive',
    needsReason: true,
    handler: async (context) => {
      const order = { task: deliverTask, label: '医療機関の記録を受付に入れる', back: clinicsPath };
      return (await tools.orderWork(context, order)) ?? redirectTo(clinicsPath);
    },
  });
  addStaffRoute(app, {
    method: 'POST',
    url: `${clinicsPath}/replace`,
    permission: 'intake.answer',
    needsReason: true,
    handler: async (context) => {
      await replaceInIntake(context, nameOf(context), { rules: await tools.rulesOf(context) });
      return redirectTo(clinicsPath);
    },
  });
  addStaffRoute(app, {
    method: 'POST',
    url: `${clinicsPath}/settle`,
    permission: 'intake.answer',
    needsReason: true,
    handler: async (context) => {
      await settleByHand(context, nameOf(context));
      return redirectTo(clinicsPath);
    },
  });
}

async function showClinics(context: StaffContext, tools: ClinicExchangeTools): Promise<Answer> {
  const rules = await tools.rulesOf(context);
  const view = await withMunicipality(context.db, context.lgCode, async (tx) => {
    const open = await listOpen(tx, shownMax);
    const all = await loadRevisions(tx, [...new Set(open.map(({ recordId }) => recordId))]);
    const { deliverable, forPeople } = sortOut(
      open,
      Map.groupBy(all, ({ recordId }) => recordId),
    );
    const personIds = [...new Set(open.flatMap(({ personId }) => (personId === null ? [] : [personId])))];
    await recordAct(tx, context.actor, { act: 'clinics.recordsViewed', personIds });
    const institutions = await loadInstitutions(tx);
    const institutionNames = new Map([...institutions].map(([code, { name }]) => [code, name]));
    return { peer: await findPeer(tx), ...(await countTickets(tx)), ready: deliverable, forPeople, institutionNames };
  });
  const body = clinicsPage({
    ...view,
    rules,
    csrfToken: context.csrfToken,
    mayDeliver: mayDo(context.actor, 'intake.receive'),
    mayAnswer: mayDo(context.actor, 'intake.answer'),
  });
  return context.page({ title: '医療機関からの記録', body });
}

function nameOf({ body }: StaffContext): { readonly recordId: string; readonly revision: number } {
  const recordId = findReference(body.text('recordId'));
  if (recordId === undefined) throw new NotFound('この記録は見つかりません。画面を開き直してください。');
  return { recordId, revision: Number(/^\d{1,6}$/u.exec(body.text('revision'))?.[0] ?? '0') };
}
