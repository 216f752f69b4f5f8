import { addDays, type Day, earlierDay, laterDay, reachesYearsOn } from '#kernel';
import type { Random } from './random.ts';
import type { Calendar, DemoProfile, Member } from './types.ts';

const yearDays = 365.2425;
const adultYears = 18;
const stayDaysMin = 60;

/** When and from where a household came, and when it left. */
export interface Residence {
  /** The day on which those came who are not from here. */
  readonly movedInOn: Day;
  readonly movedOutOn: Day | null;
  readonly previousAddress: string;
  /** The head grew up here: so did the children and the parents; only the husband or wife came. */
  readonly headIsFromHere: boolean;
}

/** Lets a household come together: nobody leaves the parents' home before growing up. */
export function makeResidence(
  profile: DemoProfile,
  calendar: Calendar,
  random: Random,
  members: readonly Member[],
  isForeign: boolean,
): Residence {
  const headIsFromHere = !isForeign && random.chance(profile.options.shareBornHere);
  const adults = members.filter(({ relation }) => ['householder', 'husband', 'wife'].includes(relation));
  const grownUpOn = adults.map(({ bornOn }) => reachesYearsOn(bornOn, adultYears)).reduce(laterDay);
  const latest = addDays(calendar.monthTo, -random.between(20, 364));
  const firstChildOn = members.find(({ relation }) => relation === 'child')?.bornOn;
  const wished =
    headIsFromHere && firstChildOn !== undefined
      ? addDays(firstChildOn, -random.between(100, 2000))
      : addDays(latest, -Math.floor(random.delayDays(11) * yearDays));
  const movedInOn = earlierDay(latest, laterDay(wished, grownUpOn));
  const movedOut = addDays(calendar.monthFrom, -random.between(5, 2200));
  const leaves = random.chance(profile.options.shareMovedOut) && movedOut > addDays(movedInOn, stayDaysMin);
  return {
    movedInOn,
    movedOutOn: leaves ? movedOut : null,
    previousAddress: choosePlace(profile, random, isForeign),
    headIsFromHere,
  };
}

/** Whether a member has lived here from birth on. */
export function isFromHere(residence: Residence, member: Member): boolean {
  if (member.bornOn >= residence.movedInOn) return true;
  return residence.headIsFromHere && member.relation !== 'husband' && member.relation !== 'wife';
}

/** A place elsewhere: foreigners mostly come from abroad, others seldom. */
export function choosePlace(profile: DemoProfile, random: Random, isForeign: boolean): string {
  const { shareFromAbroad, shareForeignersFromAbroad } = profile.options;
  const isAbroad = random.chance(isForeign ? shareForeignersFromAbroad : shareFromAbroad);
  return random.pick(isAbroad ? profile.placesAbroad : profile.places);
}
