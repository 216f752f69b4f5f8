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
