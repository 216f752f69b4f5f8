import { type Day, type Finding, finding, formatIsoDay } from '#kernel';
import type { DoseOnRecord } from '#ledger/vaccinations';
import type { GivenDose, JudgedDose } from '#schedule';
import type { FactRow } from './decide-repeats.ts';

/** What the rules know of one person: verdicts of a whole history, and when a programme opens. */
export interface PersonRules {
  /** The verdicts on the doses asked about, by their places among the doses. */
  readonly judgeDoses: (doses: readonly GivenDose[], asked: ReadonlySet<number>) => ReadonlyMap<number, JudgedDose>;
  /** The stages of a programme in their order. */
  readonly stagesOf: (programme: string) => readonly string[];
  /** What the office calls a stage, with its programme. */
  readonly nameOf: (programme: string, stage: string) => string;
  /** First day on which the law lets this person begin the programme; null where it never does. */
  readonly opensOn: (programme: string) => Day | null;
}

/** A given dose, and the row that tells it; null where the ledger does. */
type PlacedDose = GivenDose & { readonly row: FactRow | null };

/** The rows of one person that are judged together, and what stands beside them. */
export interface ScheduleCase {
  /** Given doses that nothing makes doubtful: they count for each other. */
  readonly sound: readonly FactRow[];
  /** Given doses of doubtful identity: judged with all the others, but never against them. */
  readonly doubtful: readonly FactRow[];
  readonly history: readonly DoseOnRecord[];
  readonly becameResidentOn: Day | null;
  readonly rules: PersonRules;
}

/** What the rules find in the given doses of one person, by row: the file's rows see each other and the ledger. */
export function decideSchedule(input: ScheduleCase): Map<number, readonly Finding[]> {
  const found = new Map<number, readonly Finding[]>();
  if (input.sound.length > 0) judgeTogether(input, input.sound, input.sound, found);
  if (input.doubtful.length > 0) {
    judgeTogether(input, [...input.sound, ...input.doubtful], input.doubtful, found);
  }
  return found;
}

function judgeTogether(
  input: ScheduleCase,
  together: readonly FactRow[],
  asked: readonly FactRow[],
  found: Map<number, readonly Finding[]>,
): void {
  const known: PlacedDose[] = [];
  for (const { outcome, product, vaccinatedOn, vaccinationClass } of input.history) {
    if (outcome !== 'administered' || product === null) continue;
    known.push({ product, on: vaccinatedOn, kind: vaccinationClass, row: null });
  }
  const arriving = together.map((row): PlacedDose => {
    const { vaccine, vaccinatedOn, vaccinationClass } = row.fact;
    return { product: vaccine.product, on: vaccinatedOn, kind: vaccinationClass, row };
  });
  // Stable: on one day the ledger's doses stand before the file's, and those in the order of the file.
  const doses = [...known, ...arriving].sort((a, b) => a.on - b.on);
  const wanted = new Set(asked);
  const isLate = known.some((dose) => arriving.some((row) => row.on < dose.on));
  const judged = input.rules.judgeDoses(
    doses,
    placesOf(doses, ({ row }) => isLate || (row !== null && wanted.has(row))),
  );
  const later = isLate ? findLaterDoses(input.rules, doses, judged) : null;
  for (const [i, { row }] of doses.entries()) {
    const dose = judged.get(i);
    if (row === null || dose === undefined || !wanted.has(row)) continue;
    const note = later?.get(row);
    const findings = decideJudged(row, dose, input);
    found.set(row.ordinal, note === undefined ? findings : [...findings, note]);
  }
}

function placesOf<T>(doses: readonly T[], isAsked: (dose: T) => boolean): ReadonlySet<number> {
  const places = new Set<number>();
  for (const [i, dose] of doses.entries()) if (isAsked(dose)) places.add(i);
  return places;
}

/**
 * What a row is told of its dose. A 臨時接種 from before the 定期接種 stands under its own notice: its numbers are no numbers
 * of the 定期接種, and its day makes it no 任意接種.
 */
function decideJudged(row: FactRow, dose: JudgedDose, input: ScheduleCase): Finding[] {
  const { vaccinationClass } = row.fact;
  const isBefore = dose.findings.some(({ code }) => code === 'beforeProgrammeStart');
  const findings = decideVerdict(dose, vaccinationClass !== 'routine' && isBefore);
  if (vaccinationClass === 'temporary' && isBefore) {
    return findings.filter(({ code }) => code !== 'beforeProgrammeStart');
  }
  return [...findings, ...decideDoseNumber(row, dose, input)];
}

/**
 * The findings of a verdict; a dose that the rules do not let stand is at least one question, unless all they say is what
 * the sender says and the day bears out (`isKnownNotRoutine`). The sender's word alone is not enough: no window and no
 * interval is looked at for a dose that is called no 定期接種, and it counts, so that a wrong column would end the calling.
 */
function decideVerdict(dose: JudgedDose, isKnownNotRoutine: boolean): Finding[] {
  // Rules never refuse: a dose against them still happened.
  const findings = dose.findings.map((each) =>
    each.severity === 'refuse' ? { ...each, severity: 'question' as const } : each,
  );
  const isBroken = dose.verdict !== 'valid' && !(dose.verdict === 'notRoutine' && isKnownNotRoutine);
  if (!isBroken || findings.some((each) => each.severity === 'question')) return findings;
  const code = dose.verdict === 'notRoutine' ? 'doseNotRoutine' : 'doseAgainstRules';
  return [...findings, finding(code, 'question', 'vaccinatedOn')];
}

/**
 * Compares the sender's dose number with the ledger's. A number ahead of the ledger means that earlier doses are
 * missing: no question for a person who moved in after the programme's window opened, whose doses lie elsewhere.
 */
function decideDoseNumber(row: FactRow, dose: JudgedDose, input: ScheduleCase): Finding[] {
  const { rules, becameResidentOn } = input;
  const { vaccine, doseNumber } = row.fact;
  if (vaccine.doseNumber === null || dose.doseNumber === null) return [];
  if (dose.programme !== vaccine.programme || vaccine.stage === null) return [];
  const stages = rules.stagesOf(vaccine.programme);
  const rank = (stage: string | null, number: number): number => stages.indexOf(stage ?? '') * 100 + number;
  const told = rank(vaccine.stage, vaccine.doseNumber);
  const judged = rank(dose.stage, dose.doseNumber);
  if (told === judged) return [];
  const stage = rules.nameOf(vaccine.programme, dose.stage ?? '');
  const params = { name: vaccine.name, told: doseNumber ?? '', stage, judged: dose.doseNumber };
  if (told < judged) return [finding('doseNumberDiffers', 'question', 'doseNumber', params)];
  const opensOn = rules.opensOn(vaccine.programme);
  const isFromElsewhere = becameResidentOn !== null && opensOn !== null && becameResidentOn > opensOn;
  if (!isFromElsewhere) return [finding('earlierDoseMissing', 'question', 'doseNumber', params)];
  const movedInOn = formatIsoDay(becameResidentOn);
  return [finding('earlierDoseElsewhere', 'note', 'doseNumber', { ...params, movedInOn })];
}

/** A dose that arrives late can change what is said of a later dose in the ledger: its row says so. */
function findLaterDoses(
  rules: PersonRules,
  doses: readonly PlacedDose[],
  judged: ReadonlyMap<number, JudgedDose>,
): ReadonlyMap<FactRow, Finding> {
  const known = doses.filter((dose) => dose.row === null);
  const before = rules.judgeDoses(
    known,
    placesOf(known, () => true),
  );
  const later = new Map<FactRow, Finding>();
  let nth = 0;
  let last: FactRow | null = null;
  for (const [i, dose] of doses.entries()) {
    if (dose.row !== null) {
      last = dose.row;
      continue;
    }
    const was = before.get(nth)?.verdict;
    nth += 1;
    if (last !== null && was !== judged.get(i)?.verdict && !later.has(last)) {
      later.set(last, finding('laterDoseJudgedAnew', 'note', 'vaccinatedOn', { on: formatIsoDay(dose.on) }));
    }
  }
  return later;
}
