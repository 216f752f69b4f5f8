import { holdToLaw, isLawful, keepRightDoses, type Law } from './hold-to-law.ts';
import type { Random } from './random.ts';
import { simulateDoses } from './simulate-doses.ts';
import type { Calendar, DemoDose, DemoPerson, DemoProfile } from './types.ts';

const shareForgetting = 0.4;

/** A person with the doses that the municipality knows before the clinic month, and those of the month. */
export interface Life {
  readonly person: DemoPerson;
  readonly history: readonly DemoDose[];
  readonly month: readonly DemoDose[];
  /** Every dose given where the person lived before, whether the municipality knows of it or not. */
  readonly elsewhere: readonly DemoDose[];
}

/**
 * Lets a person live by the law. Some who moved in brought no proof of what they were given before; only where what is
 * left still stands by itself, so that no right dose looks wrong.
 */
export function makeLife(profile: DemoProfile, law: Law, calendar: Calendar, person: DemoPerson, random: Random): Life {
  const simulated = simulateDoses(person, profile.series, profile.seasons, calendar.monthTo, random);
  const doses = keepRightDoses(law, person, simulated);
  const isForgetful = random.chance(shareForgetting);
  const known = isForgetful ? forgetElsewhere(law, person, doses) : doses;
  return {
    person,
    history: known.filter(({ on, isElsewhere }) => on < calendar.monthFrom || isElsewhere),
    month: known.filter(({ on, isElsewhere }) => on >= calendar.monthFrom && !isElsewhere),
    elsewhere: doses.filter(({ isElsewhere }) => isElsewhere),
  };
}

function forgetElsewhere(law: Law, person: DemoPerson, doses: readonly DemoDose[]): readonly DemoDose[] {
  const here = doses.filter(({ isElsewhere }) => !isElsewhere);
  if (here.length === doses.length) return doses;
  const stands = holdToLaw(law, person, here).every(({ judged }) => isLawful(judged));
  return stands ? here : doses;
}
