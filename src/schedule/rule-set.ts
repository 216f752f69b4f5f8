import type { Sex } from '#kernel';
import type { DayExpression } from './day-expression.ts';
import type { DoseVolumes } from './dose-volumes.ts';
import type { FactCondition } from './fact-condition.ts';
import type { Interval, StandardInterval } from './interval-expression.ts';
import type { Period } from './read-table.ts';
import type { TraceStep } from './types.ts';

/** How a vaccine is made and given, as far as intervals ask: only living ones bind others since 2020-10-01. */
export type VaccineForm = 'liveInjectable' | 'liveOral' | 'inactivated';

/** A vaccine product (製品) with its Japanese name and the diseases it protects from (bits). */
export interface Product {
  readonly product: string;
  readonly name: string;
  readonly form: VaccineForm;
  readonly diseases: number;
  /** Place in `products.csv`: the canonical order of doses of one day. */
  readonly order: number;
  /** The programmes that count it, its own first; empty when no programme does. */
  readonly uses: readonly ProductUse[];
  /** Rules between different vaccines that may hold a dose of it back. */
  readonly crossRules: readonly CrossRule[];
}

/** A product within a programme: its own (`isOwn`) or as a combination that also counts there. */
export interface ProductUse {
  readonly programme: Programme;
  readonly isOwn: boolean;
  /** Bit of the product within the programme. */
  readonly bit: number;
  readonly inUse: Period;
  /** When windows of the programme for the product are in force, joined where they touch. */
  readonly windowsInForce: readonly Period[];
  readonly trace: TraceStep;
}

/** What a completed stage may be given again for: never, each season, each pregnancy. */
export type Recurrence = 'once' | 'season' | 'pregnancy';

/** A programme (定期接種の種類) compiled for judging. */
export interface Programme {
  readonly programme: string;
  /** Place in `programmes.csv`. */
  readonly index: number;
  readonly name: string;
  readonly category: 'A' | 'B';
  readonly recurs: Recurrence;
  /** Counted per disease (each single vaccine stands for its own) instead of per dose. */
  readonly isCountedPerDisease: boolean;
  readonly stages: readonly Stage[];
  readonly branches: readonly Branch[];
  readonly seasons: readonly Season[];
  readonly pregnancies: readonly PregnancyRule[];
  readonly exceptions: readonly ExceptionRule[];
  /** Products of its own, grouped where no rule tells them apart. */
  readonly productClasses: readonly ProductClass[];
  readonly family: Family | null;
}

/** Products of a programme that every rule treats alike; judged together in the forecast. */
export interface ProductClass {
  readonly bits: number;
  readonly inUse: Period;
  /** Stands for all of them where a rule asks about the product. */
  readonly representative: Product;
  /** Rules between different vaccines that may hold a dose of it back. */
  readonly crossRules: readonly CrossRule[];
}

/** A stage (期) of a programme. */
export interface Stage {
  readonly stage: string;
  readonly name: string;
  /** Place within the programme. */
  readonly place: number;
  /** Diseases to be covered, for programmes counted per disease. */
  readonly diseases: number;
  /** The stage that must be done before this one (a booster's primary); null when none. */
  readonly follows: number | null;
  readonly windows: readonly Window[];
  readonly exclusions: readonly Exclusion[];
  readonly standards: readonly StandardWindow[];
}

/** A legal window (対象期間): who may be given the stage between which days. Outside: not routine. */
export interface Window {
  readonly trace: TraceStep;
  readonly products: number;
  readonly inForce: Period;
  readonly opens: DayExpression;
  readonly closes: DayExpression | null;
  readonly born: Period;
  readonly sex: Sex | null;
  readonly requires: readonly FactCondition[];
}

/** Who is taken out of a stage by what is known of them (had the disease, HBIG at birth, enough antibodies). */
export interface Exclusion {
  readonly trace: TraceStep;
  readonly products: number;
  readonly inForce: Period;
  readonly excludedBy: FactCondition;
  /** First and last day out, counted from a pregnancy; both null when it is for good. */
  readonly from: DayExpression | null;
  readonly to: DayExpression | null;
}

/** A standard window (標準的な接種期間): advice only. */
export interface StandardWindow {
  readonly trace: TraceStep;
  readonly branch: Branch | null;
  /** The dose it speaks of; null for the whole course of the stage. */
  readonly dose: number | null;
  readonly products: number;
  readonly inForce: Period;
  readonly opens: DayExpression | null;
  readonly closes: DayExpression | null;
  readonly lateCode: string | null;
}

/** A way through a programme, chosen by the first doses (age, product) or the person's cohort (CDSi: series). */
export interface Branch {
  readonly branch: string;
  readonly trace: TraceStep;
  readonly beginsWith: readonly number[];
  readonly firstFrom: DayExpression | null;
  readonly firstTo: DayExpression | null;
  readonly born: Period;
  readonly inForce: Period;
  /** Per stage, per dose: the rows for that dose, most particular first. */
  readonly stages: readonly (readonly (readonly DoseRule[])[])[];
  /** Per stage: how many of its doses are offered; those after them are not, but count where they were given. */
  readonly offered: readonly number[];
  /** Whether a dose of it can be left out, so that the number of doses depends on the days. */
  readonly hasOmissions: boolean;
  /** The products it can be completed with, -1 for all. */
  readonly products: number;
}

/** What the law asks of one dose of a branch. */
export interface DoseRule {
  readonly trace: TraceStep;
  readonly products: number;
  readonly inForce: Period;
  /** Only when the stage before was done / was cut short by age limits; null for both. */
  readonly after: 'complete' | 'cut' | null;
  readonly isOffered: boolean;
  readonly requires: readonly FactCondition[];
  readonly minimums: readonly Interval[];
  readonly standard: StandardInterval | null;
  readonly notBefore: DayExpression | null;
  readonly notAfter: DayExpression | null;
  /** Left out when the dose before was given after this day. */
  readonly omittedIfPreviousAfter: DayExpression | null;
  /** What a dose given too early does: it counts, it does not, or the person changes to another branch. */
  readonly ifShort: 'counts' | 'doesNotCount' | Branch;
}

/** A season (接種期間) of a recurring programme, as month and day. */
export interface Season {
  readonly trace: TraceStep;
  readonly inForce: Period;
  readonly opensMonth: number;
  readonly opensDay: number;
  readonly closesMonth: number;
  readonly closesDay: number;
}

/** How many days at least lie between the expected days of delivery (出産予定日) of two pregnancies. */
export interface PregnancyRule {
  readonly trace: TraceStep;
  readonly inForce: Period;
  readonly daysApart: number;
}

/** Long-term illness (長期療養特例): how late a municipality may still grant a stage. */
export interface ExceptionRule {
  readonly trace: TraceStep;
  readonly stages: readonly number[];
  readonly inForce: Period;
  /** Years from the day the reason ceased, that day being the first. */
  readonly years: number;
  readonly cap: DayExpression | null;
}

/** A set of programmes for the same diseases of which a person follows one path. */
export interface Family {
  readonly family: string;
  readonly components: number;
  readonly members: readonly FamilyMember[];
}

/** A programme (or some of its stages) of a family with the components it covers (bits). */
export interface FamilyMember {
  readonly programme: Programme;
  /** Products of the programme's own. */
  readonly products: readonly Product[];
  readonly stages: readonly number[];
  readonly components: number;
  readonly trace: TraceStep;
}

/** An interval between different vaccines (異なるワクチンの間隔). */
export interface CrossRule {
  readonly trace: TraceStep;
  readonly previous: ProductSelector;
  readonly later: ProductSelector;
  readonly isOtherProgrammesOnly: boolean;
  readonly inForce: Period;
  readonly minimum: Interval;
  readonly countsIfShort: boolean;
  /** No dose binds longer than this, so that older ones need no look. */
  readonly daysAtMost: number;
}

/** Products by form or by name. */
export interface ProductSelector {
  readonly has: (product: Product) => boolean;
}

/**
 * How long after the dose a symptom is to be reported: a number of a unit; as long as the physician sees a close
 * relation (`physician`); or a period that nobody has read yet (`unread`).
 */
export type ReactionPeriod =
  | { readonly unit: 'minute' | 'hour' | 'day' | 'month' | 'year'; readonly count: number }
  | { readonly unit: 'physician' | 'unread' };

/** A symptom that a physician must report after a dose of a programme (`rules/reportable-reactions.csv`). */
export interface ReportableReaction {
  readonly id: string;
  /** Null: of every programme. */
  readonly programmes: readonly string[] | null;
  readonly symptom: string;
  readonly name: string;
  readonly within: ReactionPeriod;
  /** The period as the row writes it (28日). */
  readonly withinText: string;
  /** Days of vaccination. */
  readonly inForce: Period;
  readonly basis: string;
  readonly certainty: string;
}

/** The law as rows, compiled: everything the interpreter knows. */
export interface RuleSet {
  /** Changes when any row changes: the key of cached judgements. */
  readonly version: string;
  /** The tables that the version stands for, by file name: what must be kept to explain a judgement later. */
  readonly texts: ReadonlyMap<string, string>;
  readonly programmes: readonly Programme[];
  readonly products: ReadonlyMap<string, Product>;
  /** Bit of each disease. */
  readonly diseases: ReadonlyMap<string, number>;
  /** How much is given at once, where a source confirms it. */
  readonly doseVolumes: DoseVolumes;
  /** Symptoms to be reported after a dose, in the order of the table. */
  readonly reportableReactions: readonly ReportableReaction[];
  readonly expressionCount: number;
  /** Every row of every table, for the page that shows the rules. */
  readonly rows: readonly RuleRowInForce[];
}

/** A row as staff may read it. */
export interface RuleRowInForce {
  readonly table: string;
  readonly line: number;
  readonly rule: string;
  /** ISO days as the row says them; null for no limit. */
  readonly inForce: { readonly from: string | null; readonly to: string | null };
  readonly cells: ReadonlyMap<string, string>;
}
