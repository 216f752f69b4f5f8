import type { BatchId, Day, StaffId } from '#kernel';

/** The paper of one institution, month and ward, and how far it is. */
export interface Bundle {
  readonly bundleId: number;
  readonly institutionCode: string;
  /** 請求月, `YYYY-MM`. */
  readonly claimMonth: string;
  /** 区・経由先; empty where there is none. */
  readonly ward: string;
  readonly sequence: number;
  readonly expectedCount: number | null;
  readonly dueOn: Day | null;
  readonly receivedCount: number | null;
  readonly receivedOn: Day | null;
  /** 請求書の件数: doses and interviews alone that the claim counts; null where no claim was seen. */
  readonly claimedDoses: number | null;
  readonly claimedScreenings: number | null;
  /** A second person types every form again. */
  readonly needsSecond: boolean;
  readonly batchId: BatchId | null;
  /** 差異を確かめた結果: why the counts may differ; null where nothing was noted. */
  readonly differenceNote: string | null;
  readonly version: number;
  readonly createdByName: string;
}

/** A bundle with its counts: what was typed, what stands in intake, what entered the ledger. */
export interface CountedBundle extends Bundle {
  readonly keyed: number;
  /** Rows in intake; where it was not handed over, what was typed. */
  readonly entered: number;
  readonly committed: number;
  /** Rows that a person refused for good, and rows that go back to their sender. */
  readonly settled: number;
  readonly returned: number;
  /** Rows in intake that are doses, and those of an interview alone; null before it was handed over. */
  readonly enteredDoses: number | null;
  readonly enteredScreenings: number | null;
  readonly lastRemindedAt: Date | null;
}

/** Something that became of a bundle. */
export interface BundleEvent {
  readonly kind: 'expected' | 'received' | 'claimed' | 'reminded' | 'handedOver' | 'linked' | 'explained';
  readonly count: number | null;
  readonly note: string | null;
  readonly recordedAt: Date;
  readonly recordedByName: string;
}

/** Which typing of a form: the first person's, the second person's, what was decided where the two differ. */
export type KeyingPass = 1 | 2 | 3;

/**
 * The fields of a form in the order in which 予診票 has them, as the keyboard goes through them. `isCarried`: taken over
 * from the form before, since a bundle has the same day, clinic and lot many times.
 */
export const keyedFields = [
  { key: 'formNumber', label: '発行番号（バーコード）', isCarried: false },
  { key: 'addresseeNumber', label: '宛名番号', isCarried: false },
  { key: 'birthDate', label: '生年月日', isCarried: false },
  { key: 'bodyTemperature', label: '体温', isCarried: false },
  { key: 'vaccineCode', label: '予防接種コード', isCarried: false },
  { key: 'doseNumber', label: '回数', isCarried: false },
  { key: 'outcome', label: '実施区分', isCarried: true },
  { key: 'consent', label: '同意', isCarried: true },
  { key: 'screeningReason', label: '予診理由', isCarried: false },
  { key: 'manufacturerCode', label: 'メーカーコード', isCarried: true },
  { key: 'lotNumber', label: 'ロット番号', isCarried: true },
  { key: 'doseVolumeMl', label: '接種量（mL）', isCarried: true },
  { key: 'administeringPhysician', label: '接種医', isCarried: true },
  { key: 'venueOther', label: '会場', isCarried: true },
  { key: 'vaccinatedOn', label: '接種年月日', isCarried: true },
] as const;

/** Key of a field that is typed. */
export type KeyedFieldKey = (typeof keyedFields)[number]['key'];

/** What was typed of one form, as it is compared and handed over: days YYYY-MM-DD, width folded, empty = not told. */
export type KeyedValues = Readonly<Record<KeyedFieldKey, string>>;

/** One form as somebody typed it. */
export interface KeyedForm {
  readonly ordinal: number;
  readonly pass: KeyingPass;
  readonly values: KeyedValues;
  readonly keyedBy: StaffId;
  readonly keyedByName: string;
  readonly keyedAt: Date;
}
