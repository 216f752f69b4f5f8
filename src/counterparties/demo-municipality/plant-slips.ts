import { addDays, dayParts, findDay, formatCompactDay, luhnCheckDigit } from '#kernel';
import type { ClinicForm } from './clinic-rows.ts';
import { unknownInstitutionCode } from './make-institutions.ts';
import { changeForm, type PlantingGround, separateForms } from './planting-ground.ts';
import type { ClinicRow, DemoDose, PlantedFault } from './types.ts';

type Slip = PlantedFault & {
  /** What the slip makes of a form; undefined where the form cannot carry it. */
  readonly change: (form: ClinicForm, ground: PlantingGround) => Partial<ClinicRow> | undefined;
};

const noProduct = { maker: '', lot: '', volumeMl: '' } as const;

/** Slips of the pen and of the keys in forms that are otherwise right, and two kinds of forms without a dose. */
export const slips: readonly Slip[] = [
  { kind: 'futureDay', answer: 'refused', change: ({ dose }) => nextYear(dose.on) },
  { kind: 'beforeBirth', answer: 'refused', change: beforeBirth },
  {
    kind: 'impossibleDay',
    answer: 'refused',
    change: ({ row }) => ({ vaccinatedOn: `${row.vaccinatedOn.slice(0, 6)}32` }),
  },
  {
    kind: 'unknownVaccineCode',
    answer: 'refused',
    change: (_, { profile }) => ({ code: profile.options.unknownVaccineCode }),
  },
  {
    kind: 'otherMunicipality',
    answer: 'refused',
    change: (_, { profile }) => ({ lgCode: profile.options.otherLgCode }),
  },
  { kind: 'personUnknown', answer: 'questioned', change: ({ row }) => ({ number: `9${row.number.slice(1)}` }) },
  { kind: 'birthDateDiffers', answer: 'questioned', change: otherBirthDate },
  { kind: 'kanaDiffers', answer: 'questioned', change: otherFamilyName },
  { kind: 'sexDiffers', answer: 'questioned', change: ({ row }) => ({ sex: row.sex === '1' ? '2' : '1' }) },
  { kind: 'institutionCheckDigit', answer: 'questioned', change: ({ row }) => wrongLastDigit(row.institutionCode) },
  {
    kind: 'institutionUnknown',
    answer: 'questioned',
    change: (_, { profile }) => ({ institutionCode: unknownInstitutionCode(profile) }),
  },
  { kind: 'contractEnded', answer: 'questioned', change: endedContract },
  { kind: 'lotMissing', answer: 'questioned', change: () => ({ lot: '' }) },
  {
    kind: 'feverOnDay',
    answer: 'questioned',
    change: (_, { random }) => ({ temperature: `${random.between(375, 379)}` }),
  },
  { kind: 'consentMissing', answer: 'questioned', change: () => ({ consent: '0' }) },
  { kind: 'doseNumberDiffers', answer: 'questioned', change: lowerNumber },
  { kind: 'screeningOnly', answer: 'accepted', change: () => ({ ...noProduct, outcome: '2' }) },
  { kind: 'notConsented', answer: 'accepted', change: () => ({ ...noProduct, outcome: '3', consent: '0' }) },
];

/** Plants one slip of a kind; false where no form of the block can carry it. */
export function plantSlip(ground: PlantingGround, slip: Slip): boolean {
  for (const form of separateForms(ground)) {
    const change = slip.change(form, ground);
    if (change === undefined) continue;
    changeForm(ground, form, change, { kind: slip.kind, answer: slip.answer });
    return true;
  }
  return false;
}

function nextYear(on: ClinicForm['dose']['on']): Partial<ClinicRow> | undefined {
  const { year, month, dayOfMonth } = dayParts(on);
  const day = findDay(year + 1, month, dayOfMonth);
  return day === undefined ? undefined : { vaccinatedOn: formatCompactDay(day) };
}

/** The year before on the form of a baby not yet born then; for others the birth date typed in the wrong place. */
function beforeBirth({ dose, life }: ClinicForm, { random }: PlantingGround): Partial<ClinicRow> {
  const { bornOn } = life.person;
  const yearBefore = addDays(dose.on, -365);
  const day = yearBefore < bornOn ? yearBefore : addDays(bornOn, -random.between(1, 28));
  return { vaccinatedOn: formatCompactDay(day) };
}

/** One digit of the day mistyped. */
function otherBirthDate({ life }: ClinicForm): Partial<ClinicRow> | undefined {
  const { year, month, dayOfMonth } = dayParts(life.person.bornOn);
  const day = findDay(year, month, dayOfMonth > 20 ? dayOfMonth - 10 : dayOfMonth + 1);
  return day === undefined ? undefined : { birthDate: formatCompactDay(day) };
}

/** The name before a marriage, or of the grandparents. */
function otherFamilyName(
  { life, row }: ClinicForm,
  { profile, random }: PlantingGround,
): Partial<ClinicRow> | undefined {
  const [family, ...given] = row.kana.split('　');
  const other = profile.familyNames.draw(random).kana;
  if (life.person.isForeigner || other === family) return undefined;
  return { kana: [other, ...given].join('　') };
}

function wrongLastDigit(code: string): Partial<ClinicRow> {
  const body = code.slice(0, -1);
  return { institutionCode: `${body}${(luhnCheckDigit(body) + 3) % 10}` };
}

function endedContract({ dose }: ClinicForm, { institutions, random }: PlantingGround): Partial<ClinicRow> | undefined {
  const ended = institutions.filter(({ contractedTo }) => contractedTo !== null && contractedTo < dose.on);
  if (ended.length === 0) return undefined;
  const clinic = random.pick(ended);
  return { institutionCode: clinic.code, doctor: random.pick(clinic.doctors) };
}

/** The number of the dose before, on a form that was copied from it; where doses are unknown it may be the one expected. */
function lowerNumber({ dose, life }: ClinicForm): Partial<ClinicRow> | undefined {
  const isBefore = ({ series, on }: DemoDose): boolean => series === dose.series && on < dose.on;
  const known = [...life.history, ...life.month].filter(isBefore).length;
  const lower = dose.doseNumber - 1;
  return lower >= 1 && lower <= known ? { doseNumber: String(lower) } : undefined;
}
