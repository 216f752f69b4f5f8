import {
  type Answer,
  addApprovalKind,
  addStaffRoute,
  answerWith,
  approvalsPath,
  explainErrors,
  redirectTo,
  type StaffApp,
  type StaffContext,
} from '#common-base/access';
import { type Finding, finding, formatIsoDay } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import type { Html } from '#platform/pages';
import { withMunicipality } from '#platform/postgres';
import { type Draft, type DraftForm, decideDraft, draftFields } from './decide-draft.ts';
import { listAlike } from './list-alike.ts';
import type { ListedAlike } from './pages/alike-columns.ts';
import { draftPage } from './pages/draft-page.ts';
import { registrationPath } from './pages/paths.ts';
import { listDraftCandidates, registrationKind, requestRegistration } from './register-person.ts';

/** The form of a 住登外者 and its sending: candidates are shown before anything is saved, another person approves. */
export function registerDraftRoutes(app: StaffApp): void {
  addApprovalKind(app, registrationKind);
  const rule = { url: registrationPath, permission: 'persons.register', needsReason: true } as const;
  addStaffRoute(app, { method: 'GET', ...rule, handler: showEmpty });
  addStaffRoute(app, { method: 'POST', ...rule, handler: take });
}

function showEmpty(context: StaffContext): Html {
  const today = formatIsoDay(todayInTokyo(context.clock));
  const empty = Object.fromEntries(draftFields.map((field) => [field, ''])) as DraftForm;
  return frame(context, { form: { ...empty, sex: 'unknown', validFrom: today }, errors: [], candidates: null });
}

async function take(context: StaffContext): Promise<Answer> {
  const { body } = context;
  const form = { ...body.texts(draftFields), validFrom: body.day('validFrom'), validTo: body.day('validTo') };
  const decision = decideDraft(form, todayInTokyo(context.clock));
  if (decision.answer === 'refused') return await refuse(context, form, decision.findings, null);
  const draft = decision.value;
  const candidates = await findCandidates(context, draft);
  if (candidates.length > 0 && !context.body.has('areOthers')) {
    return await refuse(context, form, [finding('draftCandidatesOpen', 'refuse', 'areOthers')], candidates);
  }
  const people = candidates.map(({ summary }) => summary);
  const asked = await requestRegistration(context, draft, people);
  if (asked.answer === 'refused') return await refuse(context, form, asked.findings, candidates);
  return redirectTo(approvalsPath);
}

async function findCandidates(context: StaffContext, draft: Draft): Promise<readonly ListedAlike[]> {
  return await withMunicipality(context.db, context.lgCode, async (tx) => {
    return await listAlike(tx, await listDraftCandidates(tx, draft), todayInTokyo(context.clock));
  });
}

async function refuse(
  context: StaffContext,
  form: DraftForm,
  findings: readonly Finding[],
  candidates: readonly ListedAlike[] | null,
): Promise<Answer> {
  return answerWith(422, frame(context, { form, errors: await explainErrors(findings), candidates }));
}

function frame(context: StaffContext, view: Omit<Parameters<typeof draftPage>[0], 'csrfToken'>): Html {
  const body = draftPage({ ...view, csrfToken: context.csrfToken });
  return context.page({ title: '住登外者を登録する', body, current: registrationPath });
}
