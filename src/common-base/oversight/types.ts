import type { Day, PersonId, StaffId } from '#kernel';
import type { Tx } from '#platform/postgres';

/** A column that may go out. */
export interface ExportColumn {
  readonly key: string;
  readonly nameJa: string;
  /** The item of the municipality's catalogue that it is (CB-15); left out where nothing works without it. */
  readonly item?: string;
}

/** One row on its way out, with whose it is. */
export interface ExportRow {
  /** Null for somebody who is not in the register (a resident of another municipality). */
  readonly personId: PersonId | null;
  readonly values: Readonly<Record<string, string | null>>;
}

/** The days by which a set is chosen, both inclusive; null without limit. */
export interface ExportSpan {
  readonly from: Day | null;
  readonly to: Day | null;
}

/**
 * What may be taken out: a named set of rows with its columns. Rooms that hold the data make them; an individual number
 * is in none, and the role that reads here could not read one.
 */
export interface ExportSet {
  readonly key: string;
  readonly nameJa: string;
  /** The day by which rows are chosen, e.g. 接種年月日. */
  readonly dayNameJa: string;
  readonly columns: readonly ExportColumn[];
  /**
   * For a set that tells places: those columns, and whether a protection (支援措置) began or changed since an instant. A file
   * made before is not handed out then; made anew, it leaves that address out.
   */
  readonly places?: {
    readonly columns: readonly string[];
    hasProtectedSince(tx: Tx, since: Date): Promise<boolean>;
  };
  /** The rows page by page, in a fixed order; addresses under protection (支援措置) are left out. */
  readPages(tx: Tx, span: ExportSpan, asOf: Day): AsyncIterable<readonly ExportRow[]>;
}

/** The sets of a municipality as they are now; some come from its settings. */
export type ExportSetsOf = (tx: Tx) => Promise<readonly ExportSet[]>;

/** What data may be taken out on. */
export const mediumKinds = {
  usbMemory: '暗号化USBメモリー',
  externalDisk: '外付けディスク',
  disc: '光ディスク（CD・DVD）',
  sharedFolder: '庁内の共有フォルダー',
} as const;

/** The kind of a medium. */
export type MediumKind = keyof typeof mediumKinds;

/** A medium of the register. */
export interface Medium {
  readonly mediumId: number;
  readonly label: string;
  readonly kind: MediumKind;
  readonly registeredAt: Date;
  readonly disposedAt: Date | null;
  readonly lastCheckedAt: Date | null;
  /** Exports that were taken on it and not yet erased. */
  readonly openExports: number;
}

/** What happened to an export or a medium. */
export type OversightEvent =
  | 'approved'
  | 'made'
  | 'taken'
  | 'erasedHere'
  | 'returned'
  | 'erasedThere'
  | 'checked'
  | 'disposed';

/** One line of what happened. */
export interface RecordedEvent {
  readonly event: OversightEvent;
  readonly staffName: string;
  readonly staffId: StaffId | null;
  readonly fileId: number | null;
  readonly rows: number | null;
  readonly people: number | null;
  readonly digest: string | null;
  readonly note: string | null;
  readonly occurredAt: Date;
}

/** A request to take data out, as kept. */
export interface ExportRequest {
  readonly exportId: number;
  readonly setKey: string;
  readonly columns: readonly string[];
  readonly dayFrom: string | null;
  readonly dayTo: string | null;
  readonly mediumId: number;
  readonly mediumLabel: string;
  readonly recipient: string;
  /** The row of the table of provisions; null for requests older than the table. */
  readonly provision: string | null;
  readonly reason: string;
  readonly eraseBy: string;
  readonly requestedBy: StaffId;
  readonly requesterName: string;
  readonly requestedAt: Date;
  readonly events: readonly RecordedEvent[];
}

/** Where an export stands, derived from its events. */
export type ExportState = 'waiting' | 'approved' | 'made' | 'taken' | 'lapsed' | 'erased';

/** What a municipality decides about taking data out (oversight.json). */
export interface OversightSettings {
  /** Networks from whose terminals data may be taken out (CIDR); null: every terminal of the office. */
  readonly exportFrom: readonly string[] | null;
  /** Days after which an encrypted file that was made is erased from the system by itself. */
  readonly keepDays: number;
  /** The columns published for taking out, by set; a set that is not named goes out in no form. Null: all of them. */
  readonly published: Readonly<Record<string, readonly string[]>> | null;
}
