import type { Day, StaffId } from '#kernel';
import type { Permission } from '../permission-table.ts';

/** How far down the chain a contractor stands. */
export type Tier = 1 | 2 | 3;

/** The chain in the words of the office. */
export const tierNames: Readonly<Record<Tier, string>> = { 1: '委託先', 2: '再委託先', 3: '再々委託先' };

/** A contract of the register, or a subcontract below one. */
export interface Contractor {
  readonly contractorId: number;
  readonly tier: Tier;
  readonly parentId: number | null;
  readonly parentName: string | null;
  readonly name: string;
  readonly contract: string;
  readonly contractFrom: Day;
  /** Last day. */
  readonly contractTo: Day;
  /** The day on which the office permitted the subcontract. */
  readonly permittedOn: Day | null;
  readonly endedOn: Day | null;
  readonly endedNote: string | null;
  readonly workers: number;
}

/** A person of a contractor with an account of their own. */
export interface VendorWorker {
  readonly staffId: StaffId;
  readonly accountName: string;
  readonly name: string;
  readonly contractorId: number;
  readonly contractorName: string;
  readonly tier: Tier;
  readonly pledgedOn: Day;
  readonly expiresOn: Day | null;
  readonly isDisabled: boolean;
}

/** One direct work in the system. */
export interface VendorWork {
  readonly workId: number;
  readonly staffId: StaffId;
  readonly workerName: string;
  readonly contractorName: string;
  readonly tier: Tier;
  readonly workOn: Day;
  readonly operations: readonly Permission[];
  readonly purpose: string;
  readonly instruction: string | null;
  readonly askedAt: Date;
  readonly allowedByName: string | null;
  readonly allowedAt: Date | null;
  readonly startedAt: Date | null;
  readonly startedFrom: string | null;
  readonly finishedAt: Date | null;
  readonly finishedByName: string | null;
  readonly result: string | null;
}

/** Where a work stands; `lapsed` was asked or allowed, and its day is over. */
export type WorkState = 'waiting' | 'allowed' | 'underWay' | 'finished' | 'lapsed';
