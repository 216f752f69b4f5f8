import { type Day, type Finding, finding } from '#kernel';
import { findPermissionRow, isLendable, type Permission, permissionTable } from '../permission-table.ts';
import type { Contractor, VendorWork, VendorWorker, WorkState } from './types.ts';

/** A contract as typed. */
export interface NewContractor {
  readonly name: string;
  readonly contract: string;
  readonly contractFrom: Day | undefined;
  readonly contractTo: Day | undefined;
  readonly permittedOn: Day | undefined;
}

/** What forbids a contract: parts that are missing, a fourth tier, a subcontract without permission or beyond its parent. */
export function findContractorFaults(given: NewContractor, parent: Contractor | null): Finding[] {
  const faults: Finding[] = [];
  const fault = (code: string, field: string) => faults.push(finding(code, 'refuse', field));
  if (given.name === '') fault('vendorNameMissing', 'name');
  if (given.contract === '') fault('vendorContractMissing', 'contract');
  const { contractFrom, contractTo, permittedOn } = given;
  if (contractFrom === undefined || contractTo === undefined || contractTo < contractFrom) {
    fault('vendorDaysWrong', 'contractFrom');
  } else if (parent !== null && (contractFrom < parent.contractFrom || contractTo > parent.contractTo)) {
    fault('vendorBeyondParent', 'contractTo');
  }
  if (parent !== null && permittedOn === undefined) fault('vendorPermissionMissing', 'permittedOn');
  if (parent?.tier === 3) fault('vendorChainTooLong', 'parentId');
  if (parent?.endedOn !== null && parent !== null) fault('vendorEnded', 'parentId');
  return faults;
}

/** Whether a contract is in force on a day. */
export function isContractInForce(contractor: Contractor, on: Day): boolean {
  const { contractFrom, contractTo, endedOn } = contractor;
  return contractFrom <= on && on <= contractTo && (endedOn === null || on < endedOn);
}

/** What forbids making an account that of a contractor's person. */
export function findWorkerFaults(
  account: { readonly roles: readonly string[]; readonly expiresOn: Day | null } | undefined,
  contractor: Contractor,
  pledgedOn: Day | undefined,
): Finding[] {
  if (account === undefined) return [finding('vendorAccountUnknown', 'refuse', 'accountName')];
  const faults: Finding[] = [];
  if (account.roles.length !== 1 || account.roles[0] !== 'vendor') {
    faults.push(finding('vendorAccountOfOffice', 'refuse', 'accountName'));
  }
  if (account.expiresOn === null || account.expiresOn > contractor.contractTo) {
    faults.push(finding('vendorExpiryMissing', 'refuse', 'accountName'));
  }
  if (contractor.endedOn !== null) faults.push(finding('vendorEnded', 'refuse', null));
  if (pledgedOn === undefined) faults.push(finding('vendorPledgeMissing', 'refuse', 'pledgedOn'));
  return faults;
}

/** What a contractor's people may ever be allowed to do. */
export const vendorOperations: readonly Permission[] = permissionTable
  .filter((row) => isLendable(row, ['vendor']))
  .map(({ permission }) => permission);

/** A work as asked for. */
export interface AskedWork {
  readonly workOn: Day | undefined;
  readonly operations: readonly string[];
  readonly purpose: string;
  readonly instruction: string;
}

/** Data leave the system: only when the office has ordered it in writing. */
const extraction: Permission = 'exports.request';
const daysAhead = 31;

/** What forbids a work: an account of nobody, a contract that is over, operations for nobody outside, no instruction. */
export function findWorkFaults(
  asked: AskedWork,
  worker: VendorWorker | undefined,
  chain: readonly Contractor[],
  today: Day,
): Finding[] {
  if (worker === undefined) return [finding('vendorUnbound', 'refuse', null)];
  const faults: Finding[] = [];
  const { workOn, operations } = asked;
  if (workOn === undefined || workOn < today || workOn > today + daysAhead) {
    faults.push(finding('vendorWorkDayWrong', 'refuse', 'workOn', { days: daysAhead }));
  } else if (!chain.every((contractor) => isContractInForce(contractor, workOn))) {
    faults.push(finding('vendorContractOver', 'refuse', 'workOn'));
  }
  if (operations.length === 0) faults.push(finding('vendorOperationsMissing', 'refuse', 'operations'));
  const isFit = operations.every((name) => vendorOperations.some((permission) => permission === name));
  if (!isFit) faults.push(finding('vendorOperationForbidden', 'refuse', 'operations'));
  if (asked.purpose === '') faults.push(finding('vendorPurposeMissing', 'refuse', 'purpose'));
  if (operations.includes(extraction) && asked.instruction === '') {
    faults.push(finding('vendorInstructionMissing', 'refuse', 'instruction'));
  }
  return faults;
}

/** Where a work stands on a day. */
export function deriveWorkState(work: VendorWork, today: Day): WorkState {
  if (work.finishedAt !== null) return 'finished';
  if (work.workOn < today) return 'lapsed';
  if (work.startedAt !== null) return 'underWay';
  return work.allowedAt === null ? 'waiting' : 'allowed';
}

/** An operation in the words of the office. */
export function operationName(permission: string): string {
  const row = findPermissionRow(permission);
  return row === undefined ? permission : `${row.functionJa}（${row.itemGroupJa}）`;
}
