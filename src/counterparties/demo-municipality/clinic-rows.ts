import { type Day, formatCompactDay } from '#kernel';
import { lotOf, sexCodes } from './feed-lines.ts';
import type { Life } from './make-life.ts';
import type { Random } from './random.ts';
import type { ClinicRow, DemoDose, DemoPerson, DemoProfile, Institution, PlantedFault } from './types.ts';

const shareAtHomeClinic = 0.8;

/** A form of the clinic month with the life it tells of, and what was planted in it. */
export interface ClinicForm {
  readonly life: Life;
  readonly dose: DemoDose;
  readonly row: ClinicRow;
  readonly fault: PlantedFault | null;
  /** The form that this one repeats; it comes later in the file. */
  readonly repeats?: ClinicForm;
}

/** The form of a dose as the clinic filled it in and the vendor typed it. */
export function makeClinicRow(
  profile: DemoProfile,
  person: DemoPerson,
  dose: DemoDose,
  clinic: Institution,
  random: Random,
): ClinicRow {
  return {
    lgCode: profile.lgCode,
    number: person.number,
    kana: person.kana,
    birthDate: formatCompactDay(person.bornOn),
    sex: sexCodes[person.sex],
    code: dose.code,
    doseNumber: String(dose.doseNumber),
    vaccinatedOn: formatCompactDay(dose.on),
    outcome: '1',
    maker: dose.maker,
    lot: lotOf(dose),
    volumeMl: dose.volumeMl,
    institutionCode: clinic.code,
    doctor: random.pick(clinic.doctors),
    temperature: String(random.between(358, 372)),
    consent: '1',
    copayment: '0',
    image: `IMG${String(random.between(0, 9_999_999)).padStart(7, '0')}.tif`,
  };
}

/** Chooses clinics for a person's doses in order of days: one visit, one clinic. */
export function makeClinicChoice(
  institutions: readonly Institution[],
  person: DemoPerson,
  random: Random,
): (on: Day) => Institution {
  let last: { on: Day; clinic: Institution } | undefined;
  return (on) => {
    if (last?.on !== on) last = { on, clinic: chooseClinic(institutions, person, on, random) };
    return last.clinic;
  };
}

/** Most go to the clinic of their household, if it is under contract on the day; some to another. */
export function chooseClinic(
  institutions: readonly Institution[],
  person: DemoPerson,
  on: Day,
  random: Random,
): Institution {
  const start = random.chance(shareAtHomeClinic)
    ? Number(person.householdNumber) % institutions.length
    : random.between(0, institutions.length - 1);
  for (let i = 0; i < institutions.length; i += 1) {
    const clinic = institutions[(start + i) % institutions.length];
    if (clinic !== undefined && isContracted(clinic, on)) return clinic;
  }
  return random.pick(institutions);
}

function isContracted({ contractedFrom, contractedTo }: Institution, on: Day): boolean {
  return contractedFrom <= on && (contractedTo === null || on <= contractedTo);
}
