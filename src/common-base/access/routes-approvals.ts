import { recordAct } from '#common-base/audit';
import { type Finding, NotFound } from '#kernel';
import { type Tx, withMunicipality } from '#platform/postgres';
import { type Answer, answerWith, redirectTo } from './answers.ts';
import { findOneBehindBoth } from './approvals/find-one-behind-both.ts';
import { settleApproval } from './approvals/settle-approval.ts';
import { findRequest, listRequests } from './approvals/store.ts';
import type { ApprovalKind, ApprovalRequest } from './approvals/types.ts';
import { explainErrors } from './explain-errors.ts';
import { approvalPage, approvalsPage, type ShownRequest, waitsFor } from './pages/approval-pages.ts';
import { approvalPath, approvalsPath } from './pages/paths.ts';
import { mayDo } from './require-permission.ts';
import { addStaffRoute, listApprovalKinds, type StaffApp } from './staff-app.ts';
import type { StaffContext } from './staff-route.ts';
import { findStaff } from './staff-store.ts';
import type { Actor } from './types.ts';

/** Requests and approvals of all rooms: one list, one page, one way to decide. */
export function addApprovalRoutes(app: StaffApp): void {
  addStaffRoute(app, {
    method: 'GET',
    url: approvalsPath,
    permission: 'approvals.view',
    handler: async (context) => {
      const shown = await withMunicipality(context.db, context.lgCode, async (tx) => {
        const person = await ownPerson(tx, context);
        const requests = await listRequests(tx, context.clock.now());
        return requests.flatMap((request) => showRequest(app, context, request, person) ?? []);
      });
      return context.page({ title: '申請と承認', body: approvalsPage(shown, false) });
    },
  });
  addStaffRoute(app, {
    method: 'GET',
    url: `${approvalsPath}/:requestId`,
    permission: 'approvals.view',
    handler: async (context) => await showOne(app, context, []),
  });
  addStaffRoute(app, {
    method: 'POST',
    url: `${approvalsPath}/:requestId/decide`,
    permission: 'approvals.view',
    needsFreshSignIn: true,
    handler: async (context) => await takeDecision(app, context),
  });
  addStaffRoute(app, {
    method: 'POST',
    url: `${approvalsPath}/:requestId/withdraw`,
    permission: 'approvals.view',
    handler: async (context) => await settle(app, context, 'withdraw'),
  });
}

/** How many requests wait for the reader's decision. */
export async function countApprovalsToDecide(app: StaffApp, context: StaffContext, tx: Tx): Promise<number> {
  const person = await ownPerson(tx, context);
  const requests = await listRequests(tx, context.clock.now());
  return requests.filter((request) => waitsFor(showRequest(app, context, request, person))).length;
}

async function takeDecision(app: StaffApp, context: StaffContext): Promise<Answer> {
  const answer = context.body.text('answer');
  if (answer !== 'approve' && answer !== 'decline') return redirectTo(approvalPath(readId(context)));
  return await settle(app, context, answer);
}

async function settle(
  app: StaffApp,
  context: StaffContext,
  answer: 'approve' | 'decline' | 'withdraw',
): Promise<Answer> {
  const settlement = { requestId: readId(context), answer, note: context.body.text('note') };
  const decision = await settleApproval(context, listApprovalKinds(app), settlement);
  if (decision.answer === 'refused') return await showOne(app, context, decision.findings);
  return redirectTo(approvalsPath);
}

async function showOne(app: StaffApp, context: StaffContext, findings: readonly Finding[]): Promise<Answer> {
  const given = await withMunicipality(context.db, context.lgCode, async (tx) => {
    const request = await findRequest(tx, readId(context), { at: context.clock.now() });
    const shown = request && showRequest(app, context, request, await ownPerson(tx, context));
    if (shown === undefined) throw new NotFound('この申請はありません。一覧から選び直してください。');
    const { kind, request: asked } = shown;
    const personIds = (await kind.listPersonIds?.(tx, asked.subject)) ?? [];
    if (personIds.length > 0) {
      const details = { requestId: asked.requestId, kind: asked.kind };
      await recordAct(tx, withReason(context.actor, kind), { act: 'access.approvalViewed', personIds, details });
    }
    return { shown, described: await kind.describe(tx, asked.subject), fault: await findHindrance(tx, context, shown) };
  });
  const { shown, described, fault } = given;
  const [hindrance = null] = await explainErrors(fault === undefined ? [] : [fault]);
  const errors = await explainErrors(findings);
  const body = approvalPage({ shown, described, hindrance, csrfToken: context.csrfToken, errors });
  const page = context.page({ title: shown.kind.nameJa, body, current: approvalsPath });
  return findings.length === 0 ? page : answerWith(409, page);
}

/** Why the reader, who may decide such requests, may not decide this one now: told before the button is pressed. */
async function findHindrance(tx: Tx, context: StaffContext, shown: ShownRequest): Promise<Finding | undefined> {
  const { staffId } = context.actor;
  if (staffId === null || !waitsFor(shown)) return undefined;
  return await findOneBehindBoth(tx, shown.request.requestedBy, staffId, context.clock.now());
}

/** Somebody who chose no 処理事由 looks at a request because of it: the log says so. */
function withReason(actor: Actor, { nameJa }: ApprovalKind): Actor {
  return actor.reason === null ? { ...actor, reason: `申請と承認（${nameJa}）` } : actor;
}

/** A request is seen by who asked it and by those who may approve its kind; for others it is not there. */
function showRequest(
  app: StaffApp,
  context: StaffContext,
  request: ApprovalRequest,
  person: number,
): ShownRequest | undefined {
  const kind = listApprovalKinds(app).find((each) => each.kind === request.kind);
  if (kind === undefined) return undefined;
  const isOwn = request.requestedPerson === person;
  const mayDecide = mayDo(context.actor, kind.approvePermission);
  return isOwn || mayDecide ? { request, kind, isOwn, mayDecide } : undefined;
}

async function ownPerson(tx: Tx, { actor }: StaffContext): Promise<number> {
  const { staffId } = actor;
  if (staffId === null) throw new TypeError('a session belongs to a person');
  return (await findStaff(tx, staffId))?.personStaffId ?? staffId;
}

function readId({ params }: StaffContext): number {
  const { requestId = '' } = params;
  return /^\d{1,15}$/u.test(requestId) ? Number(requestId) : 0;
}
