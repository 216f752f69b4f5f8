import { type Actor, requirePermission } from '#common-base/access';
import { recordAct, recordPersonsTouched } from '#common-base/audit';
import { formatIsoDay, NotFound, UnreadableInput } from '#kernel';
import { finishRun } from '#platform/jobs';
import { type Tx, withMunicipality } from '#platform/postgres';
import { cohortPersonsSql, findCohort, insertCohort, selectCohorts } from './cohort-store.ts';
import { extractCohort } from './extract-cohort.ts';
import { dosePaperOf, servesStage } from './layout-types.ts';
import { getFormLayout, type NoticeContext } from './library.ts';
import { cohortPath } from './pages/paths.ts';
import type { Extraction } from './tally-cohort.ts';
import type { Cohort, CohortConditions, CohortCounts, CohortSummary } from './types.ts';

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
  request: {
    readonly label: string;
    readonly conditions: CohortConditions;
    readonly runId?: number;
    /** What stands or falls with the cohort: done in its transaction. */
    readonly onCreated?: (tx: Tx, cohortId: number) => Promise<void>;
  },
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
    await request.onCreated?.(tx, cohortId);
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
  const layout = await withMunicipality(db, actor.lgCode, (tx) =>
    getFormLayout(tx, library, conditions.layoutId, conditions.asOf),
  );
  if (!servesStage(layout, conditions)) {
    throw new UnreadableInput('選んだ様式は、この予防接種のものではありません。様式を選び直してください。');
  }
  return extractCohort(context, conditions, dosePaperOf(layout));
}
