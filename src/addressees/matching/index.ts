export { decideMatch, rankCandidates } from './decide-match.ts';

export type { DifferingField, MatchCandidate, MatchDecision, MatchPerson, MatchReason, MatchRow } from './types.ts';
