import type { Day, PersonId } from '#kernel';

/** The lists that this room takes in, with their layouts and words. */
export const reservationKinds = {
  reservation: { layoutName: 'reservations', name: '接種の予約', day: '予約日', number: '予約番号' },
  priority: { layoutName: 'priority-wishes', name: '優先接種希望者', day: '申出日', number: '受付番号' },
} as const;

/** Kind of a list. */
export type ReservationKind = keyof typeof reservationKinds;

/** A row of a list as it is kept. */
export interface ReservationTold {
  readonly kind: ReservationKind;
  /** Of the system that sent the list. */
  readonly number: string;
  readonly personId: PersonId;
  readonly programme: string;
  readonly stage: string | null;
  readonly doseNumber: number | null;
  /** 予約日, or the day of the wish. */
  readonly onDay: Day;
  /** `HH:MM`. */
  readonly atTime: string | null;
  readonly venue: string | null;
  readonly priorityClass: string | null;
  readonly isCancelled: boolean;
}

/** A reservation or wish as it holds now. */
export interface Reservation extends ReservationTold {
  readonly recordedAt: Date;
}
