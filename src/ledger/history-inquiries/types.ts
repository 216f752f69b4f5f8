import type { Day, EntryId, PersonId } from '#kernel';
import type { ToldDose } from '#messages';

/** Where an inquiry stands; the words of the screen are in `pages/words.ts`. */
export type InquiryState =
  /** Nobody knows where the person came from. */
  | 'unclear'
  /** 支援措置: to ask would tell the other municipality where the person is. */
  | 'held'
  /** Waits for a superior. */
  | 'raised'
  /** May go out. */
  | 'released'
  | 'asked'
  | 'answered'
  | 'empty'
  | 'refused'
  | 'failed'
  | 'takenOver'
  | 'closed';

/** What a move-in made us ask: one for each move-in of a person, never a second. */
export interface HistoryInquiry {
  readonly inquiryId: number;
  readonly personId: PersonId;
  readonly movedInOn: Day;
  /** 団体コード of the former municipality; null while unclear. */
  readonly askedOf: string | null;
  readonly state: InquiryState;
  /** What binds it to the road to the intermediate server. */
  readonly relayRef: string;
  readonly processingNumber: string | null;
  /** A word that says why it was refused, failed or waits. */
  readonly because: string | null;
  readonly raisedAt: Date;
  readonly releasedByName: string | null;
  readonly askedAt: Date | null;
  readonly answeredAt: Date | null;
  readonly closedAt: Date | null;
  readonly closedByName: string | null;
  readonly note: string | null;
}

/** One record of an answer. */
export interface AnswerRecord {
  readonly ordinal: number;
  readonly dose: ToldDose;
  /** The entry of the ledger that it became; null where it was not taken over. */
  readonly entryId: EntryId | null;
}
