import type { ActionContext } from '#common-base/access';
import type { PersonId } from '#kernel';
import type { KeyWrapper } from '#platform/keys';

/** An action's context together with whoever holds the wrapping key; every act on the vault needs both. */
export interface VaultContext extends ActionContext {
  readonly keyWrapper: KeyWrapper;
}

/** What 本人確認 answers: never a number. `formerly`: it was this person's number until it was changed. */
export type ConfirmAnswer = 'theirs' | 'formerly' | 'notTheirs' | 'noneOnRecord';

/** A number in the clear, for the one page that shows it. */
export interface RevealedNumber {
  readonly individualNumber: string;
  readonly branchNumber: string | null;
  readonly recordedAt: Date;
}

/** For what a number is looked at (利用目的), as the law lets the vaccination office use it. */
export type NumberPurpose = 'identityCheck' | 'informationInquiry' | 'feedDifference' | 'disclosureRequest';

/** The purposes in the words of the office. */
export const numberPurposes: Readonly<Record<NumberPurpose, string>> = {
  identityCheck: '本人確認（番号確認書類との照合）',
  informationInquiry: '情報提供ネットワークシステムでの照会',
  feedDifference: '番号連携の差異の調査',
  disclosureRequest: '本人からの開示請求',
};

/** What the vault says of a person without any number. */
export interface NumberState {
  readonly isOnRecord: boolean;
  readonly branchNumber: string | null;
  /** How many numbers or branch numbers the person had. */
  readonly versions: number;
  readonly recordedAt: Date | null;
}

/** One row of the feed that can be taken. */
export interface NumberRow {
  readonly addresseeNumber: string;
  readonly individualNumber: string;
  readonly branchNumber: string | null;
}

/** What the vault holds of a person before an import: `numberIndex` null where nothing is in force. */
export interface KnownNumber {
  readonly personId: PersonId;
  readonly isCancelled: boolean;
  readonly version: number;
  readonly numberIndex: Buffer | null;
  /** The version of the key that the index was made by. */
  readonly indexKeyVersion: number | null;
  readonly branchNumber: string | null;
}
