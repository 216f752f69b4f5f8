import { addDays, getDay, luhnCheckDigit } from '#kernel';
import { makeAddress } from './make-household.ts';
import { givenNameKey } from './parse-profile.ts';
import { Random } from './random.ts';
import type { Calendar, DemoProfile, Institution } from './types.ts';

const stream = 4_000_000_001;
const doctorsBornIn = 1970;

/**
 * Makes the contracted clinics: codes with valid check digits, each with its doctors. The contracts of three ended
 * the day before the clinic month; one began with it.
 */
export function makeInstitutions(
  profile: DemoProfile,
  calendar: Calendar,
  people: number,
  seed: number,
): Institution[] {
  const random = new Random(seed, stream);
  const count = Math.min(3000, Math.max(14, Math.round(people / profile.options.peoplePerInstitution)));
  return Array.from({ length: count }, (_, i) => {
    const address = makeAddress(profile, random);
    const { kanji } = profile.familyNames.draw(random);
    return {
      code: makeCode(profile, i + 1),
      name: `${kanji}${profile.institutionKinds.draw(random)}`,
      address: address.text,
      postalCode: address.town.postalCode,
      phone: `0299-${String(Math.floor(i / 10000)).padStart(2, '0')}-${String(i + 1).padStart(4, '0')}`,
      contractedFrom: i === 3 ? calendar.monthFrom : getDay(2020, 4, 1),
      contractedTo: i < 3 ? addDays(calendar.monthFrom, -1) : null,
      account: [digits(random, 4), digits(random, 3), digits(random, 7)],
      doctors: makeDoctors(profile, random, kanji),
    };
  });
}

/** A code with a right check digit that no contracted clinic has. */
export function unknownInstitutionCode(profile: DemoProfile): string {
  return makeCode(profile, 9999);
}

function makeCode(profile: DemoProfile, index: number): string {
  const body = `${profile.options.prefectureDigits}1${profile.options.areaDigits}${String(index).padStart(4, '0')}`;
  return `${body}${luhnCheckDigit(body)}`;
}

function makeDoctors(profile: DemoProfile, random: Random, kanji: string): string[] {
  const given = profile.givenLotteries.get(givenNameKey(random.chance(0.7) ? 'male' : 'female', doctorsBornIn));
  if (given === undefined) throw new RangeError('no given name for doctors');
  const own = `${kanji}　${given.draw(random).kanji}`;
  const others = Array.from(
    { length: random.between(0, 2) },
    () => `${profile.familyNames.draw(random).kanji}　${given.draw(random).kanji}`,
  );
  return [own, ...others];
}

function digits(random: Random, length: number): string {
  return Array.from({ length }, () => random.between(0, 9)).join('');
}
