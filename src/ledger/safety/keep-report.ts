import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { Conflict, NotFound, UnreadableInput } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { categoriesOf } from './report-categories.ts';
import { findReport, insertVersion } from './store.ts';
import { type ReportTold, reportKinds } from './types.ts';

/** Keeps a report of a dose, or a new version of one with its reason; answers the report's number. */
export async function keepReport(
  context: ActionContext,
  asked: {
    readonly told: ReportTold;
    /** The version that the clerk looked at; null for a new report. */
    readonly replaces: { readonly reportId: number; readonly versionId: number } | null;
    readonly reason: string | null;
    /** The rules in force: they name the symptoms. */
    readonly rules: RuleSet;
  },
): Promise<number> {
  const { actor } = context;
  requirePermission(actor, 'safety.report');
  const { told, replaces, reason, rules } = asked;
  const words = reportKinds[told.kind];
  const isKnown = Object.hasOwn(categoriesOf(told.kind, rules), told.category);
  if (!isKnown || !Object.hasOwn(words.outcomes, told.outcome)) {
    throw new UnreadableInput(`${words.category}と${words.outcome}を選んでください。`);
  }
  if (replaces !== null && (reason ?? '') === '') throw new UnreadableInput('変更の理由を書いてください。');
  return await withMunicipality(context.db, actor.lgCode, async (tx) => {
    if (replaces !== null) {
      const known = await findReport(tx, replaces.reportId);
      if (known === undefined) throw new NotFound('この報告はありません。');
      if (known.versionId !== replaces.versionId || known.entryId !== told.entryId) {
        throw new Conflict('この報告は、見ているあいだにほかの職員が変えました。今の内容を確かめてください。');
      }
    }
    const act = replaces === null ? 'safety.reported' : 'safety.reportChanged';
    const actId = await recordAct(tx, actor, { act, personIds: [told.personId], items: [told.kind] });
    const frame = { actId, staffName: actor.staffName };
    return await insertVersion(tx, frame, { ...told, reportId: replaces?.reportId ?? null, reason });
  });
}
