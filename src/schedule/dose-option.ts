import type { Period } from './read-table.ts';
import type { Branch, ProductClass, Window } from './rule-set.ts';

/** Product classes to go on with, and when the law lets any of them be used. */
export interface Choice {
  readonly classes: readonly ProductClass[];
  /** By stage: the windows with the days on which any of the classes may be used in them. */
  readonly openings: readonly (readonly Opening[])[];
  /** By stage, where there is only one class: the way to give it along each branch that knows a dose of it. */
  readonly wayAlong: readonly ReadonlyMap<Branch, readonly DoseOption[]>[];
}

/** A window with the days on which some products may be used in it; none when they are never in use together. */
export interface Opening {
  readonly window: Window;
  readonly days: readonly Period[];
  /** The birth dates outside of which the window leaves nobody any of these days. */
  readonly born: Period;
}

/** A way to give the next dose: a class of products and the branch it leads along. */
export interface DoseOption {
  readonly products: ProductClass;
  /** The class as the only choice. */
  readonly alone: Choice;
  readonly branch: Branch;
}
