import {
  type ActionContext,
  applyPersonnelChange,
  type PersonnelChange,
  type PersonnelOutcome,
  requirePermission,
} from '#common-base/access';
import { recordAct } from '#common-base/audit';
import {
  type FeedRow,
  type FeedSource,
  type ImportResult,
  type Layout,
  loadLayout,
  nameFields,
  noteRows,
  readFeed,
  runFeed,
} from '#common-base/linkage';
import { answerOf, type Day, findIsoDay } from '#kernel';
import type { Tx } from '#platform/postgres';

/**
 * Takes in the personnel office's changes (異動情報) by layout, in one transaction: accounts of people who left or are on
 * leave are closed, those of people who moved lose their duties, and coming changes set the last day. People without an
 * account here are passed over; nobody gets one.
 */
export async function importPersonnel(
  context: ActionContext,
  source: FeedSource,
  options: { readonly layoutName?: string; readonly asOf: Day },
): Promise<ImportResult> {
  requirePermission(context.actor, 'staff.manage');
  const layoutName = options.layoutName ?? 'personnel';
  return await runFeed(context, source, { kind: 'personnel', layoutName }, async (tx, runId) => {
    const layout = await loadLayout(tx, layoutName);
    const figures = { rows: 0, accepted: 0, questioned: 0, refused: 0, unmappedCharacters: 0 };
    const outcomes: Record<PersonnelOutcome, number> = { unknown: 0, unchanged: 0, closed: 0, moved: 0, limited: 0 };
    for await (const rows of readFeed(source, layout, { lgCode: tx.lgCode })) {
      for (const row of rows) {
        const outcome = await applyRow(tx, context, row, layout, options.asOf);
        if (outcome !== undefined) outcomes[outcome] += 1;
        figures[answerOf(row.findings)] += 1;
        figures.unmappedCharacters += row.unmappedCharacters;
      }
      figures.rows += rows.length;
      await noteRows(tx, runId, rows);
      context.onProgress?.(figures.rows, null);
    }
    const details = { feedRunId: runId, rows: figures.rows, refused: figures.refused, ...outcomes };
    await recordAct(tx, context.actor, { act: 'oversight.personnelImported', details });
    return figures;
  });
}

async function applyRow(
  tx: Tx,
  context: ActionContext,
  row: FeedRow,
  layout: Layout,
  asOf: Day,
): Promise<PersonnelOutcome | undefined> {
  if (answerOf(row.findings) === 'refused') return undefined;
  const { accountName, change: kind, effectiveOn, department = null } = row.fields;
  const day = findIsoDay(effectiveOn ?? '');
  if (day === undefined || !isKind(kind)) return undefined;
  const change = { accountName: accountName ?? '', kind, effectiveOn: day, department };
  const { outcome, findings } = await applyPersonnelChange(tx, context, change, asOf);
  row.findings.push(...nameFields(findings, layout));
  return outcome;
}

function isKind(text: string | null | undefined): text is PersonnelChange['kind'] {
  return text === 'left' || text === 'moved' || text === 'onLeave';
}
