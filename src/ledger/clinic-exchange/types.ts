import type { BatchId, Day, PersonId } from '#kernel';
import type { ClinicRecord } from '#messages';

/** The other side of a municipality, and how the exchange goes. */
export interface ClinicPeer {
  readonly origin: string;
  readonly publicText: string;
  readonly mastersDigest: string | null;
  readonly exchangedAt: Date | null;
  readonly failedAt: Date | null;
  readonly failure: string | null;
}

/** How a record that arrived was settled; null while it waits. */
export type Settlement = 'delivered' | 'superseded' | 'withdrawn' | 'byStaff';

/** One revision of a clinic's record as it arrived. */
export interface ArrivedRecord {
  readonly recordId: string;
  readonly revision: number;
  readonly personId: PersonId | null;
  readonly vaccinatedOn: Day;
  readonly content: ClinicRecord;
  readonly arrivedAt: Date;
  readonly settlement: Settlement | null;
  /** The batch of 受付 and the row in it, once it was delivered. */
  readonly batchId: BatchId | null;
  readonly row: number | null;
}
