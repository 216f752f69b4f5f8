import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { loadItemCatalogue, refuseUndeclared } from '#common-base/linkage';
import { Conflict, type Day, NotFound, type PersonId, UnreadableInput } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { dayHelp } from '#platform/pages';
import { type Tx, withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { entryFrame } from '../append-entries.ts';
import { touchLedgers } from '../touch-ledgers.ts';
import { type FactFault, listDoubtsOfFact } from './doubt-fact.ts';
import { findFact, insertFact } from './store.ts';
import { type FactOnRecord, type FactTold, factKinds } from './types.ts';

/** Enters a fact of a person (LG-06); what may be given is judged anew at once. Answers the fact's number. */
export async function enterFact(
  context: ActionContext,
  asked: { readonly personId: PersonId; readonly told: FactTold; readonly rules: RuleSet },
): Promise<number> {
  requireTold(asked.told, todayInTokyo(context.clock));
  const { personId, told, rules } = asked;
  return await inLedger(context, async (tx) => {
    const fact = { ...told, personId, change: 'entry', replaces: null, reason: null } as const;
    return await write(tx, context, { act: 'vaccinations.factEntered', fact, rules });
  });
}

/** Replaces a fact by a corrected one, or takes it back (`told` null), with a reason; the original stays. */
export async function changeFact(
  context: ActionContext,
  asked: {
    readonly factId: number;
    readonly told: FactTold | null;
    readonly reason: string;
    readonly rules: RuleSet;
  },
): Promise<number> {
  const { told, reason, rules } = asked;
  if (reason.trim() === '') throw new UnreadableInput('訂正・取消の理由を書いてください。');
  if (told !== null) requireTold(told, todayInTokyo(context.clock));
  return await inLedger(context, async (tx) => {
    const known = await findFact(tx, asked.factId);
    if (known === undefined) throw new NotFound('この事実の記録はありません。');
    if (!known.isCurrent) throw new Conflict(alreadyChanged);
    const change = told === null ? 'retraction' : 'correction';
    const fact = {
      ...toldOf(told ?? known),
      personId: known.personId,
      change,
      replaces: known.factId,
      reason,
    } as const;
    const act = told === null ? 'vaccinations.factRetracted' : 'vaccinations.factCorrected';
    return await write(tx, context, { act, fact, rules });
  });
}

const alreadyChanged = 'この事実は、すでに訂正または取消されています。最新の内容を確かめてください。';

/** What is missing of a fact, in the words of the form; a day that has not come only where it can be told before. */
export function listMissingParts(told: FactTold, today: Day): readonly FactFault[] {
  const { parts, from } = factKinds[told.kind];
  const needed: readonly string[] = parts;
  const missing: FactFault[] = [];
  const ask = (part: string, isMissing: boolean, message: string) => {
    if (needed.includes(part) && isMissing) missing.push({ part, message });
  };
  ask('disease', told.disease === null, '病気を選んでください。');
  ask('programme', told.programme === null, '予防接種を選んでください。');
  ask('ground', told.ground === null, '障害の区分を選んでください。');
  ask('result', told.result === null, '結果を選んでください。');
  ask('from', told.from === null, dayHelp(from));
  ask('to', told.to === null && told.kind === 'exceptionGranted', '特例の終わりの日を書いてください。');
  ask('to', told.from !== null && told.to !== null && told.to < told.from, '終わりの日が始まりの日より前です。');
  const isBeforehand = told.kind === 'pregnancy' || told.kind === 'exceptionGranted';
  ask('from', !isBeforehand && told.from !== null && told.from > today, `${from}が今日より後です。`);
  return missing;
}

function requireTold(told: FactTold, today: Day): void {
  refuseFaults(listMissingParts(told, today));
}

function refuseFaults([first]: readonly FactFault[]): void {
  if (first !== undefined) throw new UnreadableInput(first.message);
}

function toldOf({
  kind,
  disease,
  programme,
  ground,
  result,
  from,
  to,
  certainty,
  note,
}: FactTold | FactOnRecord): FactTold {
  return { kind, disease, programme, ground, result, from, to, certainty, note };
}

async function inLedger(context: ActionContext, work: (tx: Tx) => Promise<number>): Promise<number> {
  requirePermission(context.actor, 'vaccinations.enterFacts');
  return await withMunicipality(context.db, context.actor.lgCode, work);
}

async function write(
  tx: Tx,
  { actor, clock }: ActionContext,
  entry: { readonly act: string; readonly fact: Parameters<typeof insertFact>[2]; readonly rules: RuleSet },
): Promise<number> {
  const { fact, rules } = entry;
  const { personId, kind, change } = fact;
  if (change !== 'retraction') {
    refuseUndeclared(await loadItemCatalogue(tx), [`facts.${kind}`]);
    refuseFaults(await listDoubtsOfFact(tx, { personId, told: fact, rules, today: todayInTokyo(clock) }));
  }
  const actId = await recordAct(tx, actor, { act: entry.act, personIds: [personId], items: [kind] });
  const factId = await insertFact(tx, entryFrame(actor, actId), fact);
  if (factId === undefined) throw new Conflict(alreadyChanged);
  await touchLedgers(tx, [personId]);
  return factId;
}
