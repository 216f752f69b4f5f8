import { listNumberQuestions, settleNumberQuestion } from '#addressees/numbers';
import { listPersonSummaries } from '#addressees/persons';
import {
  type Answer,
  addStaffRoute,
  answerWith,
  explainErrors,
  redirectTo,
  type StaffApp,
  type StaffContext,
} from '#common-base/access';
import { type Finding, finding } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { explainFinding, type FindingsTables } from '#platform/findings';
import type { Html } from '#platform/pages';
import { withMunicipality } from '#platform/postgres';
import { numberQuestionsPage } from './pages/number-questions-page.ts';
import { numberQuestionsPath } from './pages/paths.ts';

const perPage = 50;

/** The work list of questioned numbers: looked at, compared, settled with a note. */
export function registerNumberQuestionRoutes(app: StaffApp, findings: FindingsTables): void {
  const rule = { url: numberQuestionsPath, permission: 'numbers.confirm', needsReason: true } as const;
  addStaffRoute(app, { method: 'GET', ...rule, handler: (context: StaffContext) => show(context, findings, []) });
  addStaffRoute(app, { method: 'POST', ...rule, handler: (context: StaffContext) => settle(context, findings) });
}

async function settle(context: StaffContext, findings: FindingsTables): Promise<Answer> {
  const given = context.body.text('questionId');
  const questionId = /^\d{1,15}$/u.test(given) ? Number(given) : 0;
  const decision = await settleNumberQuestion(context, questionId, context.body.text('note'));
  if (decision.answer !== 'refused') return redirectTo(numberQuestionsPath);
  return answerWith(422, await show(context, findings, decision.findings));
}

async function show(context: StaffContext, tables: FindingsTables, faults: readonly Finding[]): Promise<Html> {
  const given = context.query.text('after');
  const after = /^\d{1,15}$/u.test(given) ? Number(given) : 0;
  const questions = await listNumberQuestions(context, { after, limit: perPage });
  const ids = questions.flatMap(({ personId, otherPersonId }) => [personId, otherPersonId]).filter((id) => id !== null);
  const summaries = await withMunicipality(context.db, context.lgCode, (tx) =>
    listPersonSummaries(tx, [...new Set(ids)], todayInTokyo(context.clock)),
  );
  const body = numberQuestionsPage({
    questions,
    people: new Map(summaries.map((summary) => [summary.personId, summary])),
    explain: (code) => explainFinding(tables, finding(code, 'question', null, { others: '…' })),
    next: questions.length < perPage ? null : (questions.at(-1)?.questionId ?? null),
    errors: await explainErrors(faults),
    csrfToken: context.csrfToken,
  });
  return context.page({ title: '要確認の個人番号', body, current: numberQuestionsPath });
}
