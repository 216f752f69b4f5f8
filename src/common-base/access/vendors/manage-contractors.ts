import { recordAct } from '#common-base/audit';
import { type Day, type Decision, decide, findIsoDay, finding, NotFound } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { type Tx, withMunicipality } from '#platform/postgres';
import { requirePermission } from '../require-permission.ts';
import { endSessionsOf } from '../session.ts';
import { foldAccountName } from '../sign-in.ts';
import { findStaffByAccount } from '../staff-store.ts';
import type { ActionContext } from '../types.ts';
import { findContractorFaults, findWorkerFaults, type NewContractor } from './decide-vendor.ts';
import { endContracts, findContractor, insertContractor, insertWorker } from './store.ts';
import type { Contractor, Tier } from './types.ts';

/** Enters a contract, or a subcontract below one; the value is its number. */
export async function registerContractor(
  context: ActionContext,
  given: NewContractor,
  parentId: number | null,
): Promise<Decision<number>> {
  const { db, actor, clock } = context;
  requirePermission(actor, 'vendors.manage');
  const { staffId } = actor;
  if (staffId === null) throw new TypeError('only a person registers a contract');
  return await withMunicipality(db, actor.lgCode, async (tx) => {
    const parent = parentId === null ? null : await getContractor(tx, parentId);
    const faults = findContractorFaults(given, parent);
    const { name, contract, contractFrom, contractTo, permittedOn } = given;
    if (faults.length > 0 || contractFrom === undefined || contractTo === undefined) return decide(faults, 0);
    const tier = ((parent?.tier ?? 0) + 1) as Tier;
    const row = { tier, parentId, name, contract, contractFrom, contractTo };
    const contractorId = await insertContractor(
      tx,
      { ...row, permittedOn: parent === null ? null : (permittedOn ?? null) },
      { staffId, at: clock.now() },
    );
    await recordAct(tx, actor, { act: 'vendors.contractorRegistered', details: { contractorId, tier } });
    return decide([], contractorId);
  });
}

/** Makes an account that of a contractor's person: named, with an expiry inside the contract, after the pledge. */
export async function registerWorker(
  context: ActionContext,
  contractorId: number,
  given: { readonly accountName: string; readonly pledgedOn: Day | undefined },
): Promise<Decision<null>> {
  const { db, actor, clock } = context;
  requirePermission(actor, 'vendors.manage');
  const by = actor.staffId;
  if (by === null) throw new TypeError('only a person registers a worker');
  return await withMunicipality(db, actor.lgCode, async (tx) => {
    const contractor = await getContractor(tx, contractorId);
    const account = await findStaffByAccount(tx, foldAccountName(given.accountName));
    const expiresOn = findIsoDay(account?.expiresOn ?? '') ?? null;
    const known = account === undefined ? undefined : { roles: account.roles, expiresOn };
    const faults = findWorkerFaults(known, contractor, given.pledgedOn);
    if (faults.length > 0 || account === undefined || given.pledgedOn === undefined) return decide(faults, null);
    const { staffId } = account;
    const worker = { staffId, contractorId, pledgedOn: given.pledgedOn };
    if (!(await insertWorker(tx, worker, { staffId: by, at: clock.now() }))) {
      return decide([finding('vendorAccountTaken', 'refuse', 'accountName')], null);
    }
    await recordAct(tx, actor, { act: 'vendors.workerRegistered', details: { contractorId, staffId } });
    return decide([], null);
  });
}

/** Ends a contract with everything below it: the accounts of its people are closed and their sessions ended at once. */
export async function endContractor(
  context: ActionContext,
  contractorId: number,
  reason: string,
): Promise<Decision<number>> {
  const { db, actor, clock } = context;
  requirePermission(actor, 'vendors.manage');
  const note = reason.trim().slice(0, 200);
  if (note === '') return decide([finding('vendorEndNoteMissing', 'refuse', 'note')], 0);
  const at = clock.now();
  return await withMunicipality(db, actor.lgCode, async (tx) => {
    await getContractor(tx, contractorId);
    const closed = await endContracts(tx, contractorId, todayInTokyo(clock), note);
    await tx.client.query(
      'UPDATE staff_members SET disabled_at = coalesce(disabled_at, $3) WHERE lg_code = $1 AND staff_id = ANY ($2::bigint[])',
      [tx.lgCode, closed, at],
    );
    for (const staffId of closed) await endSessionsOf(tx, staffId, { at, end: 'revoked' });
    await recordAct(tx, actor, { act: 'vendors.contractEnded', details: { contractorId, accounts: closed.length } });
    return decide([], closed.length);
  });
}

/** One contract; throws where there is none. */
export async function getContractor(tx: Tx, contractorId: number): Promise<Contractor> {
  const found = await findContractor(tx, contractorId);
  if (found === undefined) throw new NotFound('この委託先は管理簿にありません。');
  return found;
}
