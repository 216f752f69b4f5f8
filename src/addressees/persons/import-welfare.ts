import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct, recordPersonsTouched } from '#common-base/audit';
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
import { answerOf, type Day, finding } from '#kernel';
import { publish } from '#platform/outbox';
import type { Tx } from '#platform/postgres';
import { decideWelfareRow } from './decide-welfare-row.ts';
import { listKnownNumbers, stageWelfare, type WelfareRow, writeWelfare } from './welfare-store.ts';

/**
 * Takes in the flags of welfare and tax (生活保護, 障害者, 課税区分) with their validity, in one transaction: rows that
 * say nothing new are skipped, a changed row of the same first day is appended and counts, unknown people are refused.
 */
export async function importWelfare(
  context: ActionContext,
  source: FeedSource,
  options: { readonly layoutName?: string; readonly asOf: Day },
): Promise<ImportResult> {
  requirePermission(context.actor, 'welfare.import');
  const layoutName = options.layoutName ?? 'welfare';
  return runFeed(context, source, { kind: 'welfare', layoutName }, async (tx, runId) => {
    const layout = await loadLayout(tx, layoutName);
    const figures = { rows: 0, accepted: 0, questioned: 0, refused: 0, unmappedCharacters: 0 };
    for await (const rows of readFeed(source, layout, { lgCode: tx.lgCode })) {
      const good = await readRows(tx, rows, layout);
      figures.rows += rows.length;
      figures.refused += rows.length - good.length;
      figures.accepted += good.length;
      for (const row of rows) figures.unmappedCharacters += row.unmappedCharacters;
      await stageWelfare(tx, runId, good);
      await noteRows(tx, runId, rows);
      context.onProgress?.(figures.rows, null);
    }
    const changed = await writeWelfare(tx, runId, context.clock.now());
    const actId = await recordAct(tx, context.actor, {
      act: 'persons.welfareImported',
      details: { feedRunId: runId, rows: figures.rows, refused: figures.refused, changed },
    });
    if (changed > 0) {
      const touched = 'SELECT person_id FROM welfare_flags WHERE lg_code = $1 AND feed_run_id = $2';
      await recordPersonsTouched(tx, actId, touched, [tx.lgCode, runId]);
      await publish(tx, 'persons.welfareImported', runId);
    }
    return figures;
  });
}

/** The rows that can be taken; the others carry what is wrong with them. */
async function readRows(tx: Tx, rows: readonly FeedRow[], layout: Layout): Promise<WelfareRow[]> {
  const known = await listKnownNumbers(
    tx,
    rows.map((row) => row.fields['addresseeNumber'] ?? ''),
  );
  return rows.flatMap((row) => {
    if (answerOf(row.findings) === 'refused') return [];
    const decision = decideWelfareRow(row.fields);
    const findings = [...decision.findings];
    if (!known.has(row.fields['addresseeNumber'] ?? '')) {
      findings.push(finding('welfarePersonUnknown', 'refuse', 'addresseeNumber'));
    }
    row.findings.push(...nameFields(findings, layout));
    if (decision.answer === 'refused' || answerOf(findings) === 'refused') return [];
    return [{ ordinal: row.ordinal, ...decision.value }];
  });
}
