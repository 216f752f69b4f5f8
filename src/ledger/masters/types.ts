import type { Day } from '#kernel';

/** What a master holds, with the words of its screen. */
export const masterKinds = {
  manufacturer: { name: 'メーカー', code: 'メーカーコード', entry: '名前', owner: null },
  lot: { name: 'ロット', code: 'ロット番号', entry: 'メーカー', owner: '製品' },
  physician: { name: '医師', code: '医師コード', entry: '氏名', owner: '医療機関コード' },
  venue: { name: '会場', code: '会場コード', entry: '名前', owner: null },
} as const satisfies Readonly<
  Record<
    string,
    { readonly name: string; readonly code: string; readonly entry: string; readonly owner: string | null }
  >
>;

/** Kind of a master. */
export type MasterKind = keyof typeof masterKinds;

/** An entry of a master as it is told. */
export interface MasterTold {
  readonly kind: MasterKind;
  readonly code: string;
  /** Of a lot its product, of a physician the institution; empty for the others. */
  readonly owner: string;
  readonly name: string;
  /** Both ends inclusive; of a lot: shipped from, 有効期限. */
  readonly validFrom: Day | null;
  readonly validTo: Day | null;
  readonly isRetired: boolean;
  readonly note: string | null;
  /** Of a lot: taken back by its maker (回収), not to be used from that day on. */
  readonly recall: { readonly on: Day; readonly reason: string } | null;
}

/** An entry as it holds, with its version. */
export interface MasterEntry extends MasterTold {
  readonly masterEntryId: number;
  readonly recordedAt: Date;
  readonly recordedByName: string;
}

/** Doctors by the institution to which they belong, venues and makers: as they are and were, those taken down left out. */
export interface KnownNames {
  readonly physicians: ReadonlyMap<string, readonly MasterEntry[]>;
  readonly venues: readonly MasterEntry[];
  readonly manufacturers: readonly MasterEntry[];
}

/** The lots of the municipality by product, then by number as printed. */
export type KnownLots = ReadonlyMap<string, ReadonlyMap<string, MasterEntry>>;
