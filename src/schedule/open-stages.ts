import type { Day, Sex } from '#kernel';
import { BirthTable, notYet } from './birth-table.ts';
import { draftProgramme } from './derive-forecast.ts';
import { type ProgrammePlan, plansOf } from './forecast-plan.ts';
import { type Evaluation, evaluate } from './judge-doses.ts';
import { considerPerson, considerStage, NextDay } from './next-change.ts';
import { firstDay, lastDay } from './read-table.ts';
import type { CrossRule, RuleSet } from './rule-set.ts';
import type { GivenProduct } from './series.ts';
import type { StageDraft } from './stage-draft.ts';
import type { Fact, GivenDose, PersonCase } from './types.ts';

/** What the rules say of one person on a day: stages by their place in the order of the rules. */
export interface OpenStages {
  readonly due: readonly number[];
  readonly overdue: readonly number[];
  /** The first day on which the answer may differ though nothing new becomes known; null when no day changes it. */
  readonly nextChangeOn: Day | null;
}

/** What the rules are asked about one person: everything but the day, which is the same for all. */
export interface CaseOfPerson {
  readonly bornOn: Day;
  readonly sex: Sex;
  readonly doses: readonly GivenDose[];
  readonly facts: readonly Fact[];
}

const noStages: readonly number[] = [];

/**
 * Makes a judge for a day that tells of each person what `judge` and `findNextChange` tell, as far as a forecast of
 * everybody keeps it. A programme in which nothing was given is answered once for everybody of a birth date and sex.
 */
export function createOpenStagesJudge(rules: RuleSet, asOf: Day): (person: CaseOfPerson) => OpenStages {
  const programmes = listProgrammes(rules);
  const unbegun = new Unbegun(asOf, programmes);
  return ({ bornOn, sex, doses, facts }) => {
    const person: PersonCase = { bornOn, sex, asOf, doses, facts };
    const evaluation = evaluate(rules, person);
    const found = new Found(asOf);
    considerPerson(found.next, rules, person);
    unbegun.begin(bornOn, sex);
    for (const each of programmes) {
      const { plan } = each;
      const { index } = plan.programme;
      const closed = evaluation.path[index] ?? noStages;
      if (closed.length === plan.programme.stages.length) continue;
      const series = evaluation.series[index];
      const isShared = series === undefined && facts.length === 0 && unbegun.tell(each, closed, evaluation, found);
      if (isShared) continue;
      found.addDrafts(each.firstPlace, draftProgramme(evaluation, plan, series ?? plan.untouched, closed));
    }
    return found.stages();
  };
}

/** Gathers what is due and the next change, in the order of the rules. */
class Found {
  readonly next: NextDay;
  private due: number[] | undefined;
  private overdue: number[] | undefined;

  constructor(asOf: Day) {
    this.next = new NextDay(asOf);
  }

  addDrafts(firstPlace: number, drafts: readonly StageDraft[]): void {
    for (let i = 0; i < drafts.length; i += 1) {
      const draft = drafts[i];
      if (draft === undefined) continue;
      this.add(firstPlace + i, codeOf(draft));
      considerStage(this.next, draft.forecast);
    }
  }

  add(place: number, code: number): void {
    if (code === dueCode) (this.due ??= []).push(place);
    else if (code === overdueCode) (this.overdue ??= []).push(place);
  }

  stages(): OpenStages {
    const { found } = this.next;
    return {
      due: this.due ?? noStages,
      overdue: this.overdue ?? noStages,
      nextChangeOn: found === lastDay ? null : found,
    };
  }
}

const dueCode = 1;
const overdueCode = 2;
/** Bits that say where one stage stands, and for how many stages one number has room. */
const codeBits = 2;
const stagesAtMost = 15;

function codeOf({ forecast: { status } }: StageDraft): number {
  return status === 'due' ? dueCode : status === 'overdue' ? overdueCode : 0;
}

/** A programme with its place among all stages, and what is needed to answer it once for many. */
interface ForecastProgramme {
  readonly plan: ProgrammePlan;
  /** The place of its first stage among those of all programmes. */
  readonly firstPlace: number;
  /** Where its answers stand in a row: with no stage closed, and with those closed that belong to its family. */
  readonly open: number;
  readonly partlyClosed: number;
  readonly bindingRules: readonly CrossRule[];
  /** No dose of another vaccine binds longer than this. */
  readonly daysAtMost: number;
}

/** Of an answer: where its stages stand, its next change, the first day that doses of other vaccines could move. */
const numbersOfAnswer = 3;

function listProgrammes(rules: RuleSet): readonly ForecastProgramme[] {
  let firstPlace = 0;
  return plansOf(rules).map((plan, i) => {
    const { stages, productClasses } = plan.programme;
    const bindingRules = [...new Set(productClasses.flatMap(({ crossRules }) => crossRules))];
    const programme: ForecastProgramme = {
      plan,
      firstPlace,
      open: 2 * i * numbersOfAnswer,
      partlyClosed: (2 * i + 1) * numbersOfAnswer,
      bindingRules,
      daysAtMost: Math.max(0, ...bindingRules.map(({ daysAtMost }) => daysAtMost)),
    };
    firstPlace += stages.length;
    return programme;
  });
}

/**
 * What programmes in which nothing was given come to by birth date and sex. Nothing else has a say in it but the path
 * through the family and, where a stage is open to a vaccine that others hold back, the doses given since it opened.
 */
class Unbegun {
  private readonly asOf: Day;
  private readonly tables: Readonly<Record<Sex, BirthTable>>;
  private numbers: Int32Array = new Int32Array(0);
  private from = 0;

  constructor(asOf: Day, programmes: readonly ForecastProgramme[]) {
    this.asOf = asOf;
    const width = programmes.length * 2 * numbersOfAnswer;
    this.tables = { female: new BirthTable(width), male: new BirthTable(width), unknown: new BirthTable(width) };
  }

  /** Turns to the people of a birth date and sex. */
  begin(bornOn: Day, sex: Sex): void {
    const table = this.tables[sex];
    const row = table.rowOf(bornOn);
    this.numbers = table.pageOf(row);
    this.from = table.placeOf(row);
  }

  /** Adds what a programme comes to; false where doses of other vaccines may have a say in it. */
  tell(programme: ForecastProgramme, closed: readonly number[], evaluation: Evaluation, found: Found): boolean {
    const { numbers } = this;
    if (programme.plan.programme.stages.length > stagesAtMost) return false;
    const at = this.from + (closed.length === 0 ? programme.open : programme.partlyClosed);
    if (numbers[at] === notYet) this.workOut(programme, closed, evaluation, at);
    const openFrom = numbers[at + 2] ?? lastDay;
    if (openFrom !== lastDay && isBound(programme, openFrom, evaluation.given)) return false;
    found.next.consider((numbers[at + 1] ?? lastDay) as Day);
    let codes = numbers[at] ?? 0;
    for (let place = programme.firstPlace; codes !== 0; place += 1) {
      found.add(place, codes & ((1 << codeBits) - 1));
      codes >>>= codeBits;
    }
    return true;
  }

  private workOut({ plan }: ForecastProgramme, closed: readonly number[], evaluation: Evaluation, at: number): void {
    const drafts = draftProgramme({ ...evaluation, given: [] }, plan, plan.untouched, closed);
    const next = new NextDay(this.asOf);
    let codes = 0;
    let openFrom: number = lastDay;
    for (const [i, draft] of drafts.entries()) {
      considerStage(next, draft.forecast);
      codes |= codeOf(draft) << (codeBits * i);
      const { eligibleFrom } = draft.forecast;
      if (draft.ways.length > 0) openFrom = Math.min(openFrom, eligibleFrom ?? firstDay);
    }
    this.numbers[at] = codes;
    this.numbers[at + 1] = next.found;
    this.numbers[at + 2] = openFrom;
  }
}

/** Whether a dose given may hold back a stage that opened on a day. */
function isBound(programme: ForecastProgramme, openFrom: number, given: readonly GivenProduct[]): boolean {
  const { bindingRules, daysAtMost } = programme;
  if (bindingRules.length === 0) return false;
  for (let i = given.length - 1; i >= 0; i -= 1) {
    const earlier = given[i];
    if (earlier === undefined || earlier.on + daysAtMost < openFrom) return false;
    for (const { inForce, previous } of bindingRules) {
      if (inForce.to >= openFrom && previous.has(earlier.product)) return true;
    }
  }
  return false;
}
