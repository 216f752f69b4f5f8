import type { Day, Finding, PersonId, Sex } from '#kernel';

/** What a sender's row says about the person it means; null is not given. */
export interface MatchRow {
  readonly addresseeNumber: string | null;
  readonly kana: string | null;
  readonly bornOn: Day | null;
  readonly sex: Sex | null;
  /** Search keys (made by `nameKey`, `addressKey`, `phoneKey` of the persons) of what else is told; left out = not given. */
  readonly nameKey?: string | null;
  readonly addressKey?: string | null;
  readonly phoneKey?: string | null;
}

/** What the register says about a person, as far as matching looks at it. Keys are made by `normalizeKana`. */
export interface MatchPerson {
  readonly personId: PersonId;
  readonly addresseeNumber: string;
  readonly kanaKey: string;
  /** Further phonetic names that are as good (外国人本名カナ, former names). */
  readonly otherKanaKeys?: readonly string[];
  readonly bornOn: Day | null;
  readonly birthDatePrecision?: 'day' | 'month' | 'year' | 'unknown';
  readonly sex: Sex;
  readonly isCancelled?: boolean;
  /** The phonetic name as it came, by whose spaces the given name is known. */
  readonly kana?: string;
  readonly nameKey?: string;
  /** Null for whoever's place is withheld (支援措置): nobody is found out by place. */
  readonly addressKey?: string | null;
  readonly phoneKey?: string | null;
}

/** Whether the individual number of a row and that of a person are the same; the numbers themselves never come here. */
export type NumberComparison = 'same' | 'differing' | 'unknown';

/** The fields in which a row and the person of its number can differ. */
export type DifferingField = 'kana' | 'birthDate' | 'sex' | 'individualNumber';

/** Why a person is offered as a candidate, in the order of weight. */
export type MatchReason =
  | 'sameIndividualNumber'
  | 'sameNumber'
  | 'sameKana'
  | 'sameBirthDate'
  | 'similarKana'
  | 'sameAddress'
  | 'sameGivenKana'
  | 'similarNumber'
  | 'birthDateMixedUp'
  | 'samePhone'
  | 'sameName'
  | 'sameSex';

/** A person whom a row may mean, with the reasons; the higher the score the likelier (see `decide-match.ts`). */
export interface MatchCandidate {
  readonly personId: PersonId;
  readonly score: number;
  readonly reasons: readonly MatchReason[];
}

/**
 * Whom a row means. `matched`: number, kana, birth date and, where given, sex all agree. `differing`: the number is
 * somebody's, but something else is not his. `unknown`: the number is missing or nobody's. Candidates are for a
 * person to choose from, best first; nobody is ever matched by number alone or by name alone.
 */
export type MatchDecision =
  | { readonly kind: 'matched'; readonly personId: PersonId; readonly findings: readonly Finding[] }
  | {
      readonly kind: 'differing';
      readonly personId: PersonId;
      readonly fields: readonly DifferingField[];
      readonly candidates: readonly MatchCandidate[];
      readonly findings: readonly Finding[];
    }
  | { readonly kind: 'unknown'; readonly candidates: readonly MatchCandidate[]; readonly findings: readonly Finding[] };
