import type { PersonId } from '#kernel';

/** How something that was asked compares with the national register. */
export type Comparison = 'agrees' | 'differs' | 'notCompared';

/** What 市町村CS answered: agreements, never its own words. */
export interface RegisterAnswer {
  /** 真正性: `changed` where the person has another number now; `notAsked` where it was asked by the 4情報 alone. */
  readonly number: 'valid' | 'changed' | 'unknown' | 'notAsked';
  readonly name: Comparison;
  readonly birthDate: Comparison;
  readonly sex: Comparison;
  readonly address: Comparison;
  /** 団体コード of where the person lived before. */
  readonly previousMunicipality: string | null;
}

/** One 本人確認情報の照会: fixed by one person, confirmed by another, asked, and if something differs settled by a person. */
export interface RegisterConfirmation {
  readonly confirmationId: number;
  readonly personId: PersonId;
  readonly reason: string;
  readonly askedByName: string;
  readonly confirmedByName: string;
  readonly approvedAt: Date;
  readonly requestRef: string;
  readonly state: 'approved' | 'answered' | 'failed';
  readonly because: string | null;
  readonly answeredAt: Date | null;
  readonly answer: RegisterAnswer | null;
  readonly isDifference: boolean;
  readonly settledAt: Date | null;
  readonly settledByName: string | null;
  readonly note: string | null;
}
