import { addDays, dayParts } from '#kernel';
import type { ClinicForm } from './clinic-rows.ts';
import { makeAddress } from './make-household.ts';
import type { Life } from './make-life.ts';
import { choosePlace } from './make-residence.ts';
import { givenNameKey } from './parse-profile.ts';
import { fromAnywhere } from './planting-ground.ts';
import type { Random } from './random.ts';
import type { Calendar, DemoPerson, DemoProfile } from './types.ts';

const youngestMother = 18;
const oldestMother = 44;
const yearDays = 365.2425;

/** What the changes of a block are made from; a newborn's number is given by `nextNumber`. */
export interface ChangeOrder {
  readonly profile: DemoProfile;
  readonly calendar: Calendar;
  readonly lives: readonly Life[];
  readonly forms: readonly ClinicForm[];
  readonly nextNumber: string;
}

/**
 * What the register tells on the first day after the clinic month: a birth, a death, a household's move within the
 * town, someone who left, a new family name, a protection. Nobody of the clinic month dies or leaves before it.
 */
export function makeChanges(order: ChangeOrder, random: Random): DemoPerson[] {
  const { calendar, profile } = order;
  const present = order.lives.map(({ person }) => person).filter((each) => each.ceasedResidentOn === null);
  const changed = new Set<string>();
  const treated = new Set(order.forms.map(({ life }) => life.person.number));
  const choose = (fits: (person: DemoPerson) => boolean): DemoPerson | undefined => {
    for (const person of fromAnywhere(present, random)) {
      if (changed.has(person.number) || person.isProtected || !fits(person)) continue;
      changed.add(person.number);
      return person;
    }
    return undefined;
  };
  const ageOf = (person: DemoPerson): number => (calendar.asOf - person.bornOn) / yearDays;
  const dated = (person: DemoPerson, changeReason: string): DemoPerson => ({
    ...person,
    changeReason,
    changedOn: calendar.asOf,
  });
  const changes: (DemoPerson | undefined)[] = [];
  const isMother = (each: DemoPerson): boolean =>
    ['wife', 'householder'].includes(each.relation) && each.sex === 'female' && ageOf(each) > youngestMother;
  const mother = choose((each) => isMother(each) && ageOf(each) < oldestMother);
  changes.push(mother && makeNewborn(order, mother, random));
  const dead = choose((each) => ageOf(each) > 70);
  changes.push(dead && { ...dated(dead, 'died'), ceasedResidentOn: calendar.asOf, diedOn: calendar.asOf });
  const leaving = choose((each) => ageOf(each) > 19 && ageOf(each) < 40);
  changes.push(
    leaving && {
      ...dated(leaving, 'movedOut'),
      ceasedResidentOn: calendar.asOf,
      nextAddress: choosePlace(profile, random, leaving.isForeigner),
    },
  );
  const moving = choose((each) => ageOf(each) > 20);
  const address = makeAddress(profile, random);
  if (moving !== undefined) {
    const household = present.filter(
      (each) => each.householdNumber === moving.householdNumber && (each === moving || !changed.has(each.number)),
    );
    for (const person of household) {
      changed.add(person.number);
      changes.push({ ...dated(person, 'movedWithin'), address });
    }
  }
  // A name that changes while a form under way still says the old one would be a question that nobody planted.
  const renamed = choose(
    (each) => !treated.has(each.number) && !each.isForeigner && ageOf(each) > 20 && ageOf(each) < 60,
  );
  changes.push(renamed && renameFamily(dated(renamed, 'nameChanged'), profile, random));
  const protectedNow = choose((each) => ageOf(each) > 20);
  changes.push(protectedNow && { ...protectedNow, isProtected: true });
  return changes.filter((each) => each !== undefined);
}

/** A child born in the second half of the month, entered in the register on the first of the next. */
function makeNewborn(order: ChangeOrder, mother: DemoPerson, random: Random): DemoPerson {
  const { calendar, profile } = order;
  const sex = random.chance(0.51) ? 'male' : 'female';
  const bornOn = addDays(calendar.monthTo, -random.between(2, 14));
  const [family] = mother.kana.split('　');
  const [familyKanji] = mother.name.split('　');
  const given = profile.givenLotteries.get(givenNameKey(sex, dayParts(bornOn).year))?.draw(random);
  if (given === undefined) throw new RangeError(`no given name for a birth on day ${bornOn}`);
  return {
    ...mother,
    number: order.nextNumber,
    relation: 'child',
    kana: `${family}　${given.kana}`,
    name: `${familyKanji}　${given.kanji}`,
    foreignKana: '',
    foreignName: '',
    isForeigner: false,
    sex,
    bornOn,
    becameResidentOn: bornOn,
    changeReason: 'birth',
    changedOn: calendar.asOf,
    previousAddress: '',
  };
}

/** Another family name, in kana and kanji. */
function renameFamily(person: DemoPerson, profile: DemoProfile, random: Random): DemoPerson {
  const family = profile.familyNames.draw(random);
  const [, ...given] = person.name.split('　');
  const [, ...givenKana] = person.kana.split('　');
  return {
    ...person,
    name: [family.kanji, ...given].join('　'),
    kana: [family.kana, ...givenKana].join('　'),
  };
}
