import { listActs, type RecordedAct, recordAct } from '#common-base/audit';
import { type Decision, decide, type Finding, finding, formatIsoDay, NotFound, refuseNumberInText } from '#kernel';
import { type Clock, todayInTokyo } from '#platform/clock';
import { type Tx, withMunicipality } from '#platform/postgres';
import { requestApproval } from '../approvals/request-approval.ts';
import type { ApprovalKind } from '../approvals/types.ts';
import type { Permission } from '../permission-table.ts';
import { mayDo, requirePermission } from '../require-permission.ts';
import type { ActionContext, Actor } from '../types.ts';
import { type AskedWork, deriveWorkState, findWorkFaults, operationName } from './decide-vendor.ts';
import { findWork, findWorker, insertWork, listChain, noteWork } from './store.ts';
import { tierNames, type VendorWork } from './types.ts';

/** 担当課の許可: each direct work of a contractor's person is asked for and allowed by somebody of the office, before it. */
export function vendorWorkKind(clock: Clock): ApprovalKind {
  return {
    kind: 'vendors.work',
    nameJa: '委託先の作業',
    requestPermission: 'work.request',
    approvePermission: 'work.approve',
    daysOpen: 31,
    async describe(tx, subject) {
      const work = await getWork(tx, Number(subject['workId']));
      const worker = await findWorker(tx, work.staffId);
      const chain = worker === undefined ? [] : await listChain(tx, worker.contractorId);
      return [
        ['作業者', work.workerName],
        ['委託の流れ', chain.map(({ name, tier }) => `${name}（${tierNames[tier]}）`).join(' ← ')],
        ['作業の日', formatIsoDay(work.workOn)],
        ['使う機能', work.operations.map(operationName).join('、')],
        ['作業の内容', work.purpose],
        ['指示書の番号', work.instruction ?? 'なし（データの抽出はできません）'],
      ];
    },
    findFaults: async (tx, _requester, subject) => await faultsNow(tx, Number(subject['workId']), clock),
    async carryOut(tx, by, subject) {
      const workId = Number(subject['workId']);
      const faults = await faultsNow(tx, workId, clock);
      if (faults.length > 0) return decide(faults, null);
      await noteWork(tx, workId, { kind: 'allowed', by: by.approver.staffId, at: by.at });
      await recordAct(tx, by.approver, { act: 'vendors.workAllowed', details: { workId, requestId: by.requestId } });
      return decide([], null);
    },
  };
}

/** Whether the contract and the account still allow the work as it was asked. */
async function faultsNow(tx: Tx, workId: number, clock: Clock): Promise<Finding[]> {
  const work = await getWork(tx, workId);
  return await findFaultsOf(tx, work.staffId, { ...work, instruction: work.instruction ?? '' }, clock);
}

async function findFaultsOf(
  tx: Tx,
  staffId: VendorWork['staffId'],
  asked: AskedWork,
  clock: Clock,
): Promise<Finding[]> {
  const worker = await findWorker(tx, staffId);
  const chain = worker === undefined ? [] : await listChain(tx, worker.contractorId);
  return findWorkFaults(asked, worker, chain, todayInTokyo(clock));
}

/** Asks to work in the system on a day, with which functions and by which instruction; the value is the work's number. */
export async function requestVendorWork(context: ActionContext, asked: AskedWork): Promise<Decision<number>> {
  const { db, actor, clock } = context;
  requirePermission(actor, 'work.request');
  const { staffId } = actor;
  if (staffId === null) throw new TypeError('only a person works');
  for (const text of [asked.purpose, asked.instruction]) refuseNumberInText(text);
  const kept = await withMunicipality(db, actor.lgCode, async (tx) => {
    const faults = await findFaultsOf(tx, staffId, asked, clock);
    if (faults.length > 0 || asked.workOn === undefined) return decide(faults, 0);
    const workId = await insertWork(tx, {
      ...{ staffId, workOn: asked.workOn, operations: asked.operations as readonly Permission[] },
      ...{ purpose: asked.purpose, instruction: asked.instruction === '' ? null : asked.instruction },
      askedAt: clock.now(),
    });
    await recordAct(tx, actor, {
      act: 'vendors.workAsked',
      details: { workId, operations: asked.operations.join(' ') },
    });
    return decide([], workId);
  });
  if (kept.answer === 'refused') return kept;
  const approval = await requestApproval(context, vendorWorkKind(clock), {
    subject: { workId: kept.value },
    reason: asked.purpose,
  });
  return approval.answer === 'refused' ? approval : kept;
}

/** Begins an allowed work on its day: from now on its person holds what was allowed. */
export async function startVendorWork(context: ActionContext, workId: number): Promise<Decision<null>> {
  const { db, actor, clock } = context;
  requirePermission(actor, 'work.request');
  return await withMunicipality(db, actor.lgCode, async (tx) => {
    const work = await getWork(tx, workId);
    const today = todayInTokyo(clock);
    if (work.staffId !== actor.staffId) throw new NotFound('この作業はありません。');
    const faults = await faultsNow(tx, workId, clock);
    if (deriveWorkState(work, today) !== 'allowed' || work.workOn !== today) {
      faults.push(finding('vendorNotAllowedToday', 'refuse', null));
    }
    if (faults.length > 0) return decide(faults, null);
    await noteWork(tx, workId, { kind: 'started', from: actor.from });
    await recordAct(tx, actor, { act: 'vendors.workStarted', details: { workId } });
    return decide([], null);
  });
}

/** Ends a work with what came of it, by its person or by whoever may allow works; its permissions are gone at once. */
export async function finishVendorWork(
  context: ActionContext,
  workId: number,
  result: string,
): Promise<Decision<null>> {
  const { db, actor } = context;
  const said = result.trim().slice(0, 400);
  refuseNumberInText(said);
  return await withMunicipality(db, actor.lgCode, async (tx) => {
    const work = await getWork(tx, workId);
    if (work.staffId !== actor.staffId) requirePermission(actor, 'work.approve');
    if (said === '') return decide([finding('vendorResultMissing', 'refuse', 'result')], null);
    const step = { kind: 'finished', by: actor.staffId, result: said } as const;
    if (!(await noteWork(tx, workId, step))) return decide([finding('vendorNotUnderWay', 'refuse', null)], null);
    await recordAct(tx, actor, { act: 'vendors.workFinished', details: { workId } });
    return decide([], null);
  });
}

/** A work as its page shows it: what its person did meanwhile stands with it for those of the office. */
export interface SeenWork {
  readonly work: VendorWork;
  readonly acts: readonly RecordedAct[];
}

/** One work; a contractor's person sees their own only, and not the log. */
export async function viewVendorWork(tx: Tx, actor: Actor, workId: number): Promise<SeenWork> {
  const work = await getWork(tx, workId);
  const isOwn = work.staffId === actor.staffId;
  // A contractor's person has the page, not the others' works.
  if (!isOwn && !mayDo(actor, 'vendors.view')) throw new NotFound('この作業はありません。');
  if (isOwn || work.startedAt === null) return { work, acts: [] };
  const [from, to] = [work.startedAt, work.finishedAt];
  const dayOf = (at: Date) => formatIsoDay(todayInTokyo({ now: () => at }));
  const span = { recordedFrom: dayOf(from), ...(to === null ? {} : { recordedTo: dayOf(to) }) };
  const { acts } = await listActs(tx, { staffId: work.staffId, ...span }, { limit: 500 });
  await recordAct(tx, actor, { act: 'vendors.workViewed', details: { workId } });
  return { work, acts: acts.filter(({ recordedAt }) => recordedAt >= from && (to === null || recordedAt <= to)) };
}

async function getWork(tx: Tx, workId: number): Promise<VendorWork> {
  const work = await findWork(tx, workId);
  if (work === undefined) throw new NotFound('この作業はありません。');
  return work;
}
