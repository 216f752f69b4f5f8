export { decideMatch, rankCandidates } from './decide-match.ts';
export { type Alike, findAlike, findAlikeOfMany, type ToldPerson } from './find-alike.ts';
export { explainScore, matchReasonWords } from './reason-words.ts';

export type {
  DifferingField,
  MatchCandidate,
  MatchDecision,
  MatchPerson,
  MatchReason,
  MatchRow,
  NumberComparison,
} from './types.ts';
