import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type Day, formatIsoDay, NotFound, refuseNumberInText, UnreadableInput } from '#kernel';
import { orderRun, requestStop } from '#platform/jobs';
import { type Tx, withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { trialsPath } from './pages/paths.ts';
import { readProposal } from './read-proposal.ts';
import { deleteTrial, findTrial, insertTrial } from './store.ts';
import type { RuleTrial } from './types.ts';

/** The worker's task that counts a trial. */
export const trialTask = 'rules.try';

const labelCharactersMax = 100;

/** Begins a trial of proposed tables against the rules in force: the worker counts, progress shows in the run. */
export async function startTrial(
  context: ActionContext,
  base: RuleSet,
  request: { readonly label: string; readonly asOf: Day; readonly files: ReadonlyMap<string, string> },
): Promise<{ readonly trialId: number }> {
  const { actor, db } = context;
  requirePermission(actor, 'rules.try');
  const label = request.label.trim();
  if (label === '') throw new UnreadableInput('試算の名前を入力してください。');
  if ([...label].length > labelCharactersMax) {
    throw new UnreadableInput(`試算の名前は${labelCharactersMax}字までにしてください。`);
  }
  refuseNumberInText(label);
  const { rules, texts } = readProposal(base, request.files);
  const { staffId, staffName } = actor;
  return withMunicipality(db, actor.lgCode, async (tx) => {
    const runId = await orderRun(tx, {
      ...{ task: trialTask, label: `きまりの試算 ${label}`, params: {}, back: trialsPath, startedBy: staffId },
      ...{ reason: actor.reason, askedFrom: actor.from, file: null },
    });
    const versions = { baseVersion: base.version, proposedVersion: rules.version };
    const who = { startedBy: staffId, startedByName: staffName };
    const trialId = await insertTrial(tx, { label, asOf: request.asOf, ...versions, texts, runId, ...who });
    const details = { trial: trialId, base: base.version, proposed: rules.version, asOf: formatIsoDay(request.asOf) };
    await recordAct(tx, actor, { act: 'rules.trialStarted', details });
    return { trialId };
  });
}

/** One trial; throws NotFound where there is none (any more). */
export async function getTrial(tx: Tx, trialId: number): Promise<RuleTrial> {
  const trial = await findTrial(tx, trialId);
  if (trial === undefined) throw new NotFound('この試算はありません。消されたのかもしれません。');
  return trial;
}

/** Takes a trial away with its list of people; one that is being counted is asked to stop. */
export async function removeTrial(context: ActionContext, trialId: number): Promise<void> {
  const { actor, db } = context;
  requirePermission(actor, 'rules.try');
  await withMunicipality(db, actor.lgCode, async (tx) => {
    const { runId } = await getTrial(tx, trialId);
    await requestStop(tx, runId);
    await deleteTrial(tx, trialId);
    await recordAct(tx, actor, { act: 'rules.trialRemoved', details: { trial: trialId } });
  });
}
