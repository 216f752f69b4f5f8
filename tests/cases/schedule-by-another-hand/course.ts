import type { Fact } from '#schedule';

/** A dose as the second reading sees it. */
export interface Shot {
  readonly product: string;
  readonly on: number;
}

/** What the second reading says of a dose. `number` is null when it does not count. */
export interface Answer {
  readonly verdict: 'unknown' | 'notRoutine' | 'extra' | 'invalid' | 'valid';
  readonly stage: string | null;
  readonly number: number | null;
}

/** A person with what is known of them. */
export interface Patient {
  readonly born: number;
  readonly isFemale: boolean;
  readonly facts: readonly Fact[];
}

/** Doses of one programme that count, in order, and days of those that do not. */
export class Course {
  readonly counted: (Shot & { readonly stage: string })[] = [];
  private readonly lost: number[] = [];
  /** HPV begun with two doses in mind, but the second came too early. */
  isThreeDoses = false;

  /** How many doses of a stage count. */
  in(stage: string): number {
    return this.counted.filter((shot) => shot.stage === stage).length;
  }

  get first(): Shot | undefined {
    return this.counted[0];
  }

  get last(): Shot | undefined {
    return this.counted.at(-1);
  }

  count(shot: Shot, stage: string): void {
    this.counted.push({ ...shot, stage });
  }

  lose(shot: Shot): void {
    this.lost.push(shot.on);
  }

  /**
   * Whether the interval from the dose before is kept, also from a later dose that does not count. A first dose after
   * one that does not count keeps `again`, the shortest interval of the programme.
   */
  keeps(on: number, after: ((previous: number) => number) | null, again: (previous: number) => number): boolean {
    const lost = this.lost.at(-1);
    if (this.last === undefined) return lost === undefined || on >= again(lost);
    if (after === null) return true;
    return on >= after(this.last.on) && (lost === undefined || on >= after(lost));
  }
}

/** What the text asks of a dose: does the window hold its day, and are the intervals kept? */
export interface Question {
  readonly patient: Patient;
  readonly course: Course;
  readonly shot: Shot;
}

/** Where a dose belongs and what the text says of it; null when nothing is left to give. */
export type Reading = { readonly stage: string; readonly isInWindow: boolean; readonly isKept: boolean } | null;
