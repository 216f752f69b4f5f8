import type { IntermediateNotice, ToldDose } from '#messages';

/** What another municipality has of a person, as the stand-in knows it. */
export interface FormerRecord {
  readonly individualNumber: string;
  readonly lgCode: string;
  readonly dose: ToldDose;
}

/** How the stand-in behaves, for trying what the office does with it. */
export interface Behaviour {
  /** Takes nothing at all (休止中). */
  isResting: boolean;
  /** Milliseconds until an answer can be collected. */
  delayMs: number;
  /** Gives every piece of news a second time after it was said to be taken. */
  deliversTwice: boolean;
  /** Municipalities that refuse to answer. */
  readonly refusing: Set<string>;
  /** Municipalities that 照会許可用照合リスト does not let anybody ask. */
  readonly notPermitted: Set<string>;
  /** Gives no code to whoever asks from now on. */
  givesNoCodes: boolean;
  /** Changes a letter on its way, which no intermediate server ever does. */
  distort: ((letter: string) => string) | null;
}

/** A request that was taken. */
export interface TakenRequest {
  readonly requestId: string;
  readonly lgCode: string;
  readonly kind: 'linkCode' | 'inquiry' | 'provision';
  readonly processingNumber: string;
  readonly integratedNumber: string;
  readonly takenAt: number;
}

/** News that wait for an office. */
export interface WaitingNotice {
  readonly lgCode: string;
  readonly dueAt: number;
  readonly notice: IntermediateNotice;
  /** It was said to be taken; it is kept only to be given once more. */
  isTaken?: boolean;
}

/** What the office answered to another municipality. */
export interface GivenProvision {
  readonly lgCode: string;
  readonly processingNumber: string;
  readonly outcome: string;
  readonly letter: string | null;
}

/** Everything that the stand-in remembers. */
export interface DeskState {
  readonly requests: TakenRequest[];
  /** Codes (符号): which 団体内統合宛名番号 of which municipality is whose. */
  readonly codes: { readonly lgCode: string; readonly integratedNumber: string; readonly individualNumber: string }[];
  waiting: WaitingNotice[];
  readonly provisions: GivenProvision[];
}
