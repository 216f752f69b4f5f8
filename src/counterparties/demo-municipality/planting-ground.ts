import type { Day } from '#kernel';
import { type ClinicForm, chooseClinic, makeClinicRow } from './clinic-rows.ts';
import { holdToLaw, type Law } from './hold-to-law.ts';
import type { Life } from './make-life.ts';
import type { Random } from './random.ts';
import { earliestOn } from './simulate-doses.ts';
import type { Calendar, ClinicRow, DemoDose, DemoProfile, Institution, PlantedFault, Season, Series } from './types.ts';

/** The lives of a block of people and the forms of their clinic month, in which faults are planted. */
export interface PlantingGround {
  readonly profile: DemoProfile;
  readonly law: Law;
  readonly calendar: Calendar;
  readonly institutions: readonly Institution[];
  readonly random: Random;
  readonly lives: Life[];
  readonly forms: ClinicForm[];
  /** Lives in which something was planted: one fault each, so that every answer has one reason. */
  readonly taken: Set<string>;
}

/** The items from a random place on, round to it again: whoever fits first is taken. */
export function* fromAnywhere<T>(items: readonly T[], random: Random): Generator<T> {
  const start = random.between(0, Math.max(0, items.length - 1));
  for (let i = 0; i < items.length; i += 1) yield items[(start + i) % items.length] as T;
}

/** Lives without a form in the month, and without a fault. */
export function* quietLives(ground: PlantingGround): Generator<Life> {
  for (const life of fromAnywhere(ground.lives, ground.random)) {
    if (life.month.length === 0 && !ground.taken.has(life.person.number)) yield life;
  }
}

/**
 * Right forms of people without a fault; what is changed in them touches no other form of the month. Half the time the
 * forms of series come first, which the many forms of a winter would else hide.
 */
export function* separateForms(ground: PlantingGround): Generator<ClinicForm> {
  const winters = new Set(ground.profile.seasons.map(({ name }) => name));
  const ofSeries = ground.forms.filter(({ dose }) => !winters.has(dose.series));
  const first = ground.random.chance(0.5) ? ofSeries : [];
  for (const form of [...fromAnywhere(first, ground.random), ...fromAnywhere(ground.forms, ground.random)]) {
    if (form.fault !== null || ground.taken.has(form.life.person.number)) continue;
    if (form.life.month.filter(({ code }) => code === form.dose.code).length === 1) yield form;
  }
}

/** A dose of a series or a winter as it would stand on a form. */
export function doseOf(series: Series | Season, doseNumber: number, on: Day): DemoDose {
  return {
    series: series.name,
    code: series.code,
    doseNumber,
    on,
    maker: series.maker,
    volumeMl: series.volumeMl,
    isLive: 'isLive' in series && series.isLive,
    isElsewhere: false,
  };
}

/** The days on which a person's doses of a series were given. */
export function daysGiven(life: Life, series: Series): Day[] {
  return [...life.history, ...life.month].filter((dose) => dose.series === series.name).map(({ on }) => on);
}

/** What the law asks about a dose if it is added to all that the ledger will know: the codes of its questions. */
export function questionsAbout(ground: PlantingGround, life: Life, added: DemoDose): string[] {
  const doses = [...life.history, ...life.month, added].sort((a, b) => a.on - b.on);
  const judged = holdToLaw(ground.law, life.person, doses).find(({ dose }) => dose === added)?.judged;
  return judged?.findings.filter(({ severity }) => severity === 'question').map(({ code }) => code) ?? [];
}

/** Whether the person lived here on a day. */
export function livedHere({ person }: Life, on: Day): boolean {
  return person.becameResidentOn <= on && (person.ceasedResidentOn === null || on <= person.ceasedResidentOn);
}

/** First lawful day of the dose after those that were given; undefined where the series is complete. */
export function nextEarliestOn(life: Life, series: Series): Day | undefined {
  const given = daysGiven(life, series);
  const step = series.steps[given.length];
  return step === undefined ? undefined : earliestOn(life.person, step, given);
}

/** A further form with a fault in it. */
export function addForm(ground: PlantingGround, life: Life, dose: DemoDose, fault: PlantedFault): void {
  const { profile, institutions, random } = ground;
  const clinic = chooseClinic(institutions, life.person, dose.on, random);
  const row = makeClinicRow(profile, life.person, dose, clinic, random);
  ground.forms.push({ life, dose, row, fault });
  ground.taken.add(life.person.number);
}

/** The form with other words in it. */
export function changeForm(
  ground: PlantingGround,
  form: ClinicForm,
  change: Partial<ClinicRow>,
  fault: PlantedFault,
): void {
  ground.forms[ground.forms.indexOf(form)] = { ...form, row: { ...form.row, ...change }, fault };
  ground.taken.add(form.life.person.number);
}
