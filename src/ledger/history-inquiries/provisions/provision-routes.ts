import { listPersonSummaries } from '#addressees/persons';
import {
  type Answer,
  type ApprovalKind,
  addApprovalKind,
  addStaffRoute,
  answerWith,
  approvalPath,
  explainErrors,
  redirectTo,
  type StaffApp,
  type StaffContext,
} from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type Finding, finding, NotFound } from '#kernel';
import { findReference } from '#messages';
import { todayInTokyo } from '#platform/clock';
import type { Html } from '#platform/pages';
import { withMunicipality } from '#platform/postgres';
import { loadMunicipalityCodes } from '../find-municipality.ts';
import { isOutcome, loadToldStates, proposeAnswer, provisionKind } from './answer-provision.ts';
import { historyProvisionsPath, provisionsPage } from './provision-page.ts';
import { listProvisions } from './provision-store.ts';

const shownMax = 100;

/** 他の自治体からの照会: what is asked, and proposing the answer. */
export function registerProvisionRoutes(app: StaffApp, now: () => Date): void {
  const kind = provisionKind(now);
  addApprovalKind(app, kind);
  const rule = { url: historyProvisionsPath, permission: 'histories.compare', needsReason: true } as const;
  addStaffRoute(app, { method: 'GET', ...rule, handler: (context: StaffContext) => show(context, []) });
  addStaffRoute(app, { method: 'POST', ...rule, handler: (context: StaffContext) => propose(context, kind) });
}

async function propose(context: StaffContext, kind: ApprovalKind): Promise<Answer> {
  const relayRef = findReference(context.body.text('provision'));
  if (relayRef === undefined) throw new NotFound('この照会は見つかりません。画面を開き直してください。');
  const outcome = context.body.text('outcome');
  if (!isOutcome(outcome)) {
    return answerWith(422, await show(context, [finding('provisionAnswerMissing', 'refuse', 'outcome')]));
  }
  const asked = { relayRef, outcome, reason: context.body.text('reason'), ledgerVersion: readVersion(context) };
  const decision = await proposeAnswer(context, kind, asked);
  if (decision.answer !== 'refused') return redirectTo(approvalPath(decision.value));
  const isOutdated = decision.findings.some(({ code }) => code === 'provisionLedgerChanged');
  return answerWith(isOutdated ? 409 : 422, await show(context, decision.findings));
}

/** The version that stood on the page; none fits where the form brought none. */
function readVersion({ body }: StaffContext): number {
  const text = body.text('ledgerVersion');
  return /^\d{1,15}$/u.test(text) ? Number(text) : -1;
}

async function show(context: StaffContext, faults: readonly Finding[]): Promise<Html> {
  const { waiting, done, people, municipalities, told } = await withMunicipality(
    context.db,
    context.lgCode,
    async (tx) => {
      const open = await listProvisions(tx, ['asked'], shownMax);
      const over = await listProvisions(tx, ['approved', 'handedOver'], shownMax);
      const personIds = [...open, ...over].flatMap(({ personId }) => (personId === null ? [] : [personId]));
      const unique = [...new Set(personIds)];
      await recordAct(tx, context.actor, { act: 'histories.provisionsListed', personIds: unique });
      const summaries = await listPersonSummaries(tx, unique, todayInTokyo(context.clock));
      return {
        waiting: open,
        done: over,
        people: new Map(summaries.map((each) => [each.personId, each])),
        municipalities: await loadMunicipalityCodes(tx),
        told: await loadToldStates(tx, open),
      };
    },
  );
  const body = provisionsPage({
    waiting,
    done,
    people,
    told,
    municipalityName: (lgCode) => {
      const found = municipalities.find((each) => each.lgCode === lgCode);
      return found === undefined ? `団体コード ${lgCode}` : `${found.prefecture}${found.name}`;
    },
    errors: (await explainErrors(faults)).map((error) => ({ ...error, field: null })),
    csrfToken: context.csrfToken,
  });
  return context.page({ title: '他の自治体からの照会', body, current: historyProvisionsPath });
}
