import { dayParts } from '#kernel';
import { type ClinicForm, makeClinicChoice, makeClinicRow } from './clinic-rows.ts';
import type { Law } from './hold-to-law.ts';
import { makeChanges } from './make-changes.ts';
import { makeHousehold } from './make-household.ts';
import { type Life, makeLife } from './make-life.ts';
import { extraForms } from './plant-extra-forms.ts';
import { plantShortIntervalInHistory } from './plant-history-faults.ts';
import { plantSlip, slips } from './plant-slips.ts';
import type { PlantingGround } from './planting-ground.ts';
import { Random } from './random.ts';
import type { Calendar, DemoDose, DemoPerson, DemoProfile, Institution } from './types.ts';

const streams = { lives: 1_000_000_000, planting: 2_000_000_000, changes: 3_000_000_000 } as const;
const wrongDosesInHistory = 2;

/** What every block of a municipality is made with. */
export interface Municipality {
  readonly profile: DemoProfile;
  readonly law: Law;
  readonly calendar: Calendar;
  readonly institutions: readonly Institution[];
  readonly people: number;
  readonly seed: number;
}

/** Some hundreds of households that are made, planted with faults and written together. */
export interface Block {
  readonly lives: readonly Life[];
  /** The forms of the clinic month, in the order in which the vendor typed them. */
  readonly forms: readonly ClinicForm[];
  readonly changes: readonly DemoPerson[];
  /** Doses of the old ledger that were given too soon. */
  readonly wrongInHistory: ReadonlySet<DemoDose>;
}

/** Makes the municipality block by block, so that a million people need no more memory than a thousand. */
export function* makeBlocks(municipality: Municipality): Generator<Block> {
  const { profile, people } = municipality;
  const count = Math.max(1, Math.round(people / profile.options.peoplePerFault));
  let household = 0;
  let made = 0;
  for (let index = 0; index < count; index += 1) {
    const until = Math.floor((people * (index + 1)) / count);
    const block: DemoPerson[] = [];
    while (made < until) {
      const members = makeMembers(municipality, household, made, block).slice(0, people - made);
      block.push(...members);
      made += members.length;
      household += 1;
    }
    yield makeBlock(municipality, index, block);
  }
}

function makeMembers(municipality: Municipality, index: number, made: number, recent: DemoPerson[]): DemoPerson[] {
  const { profile, calendar, seed } = municipality;
  return makeHousehold(profile, calendar, new Random(seed, index), { index, firstNumber: made + 1, recent });
}

function makeBlock(municipality: Municipality, index: number, people: readonly DemoPerson[]): Block {
  const { profile, law, calendar, institutions, seed } = municipality;
  const lives = people.map((person) =>
    makeLife(profile, law, calendar, person, new Random(seed, streams.lives + Number(person.number))),
  );
  const random = new Random(seed, streams.planting + index);
  const ground: PlantingGround = {
    profile,
    law,
    calendar,
    institutions,
    random,
    lives,
    forms: lives.flatMap((life) => formsOf(municipality, life, random)),
    taken: new Set(),
  };
  for (const plant of extraForms) plant(ground);
  for (const slip of slips) plantSlip(ground, slip);
  const wrong = Array.from({ length: wrongDosesInHistory }, () => plantShortIntervalInHistory(ground));
  const nextNumber = String(municipality.people + index + 1).padStart(10, '0');
  const order = { profile, calendar, lives: ground.lives, forms: ground.forms, nextNumber };
  return {
    lives: ground.lives,
    forms: shuffleForms(ground.forms, random),
    changes: makeChanges(order, new Random(seed, streams.changes + index)),
    wrongInHistory: new Set(wrong.filter((dose) => dose !== undefined)),
  };
}

function formsOf(municipality: Municipality, life: Life, random: Random): ClinicForm[] {
  const { profile, institutions } = municipality;
  const clinicOn = makeClinicChoice(institutions, life.person, random);
  return life.month.map((dose) => {
    const clinic = clinicOn(dose.on);
    return { life, dose, row: makeClinicRow(profile, life.person, dose, clinic, random), fault: null };
  });
}

/** The vendor types pile by pile, in no order; a form that repeats another comes after it. */
function shuffleForms(forms: readonly ClinicForm[], random: Random): ClinicForm[] {
  const shuffled = [...forms];
  for (let i = shuffled.length - 1; i > 0; i -= 1) swap(shuffled, i, random.between(0, i));
  for (const [at, form] of shuffled.entries()) {
    const first = form.repeats === undefined ? -1 : shuffled.indexOf(form.repeats);
    if (first > at) swap(shuffled, first, at);
  }
  return shuffled;
}

function swap(forms: ClinicForm[], i: number, j: number): void {
  const [a, b] = [forms[i], forms[j]];
  if (a === undefined || b === undefined) return;
  forms[i] = b;
  forms[j] = a;
}

/** The year whose taxes the welfare flags of a month speak of: from June to May. */
export function taxYearOf({ monthTo }: Calendar): number {
  const { year, month } = dayParts(monthTo);
  return month >= 6 ? year : year - 1;
}
