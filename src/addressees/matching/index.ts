export { decideMatch, rankCandidates } from './decide-match.ts';
export { editDistance, isSimilarKana } from './kana-similarity.ts';
export type { DifferingField, MatchCandidate, MatchDecision, MatchPerson, MatchReason, MatchRow } from './types.ts';
