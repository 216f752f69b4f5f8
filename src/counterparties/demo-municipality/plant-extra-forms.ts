import { addDays, type Day, dayParts, earlierDay, getDay, laterDay } from '#kernel';
import type { Life } from './make-life.ts';
import {
  addForm,
  daysGiven,
  doseOf,
  livedHere,
  nextEarliestOn,
  type PlantingGround,
  questionsAbout,
  quietLives,
  separateForms,
} from './planting-ground.ts';
import { mayHave } from './simulate-doses.ts';
import type { DemoDose, Season, Series } from './types.ts';

const recentDays = 730;
const liveGapDays = 27;

/** Plants one fault of a kind as a further form; false where nobody in the block can carry it. */
export type ExtraForm = (ground: PlantingGround) => boolean;

/** Doses that no clinic should have given, or that were sent twice. */
export const extraForms: readonly ExtraForm[] = [
  (ground) => plantAfterLeaving(ground, 'deadBefore'),
  (ground) => plantAfterLeaving(ground, 'movedOutBefore'),
  plantBeforeMovingIn,
  (ground) => plantProposed(ground, 'wrongSex', 'wrongSex', proposeWrongSex),
  (ground) => plantProposed(ground, 'shortInterval', 'intervalTooShort', proposeTooSoon),
  (ground) => plantProposed(ground, 'liveTooSoon', 'crossVaccineInterval', proposeAfterLive),
  (ground) => plantProposed(ground, 'outsideLegalWindow', 'afterWindow', proposeTooLate),
  (ground) => plantProposed(ground, 'seriesComplete', 'seriesComplete', proposeOneMore),
  plantSeasonTwice,
  plantAlreadyInLedger,
  plantIdenticalRow,
];

/** A dose of someone who had died or left before the month. */
function plantAfterLeaving(ground: PlantingGround, kind: 'deadBefore' | 'movedOutBefore'): boolean {
  for (const life of quietLives(ground)) {
    const { diedOn, ceasedResidentOn, isNonRegistered } = life.person;
    const fits = kind === 'deadBefore' ? diedOn !== null : diedOn === null && !isNonRegistered;
    if (!fits || ceasedResidentOn === null || ceasedResidentOn >= ground.calendar.monthFrom) continue;
    const dose = likelyDose(ground, life, ground.calendar.monthFrom, ground.calendar.monthTo);
    if (dose === undefined) continue;
    addForm(ground, life, dose, { kind, answer: 'questioned' });
    return true;
  }
  return false;
}

/** A dose given in the month, before the person moved here in it. */
function plantBeforeMovingIn(ground: PlantingGround): boolean {
  for (const life of quietLives(ground)) {
    const { becameResidentOn, isNonRegistered } = life.person;
    if (isNonRegistered || becameResidentOn > ground.calendar.monthTo) continue;
    const dose = likelyDose(ground, life, ground.calendar.monthFrom, addDays(becameResidentOn, -1));
    if (dose === undefined) continue;
    addForm(ground, life, dose, { kind: 'movedInAfter', answer: 'questioned' });
    return true;
  }
  return false;
}

/** A dose that people of this age are given between two days: the winter's, else the first of a series. */
function likelyDose(ground: PlantingGround, life: Life, from: Day, to: Day): DemoDose | undefined {
  if (to < from) return undefined;
  const on = addDays(from, ground.random.between(0, to - from));
  const { bornOn } = life.person;
  const season = ground.profile.seasons.find((each) => each.begin(bornOn) <= on && isOpen(each, on));
  if (season !== undefined) return doseOf(season, 1, on);
  const series = ground.profile.series.find((each) => {
    const [step] = each.steps;
    if (step === undefined || !mayHave(life.person, each) || daysGiven(life, each).length > 0) return false;
    return step.begin(bornOn) <= on && on <= step.end(bornOn);
  });
  return series === undefined ? undefined : doseOf(series, 1, on);
}

function isOpen({ opens, closes }: Season, on: Day): boolean {
  const { year, month, dayOfMonth } = dayParts(on);
  const opensThisYear = getDay(year, ...opens);
  const closesThisYear = getDay(year, ...closes);
  if (closesThisYear > opensThisYear) return opensThisYear <= on && on <= closesThisYear;
  return on >= opensThisYear || month * 100 + dayOfMonth <= closes[0] * 100 + closes[1];
}

type Propose = (ground: PlantingGround, life: Life, series: Series) => DemoDose | undefined;

/** Adds the first proposed dose about which the law asks what was meant, and nothing else. */
function plantProposed(ground: PlantingGround, kind: string, question: string, propose: Propose): boolean {
  for (const life of quietLives(ground)) {
    for (const series of ground.profile.series) {
      const dose = propose(ground, life, series);
      if (dose === undefined || !livedHere(life, dose.on)) continue;
      const questions = questionsAbout(ground, life, dose);
      if (questions.length !== 1 || questions[0] !== question) continue;
      addForm(ground, life, dose, { kind, answer: 'questioned' });
      return true;
    }
  }
  return false;
}

/** A day of the month between two days; undefined where none is. */
function dayWithin({ calendar, random }: PlantingGround, from: Day, to: Day): Day | undefined {
  const first = laterDay(from, calendar.monthFrom);
  const last = earlierDay(to, calendar.monthTo);
  return first > last ? undefined : addDays(first, random.between(0, last - first));
}

const proposeWrongSex: Propose = (ground, { person }, series) => {
  const [step] = series.steps;
  if (step === undefined || series.sex === null || person.sex === series.sex) return undefined;
  const on = dayWithin(ground, step.begin(person.bornOn), step.end(person.bornOn));
  return on === undefined ? undefined : doseOf(series, 1, on);
};

const proposeTooSoon: Propose = (ground, life, series) => {
  const previous = daysGiven(life, series).at(-1);
  const earliest = nextEarliestOn(life, series);
  if (previous === undefined || earliest === undefined) return undefined;
  const on = dayWithin(ground, laterDay(addDays(previous, 3), addDays(earliest, -14)), addDays(earliest, -1));
  return on === undefined ? undefined : doseOf(series, daysGiven(life, series).length + 1, on);
};

const proposeAfterLive: Propose = (ground, life, series) => {
  if (!series.isLive) return undefined;
  const live = life.history.findLast((dose) => dose.isLive && dose.series !== series.name);
  const earliest = nextEarliestOn(life, series);
  if (live === undefined || earliest === undefined || !mayHave(life.person, series)) return undefined;
  const on = dayWithin(ground, laterDay(earliest, addDays(live.on, 1)), addDays(live.on, liveGapDays));
  return on === undefined ? undefined : doseOf(series, daysGiven(life, series).length + 1, on);
};

const proposeTooLate: Propose = (ground, life, series) => {
  const given = daysGiven(life, series).length;
  const step = series.steps[given];
  if (step === undefined || !mayHave(life.person, series)) return undefined;
  const end = step.end(life.person.bornOn);
  if (end < addDays(ground.calendar.monthFrom, -recentDays)) return undefined;
  const on = dayWithin(ground, addDays(end, 1), ground.calendar.monthTo);
  return on === undefined ? undefined : doseOf(series, given + 1, on);
};

const proposeOneMore: Propose = (ground, life, series) => {
  const last = daysGiven(life, series).at(-1);
  if (last === undefined || nextEarliestOn(life, series) !== undefined) return undefined;
  if (last < ground.calendar.monthFrom - recentDays) return undefined;
  const on = dayWithin(ground, addDays(last, 40), ground.calendar.monthTo);
  return on === undefined ? undefined : doseOf(series, series.steps.length, on);
};

function plantSeasonTwice(ground: PlantingGround): boolean {
  for (const { life, dose } of separateForms(ground)) {
    const season = ground.profile.seasons.find(({ name }) => name === dose.series);
    const on = dayWithin(ground, addDays(dose.on, 3), ground.calendar.monthTo);
    if (season === undefined || on === undefined || !livedHere(life, on)) continue;
    addForm(ground, life, doseOf(season, 1, on), { kind: 'seasonTwice', answer: 'questioned' });
    return true;
  }
  return false;
}

/** A form of the weeks before the month that was delivered once more. */
function plantAlreadyInLedger(ground: PlantingGround): boolean {
  for (const life of quietLives(ground)) {
    const dose = life.history.at(-1);
    if (dose === undefined || dose.isElsewhere || dose.on < ground.calendar.monthFrom - 62) continue;
    addForm(ground, life, dose, { kind: 'alreadyInLedger', answer: 'questioned' });
    return true;
  }
  return false;
}

function plantIdenticalRow(ground: PlantingGround): boolean {
  for (const form of separateForms(ground)) {
    const fault = { kind: 'identicalRow', answer: 'questioned' } as const;
    ground.forms.push({ ...form, fault, repeats: form });
    ground.taken.add(form.life.person.number);
    return true;
  }
  return false;
}
