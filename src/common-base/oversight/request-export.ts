import { type ActionContext, requestApproval, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type Decision, decide, finding } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { withMunicipality } from '#platform/postgres';
import { type AskedExport, findExportFaults } from './decide-export.ts';
import { exportKind } from './kinds.ts';
import { isExportTerminal } from './oversight-settings.ts';
import type { ProvisionBasis } from './provisions/parse-provisions.ts';
import { insertExport, listMedia } from './store.ts';
import type { ExportSet, OversightSettings } from './types.ts';

/** What may go out here, and by which rules of the municipality. */
export interface ExportRules {
  readonly sets: readonly ExportSet[];
  readonly settings: OversightSettings;
  /** The rows of the table of provisions by which data may be taken out today. */
  readonly bases: readonly ProvisionBasis[];
}

/** Asks to take data out; the value is the export's number in the register. It waits for another person's approval. */
export async function requestExport(
  context: ActionContext,
  rules: ExportRules,
  asked: AskedExport,
  reason: string,
): Promise<Decision<number>> {
  const { db, actor, clock } = context;
  requirePermission(actor, 'exports.request');
  const { staffId } = actor;
  if (staffId === null) throw new TypeError('only a person takes data out');
  const at = clock.now();
  const entered = await withMunicipality(db, actor.lgCode, async (tx) => {
    const medium = (await listMedia(tx)).find(({ mediumId }) => mediumId === asked.mediumId);
    const known = {
      ...rules,
      medium,
      isAtTerminal: isExportTerminal(rules.settings, actor.from),
      today: todayInTokyo(clock),
    };
    const faults = findExportFaults(asked, known);
    if (reason.trim() === '') faults.push(finding('exportReasonMissing', 'refuse', 'reason'));
    if (faults.length > 0) return decide(faults, 0);
    const exportId = await insertExport(
      tx,
      {
        ...asked,
        dayFrom: asked.dayFrom === '' ? null : asked.dayFrom,
        dayTo: asked.dayTo === '' ? null : asked.dayTo,
        recipient: asked.recipient.trim().slice(0, 100),
        reason: reason.trim().slice(0, 400),
        requestedBy: staffId,
      },
      at,
    );
    const details = { exportId, set: asked.setKey, columns: asked.columns.length, mediumId: asked.mediumId };
    const { provision } = asked;
    await recordAct(tx, actor, {
      act: 'oversight.exportRequested',
      items: asked.columns,
      details: { ...details, provision },
    });
    return decide([], exportId);
  });
  if (entered.answer === 'refused') return entered;
  const approval = await requestApproval(
    context,
    exportKind(() => Promise.resolve(rules.sets)),
    {
      subject: { exportId: entered.value },
      reason,
    },
  );
  return approval.answer === 'refused' ? approval : entered;
}
