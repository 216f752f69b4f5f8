import type { PersonOnRecord } from '#addressees/persons';
import type { Day } from '#kernel';
import type { NextDose, StageForecast } from '#schedule';
import type { ExcludedReason, IncludedReason } from './notice-reasons.ts';

/** What is known of a person when it is decided whether a letter goes out. */
export interface MemberCase {
  readonly person: Pick<
    PersonOnRecord,
    'bornOn' | 'diedOn' | 'isCancelled' | 'isNonRegistered' | 'becameResidentOn' | 'ceasedResidentOn'
  >;
  /** The stage's forecast as of the day; null where the birth date is not known. */
  readonly forecast: StageForecast | null;
  /** Whether the programme is forbidden to the person on the day (禁忌). */
  readonly isContraindicated?: boolean;
  /** Whether the person holds a form of the stage that can still be used for the next dose. */
  readonly hasLiveForm: boolean;
  /** Where a letter would go: not at all for a protected person without 送付先. */
  readonly post: 'address' | 'protected' | 'addressMissing';
  /** What stands against a letter though it could be sent: the person's own wish, or mail that came back. */
  readonly refusal?: 'optedOut' | 'returnedMail' | null;
}

/** The day of asking, and until when a coming dose counts. */
export interface MemberDays {
  readonly asOf: Day;
  readonly dueBy: Day;
}

/** In, with the dose that is next, or out, with the one reason that comes first. */
export type MemberDecision =
  | { readonly isIncluded: true; readonly reason: IncludedReason; readonly next: NextDose }
  | { readonly isIncluded: false; readonly reason: ExcludedReason; readonly next: NextDose | null };

/**
 * Whether a person is called. Life and residence come first, then the law, then what was sent already, then the
 * post: so that the reasons that only concern people who would be called are listed with names.
 */
export function decideMember(member: MemberCase, days: MemberDays): MemberDecision {
  const { person, forecast } = member;
  const absence = findAbsence(person, days.asOf);
  if (absence !== undefined) return { isIncluded: false, reason: absence, next: null };
  if (forecast === null) return { isIncluded: false, reason: 'birthDateUnknown', next: null };
  const called = decideByForecast(forecast, days);
  if (!called.isIncluded) return called;
  if (member.isContraindicated === true) return { isIncluded: false, reason: 'contraindicated', next: called.next };
  if (member.hasLiveForm) return { isIncluded: false, reason: 'alreadyIssued', next: called.next };
  const refusal = member.refusal ?? null;
  if (refusal !== null) return { isIncluded: false, reason: refusal, next: called.next };
  if (member.post !== 'address') return { isIncluded: false, reason: member.post, next: called.next };
  return called;
}

/**
 * The same at the moment of printing, for somebody whose dose was chosen before: a dose given since then, or the
 * next one being another, takes the person out. Null where nobody chose a dose before.
 */
export function decideAtPrinting(member: MemberCase, chosenDose: number | null, days: MemberDays): MemberDecision {
  const decision = decideMember(member, days);
  if (chosenDose === null) return decision;
  const isAnother = decision.next !== null && decision.next.doseNumber !== chosenDose;
  const isDone = !decision.isIncluded && decision.reason === 'completed';
  if (isAnother || isDone) return { isIncluded: false, reason: 'vaccinatedMeanwhile', next: decision.next };
  return decision;
}

/** Why a letter to somebody is out of the question on a day, whatever the law says: undefined for who lives here. */
export function findAbsence(person: MemberCase['person'], on: Day): ExcludedReason | undefined {
  if (person.isCancelled) return 'cancelled';
  if (person.diedOn !== null && person.diedOn <= on) return 'dead';
  if (person.isNonRegistered) return 'notResident';
  if (person.ceasedResidentOn !== null && person.ceasedResidentOn <= on) return 'movedOut';
  if (person.becameResidentOn !== null && person.becameResidentOn > on) return 'notResident';
  return undefined;
}

function decideByForecast(forecast: StageForecast, days: MemberDays): MemberDecision {
  const { status, next } = forecast;
  switch (status) {
    case 'notEligible':
    case 'completed':
    case 'closed':
      return { isIncluded: false, reason: status, next };
    case 'due':
    case 'overdue':
      return next === null ? { isIncluded: false, reason: 'closed', next } : { isIncluded: true, reason: status, next };
    case 'tooEarly':
    case 'waiting':
      if (next === null || next.earliestOn > days.dueBy) return { isIncluded: false, reason: 'tooEarly', next };
      return { isIncluded: true, reason: 'upcoming', next };
    default:
      return status satisfies never;
  }
}
