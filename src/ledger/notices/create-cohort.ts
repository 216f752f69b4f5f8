import { loadPersonsForJudging } from '#addressees/persons';
import { type Actor, requirePermission } from '#common-base/access';
import { recordAct, recordPersonsTouched } from '#common-base/audit';
import { type Day, formatIsoDay, NotFound, type PersonId, UnreadableInput } from '#kernel';
import { finishRun } from '#platform/jobs';
import { type Tx, withMunicipality } from '#platform/postgres';
import { cohortPersonsSql, findCohort, insertCohort, reasonCount, selectCohorts } from './cohort-store.ts';
import { decideMember, type MemberCase } from './decide-member.ts';
import { servesStage } from './layout-types.ts';
import { getFormLayout, type NoticeContext } from './library.ts';
import { completePeople, judgePeople } from './load-people.ts';
import { countedOnly, type ExcludedReason, type IncludedReason } from './notice-reasons.ts';
import { cohortPath } from './pages/paths.ts';
import type { Cohort, CohortConditions, CohortCounts, CohortMember, CohortSummary } from './types.ts';

const peoplePerPage = 2000;

interface Extraction extends CohortCounts {
  readonly members: readonly CohortMember[];
}

/** Counts who would be called and who not, by reason, without keeping anything. */
export async function previewCohort(context: NoticeContext, conditions: CohortConditions): Promise<CohortCounts> {
  requirePermission(context.actor, 'notices.view');
  const { included, excluded, reasons } = await extract(context, conditions);
  return { included, excluded, reasons };
}

/**
 * Extracts and freezes a cohort (対象者抽出): its conditions, the version of the rules, everybody called, and
 * everybody who would be called but for one reason. What is printed later is asked again at the printing.
 */
export async function createCohort(
  context: NoticeContext,
  request: { readonly label: string; readonly conditions: CohortConditions; readonly runId?: number },
): Promise<CohortCounts & { readonly cohortId: number }> {
  const { actor, db, library } = context;
  requirePermission(actor, 'notices.print');
  const label = request.label.trim();
  if (label === '') throw new UnreadableInput('抽出の名前を入力してください。');
  const { members, included, excluded, reasons } = await extract(context, request.conditions);
  return withMunicipality(db, actor.lgCode, async (tx) => {
    const { programme, stage, asOf } = request.conditions;
    const details = { programme, stage, asOf: formatIsoDay(asOf), included };
    const actId = await recordAct(tx, actor, { act: 'notices.cohortCreated', details });
    const cohortId = await insertCohort(tx, {
      label,
      conditions: request.conditions,
      rulesVersion: library.rules.version,
      reasons,
      members,
      staffId: actor.staffId,
      staffName: actor.staffName,
      actId,
    });
    await recordPersonsTouched(tx, actId, cohortPersonsSql, [tx.lgCode, cohortId]);
    // With its cohort the run has ended: tried again after a crash it makes no second one.
    const result = { people: included + excluded, included, next: cohortPath(cohortId) };
    if (request.runId !== undefined) await finishRun(tx, request.runId, { state: 'done', result });
    return { cohortId, included, excluded, reasons };
  });
}

/** The newest cohorts, a hundred at most. */
export async function listCohorts(tx: Tx, actor: Actor): Promise<CohortSummary[]> {
  requirePermission(actor, 'notices.view');
  return selectCohorts(tx, 100);
}

/** One cohort with its reasons and print jobs. */
export async function getCohort(tx: Tx, actor: Actor, cohortId: number): Promise<Cohort> {
  requirePermission(actor, 'notices.view');
  const cohort = await findCohort(tx, cohortId);
  if (cohort === undefined) throw new NotFound(`抽出 ${cohortId} はありません。`);
  return cohort;
}

async function extract(context: NoticeContext, conditions: CohortConditions): Promise<Extraction> {
  const { actor, db, library } = context;
  if (conditions.dueBy < conditions.asOf) throw new UnreadableInput('期日は、基準日以後の日にしてください。');
  await withMunicipality(db, actor.lgCode, async (tx) => {
    const layout = await getFormLayout(tx, library, conditions.layoutId, conditions.asOf);
    if (!servesStage(layout, conditions)) {
      throw new UnreadableInput('選んだ様式は、この予防接種のものではありません。様式を選び直してください。');
    }
  });
  const counts = new Map<IncludedReason | ExcludedReason, number>();
  const members: CohortMember[] = [];
  let people = 0;
  for (let after: PersonId | null = null; ; ) {
    const page: Page = await withMunicipality(db, actor.lgCode, (tx) =>
      extractPage(tx, library.rules, conditions, after),
    );
    for (const { member, reason } of page.decided) {
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
      if (!countedOnly.has(reason)) members.push(member);
    }
    people += page.decided.length;
    context.onProgress?.(people, null);
    after = page.last;
    if (after === null) break;
  }
  const reasons = [...counts].map(([reason, n]) => reasonCount(reason, n)).toSorted((a, b) => b.people - a.people);
  const included = members.filter((member) => member.isIncluded).length;
  return { members, reasons, included, excluded: people - included };
}

interface Page {
  readonly decided: readonly { readonly member: CohortMember; readonly reason: IncludedReason | ExcludedReason }[];
  readonly last: PersonId | null;
}

/** Judges a page of the population; letters and addresses are only asked for those who would be called. */
async function extractPage(
  tx: Tx,
  rules: NoticeContext['library']['rules'],
  conditions: CohortConditions,
  after: PersonId | null,
): Promise<Page> {
  const days: { readonly asOf: Day; readonly dueBy: Day } = conditions;
  const page = await loadPersonsForJudging(tx, { after, limit: peoplePerPage });
  // Of linked records the one that stands for all is called.
  const people = page.filter((person) => person.principalId === null || person.principalId === person.personId);
  const alive = people.filter((person) => person.bornOn !== null);
  const judged = await judgePeople(tx, rules, alive, conditions, days.asOf);
  const called = judged.filter(({ person, forecast }) => decideMember(assumed(person, forecast), days).isIncluded);
  const complete = new Map(
    (await completePeople(tx, called, conditions, days.asOf)).map(({ person, member }) => [person.personId, member]),
  );
  const forecasts = new Map(judged.map(({ person, forecast }) => [person.personId, forecast]));
  const decided = people.map((person) => {
    const member = complete.get(person.personId) ?? assumed(person, forecasts.get(person.personId) ?? null);
    const { isIncluded, reason, next } = decideMember(member, days);
    return { reason, member: { personId: person.personId, isIncluded, reason, doseNumber: next?.doseNumber ?? null } };
  });
  return { decided, last: page.length < peoplePerPage ? null : (page.at(-1)?.personId ?? null) };
}

/** A person as if nothing but life and law stood against a letter. */
function assumed(person: MemberCase['person'], forecast: MemberCase['forecast']): MemberCase {
  return { person, forecast, hasLiveForm: false, post: 'address' };
}
