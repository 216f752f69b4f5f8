import type { Fact } from '#schedule';
import { afterMonths, day, years } from './calendar.ts';
import type { Course, Patient, Shot } from './course.ts';

/** 1.4: a disability at 60 to 64 opens the vaccines of older adults; for zoster that of HIV alone. */
export function isDisabledAt60({ born, facts }: Patient, on: number, isOfHiv = false): boolean {
  const isOpen = on >= years(born, 60) && on <= years(born, 65);
  return isOpen && facts.some((fact) => fact.kind === 'categoryBEligible60to64' && (!isOfHiv || fact.reason === 'hiv'));
}

/** Whether a doctor judged a shorter interval necessary since the dose before. */
export function isJudged({ facts }: Patient, programme: string, course: Course, on: number): boolean {
  const since = course.last?.on ?? Number.NEGATIVE_INFINITY;
  return facts.some(
    (fact) =>
      fact.kind === 'doctorJudgedNecessary' && fact.programme === programme && fact.on <= on && fact.on >= since,
  );
}

/** Whether the person had a disease on or before a day. */
export function had({ facts }: Patient, disease: string, on: number): boolean {
  return facts.some((fact) => fact.kind === 'hadDisease' && fact.disease === disease && fact.on <= on);
}

/** 1.7: the expected days of delivery. */
export function dueDays({ facts }: Patient): readonly number[] {
  return facts.flatMap((fact) => (fact.kind === 'pregnancy' ? [fact.dueOn] : [])).sort((a, b) => a - b);
}

/** A past disease takes a person out of the vaccine against it alone; influenza, COVID-19, zoster and RSV do not. */
const diseaseOf: Readonly<Record<string, string>> = {
  rv1: 'rotavirus',
  rv5: 'rotavirus',
  hepb: 'hepatitis-b',
  pcv7: 'pneumococcal',
  pcv13: 'pneumococcal',
  pcv15: 'pneumococcal',
  pcv20: 'pneumococcal',
  ppsv23: 'pneumococcal',
  'pcv20-adult': 'pneumococcal',
  hib: 'hib',
  ipv: 'polio',
  opv: 'polio',
  bcg: 'tuberculosis',
  var: 'varicella',
  je: 'japanese-encephalitis',
  'je-mouse-brain': 'japanese-encephalitis',
  hpv2: 'hpv',
  hpv4: 'hpv',
  hpv9: 'hpv',
};

/** Whether what is known takes the person out on a day: the disease itself, or immunoglobulin at birth. */
export function isTakenOut(patient: Patient, { product, on }: Shot): boolean {
  const disease = diseaseOf[product];
  const isImmunised = product === 'hepb' && patient.facts.some((fact) => fact.kind === 'hbigAtBirth');
  return isImmunised || (disease !== undefined && had(patient, disease, on));
}

/** 1.7: measles and rubella are living vaccines: not in a pregnancy, not to the immune. */
export function isTakenOutOfMeasles(patient: Patient, shot: Shot, diseases: readonly string[], stage: string): boolean {
  const isPregnant = dueDays(patient).some((due) => shot.on >= due - 280 && shot.on <= due);
  const isImmune = patient.facts.some((fact) => isRubellaTest(fact, 'sufficient', shot.on));
  return isPregnant || diseases.every((each) => had(patient, each, shot.on)) || (stage === 'stage-5' && isImmune);
}

/** Whether a test of rubella antibodies had a result by a day. */
export function isRubellaTest(fact: Fact, result: string, by: number): boolean {
  return fact.kind === 'antibodyTest' && fact.disease === 'rubella' && fact.result === result && fact.on <= by;
}

/** 1.6: the last ages of a grant; vaccines that are not named have none. */
const lastAges: Readonly<Record<string, number>> = {
  'dpt-ipv-hib': 15,
  'dpt-ipv': 15,
  bcg: 4,
  hib: 10,
  'pneumococcal-child': 6,
};

/**
 * 1.6: whether the municipality granted the vaccine after a long illness, within the law's limits: two years (one for
 * older adults), the last day of the illness being the first of them.
 */
export function isGranted({ born, facts }: Patient, programme: string, on: number): boolean {
  const age = lastAges[programme];
  const ends = facts.flatMap((fact) => (fact.kind === 'longTermIllness' ? [fact.to] : []));
  const lastIll = ends.includes(null) ? null : ends.reduce((last: number | null, end) => later(last, end), null);
  const isYoung = age === undefined || on <= years(born, age);
  const isOfOlder = programme === 'pneumococcal-older' || programme === 'zoster';
  const isSoon = lastIll === null || on < afterMonths(lastIll, isOfOlder ? 12 : 24);
  const isDecided = facts.some(
    (fact) => fact.kind === 'exceptionGranted' && fact.programme === programme && on >= fact.from && on <= fact.to,
  );
  return isDecided && isYoung && isSoon && on >= day(2013, 1, 30);
}

function later(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}
