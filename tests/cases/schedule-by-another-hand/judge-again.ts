import { afterDays, afterMonths, day } from './calendar.ts';
import { type Answer, Course, type Patient, type Question, type Reading, type Shot } from './course.ts';
import {
  measlesStages,
  readBcg,
  readDiphtheriaTetanus2,
  readEncephalitis,
  readHepatitisB,
  readHib,
  readPapilloma,
  readPneumococcal,
  readRotavirus,
  readThreeAndOne,
  readVaricella,
} from './read-childhood.ts';
import { had, isGranted, isTakenOut, isTakenOutOfMeasles } from './read-facts.ts';
import { readMaternal, readPneumococcalOlder, readSeasonal, readZoster } from './read-older.ts';

type Form = 'injectedLive' | 'oralLive' | 'killed';
type Entry = readonly [programme: string, form: Form, since: number | null, until: number | null, firstRule: number];

const always = day(1900, 1, 1);
const old = day(1995, 4, 1);

/** 1.7b start dates, and from when a rule is on record at all; in the order of the contract's list. */
const entries: Readonly<Record<string, Entry>> = {
  rv1: ['rotavirus', 'oralLive', day(2020, 10, 1), null, always],
  rv5: ['rotavirus', 'oralLive', day(2020, 10, 1), null, always],
  hepb: ['hepatitis-b', 'killed', day(2016, 10, 1), null, always],
  pcv7: ['pneumococcal-child', 'killed', day(2013, 4, 1), day(2013, 10, 31), always],
  pcv13: ['pneumococcal-child', 'killed', day(2013, 11, 1), day(2024, 9, 30), always],
  pcv15: ['pneumococcal-child', 'killed', day(2024, 4, 1), null, always],
  pcv20: ['pneumococcal-child', 'killed', day(2024, 10, 1), null, always],
  '5in1': ['dpt-ipv-hib', 'killed', day(2024, 4, 1), null, always],
  '4in1': ['dpt-ipv', 'killed', day(2012, 11, 1), null, always],
  hib: ['hib', 'killed', day(2013, 4, 1), null, always],
  ipv: ['ipv', 'killed', day(2012, 9, 1), null, always],
  opv: ['ipv', 'oralLive', null, day(2012, 8, 31), old],
  dpt: ['dpt', 'killed', null, null, old],
  dt: ['dt', 'killed', null, null, old],
  bcg: ['bcg', 'injectedLive', null, null, day(2005, 4, 1)],
  mr: ['measles-rubella', 'injectedLive', day(2006, 6, 2), null, always],
  measles: ['measles-rubella', 'injectedLive', null, null, old],
  rubella: ['measles-rubella', 'injectedLive', null, null, old],
  var: ['varicella', 'injectedLive', day(2014, 10, 1), null, always],
  je: ['japanese-encephalitis', 'killed', day(2009, 6, 2), null, always],
  'je-mouse-brain': ['japanese-encephalitis', 'killed', null, day(2010, 8, 26), old],
  hpv2: ['hpv', 'killed', day(2013, 4, 1), day(2026, 3, 31), always],
  hpv4: ['hpv', 'killed', day(2013, 4, 1), day(2026, 3, 31), always],
  hpv9: ['hpv', 'killed', day(2023, 4, 1), null, always],
  'rsv-mat': ['rsv-maternal', 'killed', day(2026, 4, 1), null, always],
  flu: ['influenza-older', 'killed', day(2001, 11, 7), null, always],
  'flu-hd': ['influenza-older', 'killed', day(2026, 10, 1), null, always],
  covid19: ['covid19-older', 'killed', day(2024, 4, 1), null, always],
  ppsv23: ['pneumococcal-older', 'killed', day(2014, 10, 1), day(2026, 3, 31), always],
  'pcv20-adult': ['pneumococcal-older', 'killed', day(2026, 4, 1), null, always],
  'zoster-live': ['zoster', 'injectedLive', day(2025, 4, 1), null, always],
  'zoster-rzv': ['zoster', 'killed', day(2025, 4, 1), null, always],
  mumps: ['', 'injectedLive', null, null, always],
};
const order = Object.keys(entries);

const readings: Readonly<Record<string, (question: Question) => Reading>> = {
  'hepatitis-b': readHepatitisB,
  rotavirus: readRotavirus,
  'pneumococcal-child': readPneumococcal,
  'dpt-ipv-hib': readThreeAndOne,
  'dpt-ipv': readThreeAndOne,
  hib: readHib,
  ipv: readThreeAndOne,
  dpt: readThreeAndOne,
  dt: readDiphtheriaTetanus2,
  bcg: readBcg,
  varicella: readVaricella,
  'japanese-encephalitis': readEncephalitis,
  hpv: readPapilloma,
  'rsv-maternal': readMaternal,
  'influenza-older': readSeasonal,
  'covid19-older': readSeasonal,
  'pneumococcal-older': readPneumococcalOlder,
  zoster: readZoster,
};

/** Every product that this reading knows, in the contract's order. */
export const knownProducts: readonly string[] = order;

/** Reads the text once more, dose by dose, ; answers in the order of the input. */
export function judgeAgain(patient: Patient, asOf: number, shots: readonly Shot[]): readonly Answer[] {
  const courses = new Map<string, Course>();
  const before: Shot[] = [];
  const answers: Answer[] = [];
  const inOrder = shots
    .map((shot, place) => ({ shot, place }))
    .sort((a, b) => a.shot.on - b.shot.on || rank(a.shot) - rank(b.shot) || a.place - b.place);
  for (const { shot, place } of inOrder) {
    const [programme] = entryOf(shot);
    const course = courses.get(programme) ?? new Course();
    courses.set(programme, course);
    answers[place] = judgeShot(patient, asOf, course, shot, before);
    if (shot.on <= asOf && shot.on >= patient.born) before.push(shot);
  }
  return answers;
}

function judgeShot(patient: Patient, asOf: number, course: Course, shot: Shot, before: readonly Shot[]): Answer {
  const [programme, , since, until, firstRule] = entryOf(shot);
  const nothing = { stage: null, number: null };
  if (shot.on > asOf || programme === '') return { verdict: 'unknown', ...nothing };
  if ((until !== null && shot.on > until) || shot.on < firstRule) {
    course.lose(shot);
    return { verdict: 'unknown', ...nothing };
  }
  if (shot.on < patient.born) return { verdict: 'invalid', ...nothing };
  const isRoutine = since === null || shot.on >= since;
  return programme === 'measles-rubella'
    ? judgeMeasles(patient, course, shot, { isRoutine, isFree: isFreeOfOthers(shot, before) })
    : judgePlain({ patient, course, shot }, { isRoutine, isFree: isFreeOfOthers(shot, before) });
}

interface Circumstances {
  readonly isRoutine: boolean;
  readonly isFree: boolean;
}

function judgePlain(question: Question, { isRoutine, isFree }: Circumstances): Answer {
  const { course, shot } = question;
  const [programme] = entryOf(shot);
  const read = readings[programme];
  if (read === undefined) throw new Error(`no reading of ${programme}`);
  const isSameDay = course.counted.some((each) => each.on === shot.on);
  const reading = read(question);
  if (reading === null) {
    if (!isRoutine) return { verdict: 'notRoutine', stage: 'any', number: -1 };
    course.lose(shot);
    return { verdict: 'extra', stage: 'any', number: null };
  }
  const isInWindow = reading.isInWindow || isGranted(question.patient, programme, shot.on);
  const number = course.in(reading.stage) + 1;
  const stage = reading.stage.split(' ')[0] ?? '';
  if (!isRoutine) {
    course.count(shot, reading.stage);
    return { verdict: 'notRoutine', stage, number };
  }
  if (isSameDay || !isInWindow || isTakenOut(question.patient, shot)) {
    course.lose(shot);
    return { verdict: 'invalid', stage, number: null };
  }
  if (programme === 'hpv' && isTooEarlyForTwo(question)) course.isThreeDoses = true;
  course.count(shot, reading.stage);
  return { verdict: reading.isKept && isFree ? 'valid' : 'invalid', stage, number };
}

/** 1.3c: a second dose less than five months after the one before makes it three. */
function isTooEarlyForTwo({ course, shot }: Question): boolean {
  const fiveMonths = (previous: number): number => afterMonths(previous, 5);
  return course.counted.length === 1 && !course.keeps(shot.on, fiveMonths, fiveMonths);
}

/** Measles and rubella are counted for each disease, so that two single vaccines make one stage. */
function judgeMeasles(patient: Patient, course: Course, shot: Shot, { isRoutine, isFree }: Circumstances): Answer {
  const diseasesOf = (product: string): readonly string[] => (product === 'mr' ? ['measles', 'rubella'] : [product]);
  const isDone = (stage: string): boolean => {
    const shots = course.counted.filter((each) => each.stage === stage);
    const given = new Set(shots.flatMap(({ product }) => diseasesOf(product)));
    const isOver = (disease: string): boolean => given.has(disease) || had(patient, disease, shot.on);
    return given.size > 0 && isOver('rubella') && (stage === 'stage-5' || isOver('measles'));
  };
  const stagesOn = isRoutine ? shot.on : Math.max(shot.on, entryOf(shot)[2] ?? shot.on);
  const inWindow = new Set(
    measlesStages(patient, shot.on, shot.product)
      .filter(({ isInWindow }) => isInWindow)
      .map(({ stage }) => stage),
  );
  const left = measlesStages(patient, stagesOn, shot.product).filter(({ stage }) => !isDone(stage));
  const chosen = left.find(({ stage }) => inWindow.has(stage) && isRoutine) ?? left[0];
  if (chosen === undefined) {
    if (!isRoutine) return { verdict: 'notRoutine', stage: 'any', number: -1 };
    return { verdict: 'extra', stage: 'any', number: null };
  }
  const { stage } = chosen;
  if (!isRoutine) {
    course.count(shot, stage);
    return { verdict: 'notRoutine', stage, number: 1 };
  }
  const isSameDay = course.counted.some(
    (each) => each.on === shot.on && diseasesOf(each.product).some((one) => diseasesOf(shot.product).includes(one)),
  );
  const isOut = isTakenOutOfMeasles(patient, shot, diseasesOf(shot.product), stage);
  if (isSameDay || isOut || !inWindow.has(stage)) return { verdict: 'invalid', stage, number: null };
  course.count(shot, stage);
  return { verdict: isFree ? 'valid' : 'invalid', stage, number: 1 };
}

/** 1.5: what earlier vaccines of another day forbid. */
function isFreeOfOthers(shot: Shot, before: readonly Shot[]): boolean {
  const [programme, form] = entryOf(shot);
  return before.every((earlier) => {
    if (earlier.on === shot.on) return true;
    const [earlierProgramme, earlierForm] = entryOf(earlier);
    const isOther = programme !== earlierProgramme;
    if (shot.on >= day(2020, 10, 1)) {
      if (form === 'injectedLive' && earlierForm === 'injectedLive' && shot.on < afterDays(earlier.on, 27))
        return false;
    } else if (isOther && shot.on < afterDays(earlier.on, earlierForm === 'killed' ? 6 : 27)) {
      return false;
    }
    const isSpecial = shot.on >= day(2021, 2, 17) && shot.on <= day(2024, 3, 31);
    const isCovid = programme === 'covid19-older' || earlierProgramme === 'covid19-older';
    const isFlu = programme === 'influenza-older' || earlierProgramme === 'influenza-older';
    const isFluLetFree = isFlu && shot.on >= day(2022, 7, 22);
    return !(isSpecial && isOther && isCovid && !isFluLetFree && shot.on < afterDays(earlier.on, 13));
  });
}

function entryOf({ product }: Shot): Entry {
  const entry = entries[product];
  if (entry === undefined) throw new Error(`the second reading does not know ${product}`);
  return entry;
}

function rank({ product }: Shot): number {
  return order.indexOf(product);
}
