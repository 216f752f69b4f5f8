export { type ExplainedFinding, explainFinding, type FindingsTables, sentenceOf } from './explain-finding.ts';
export { loadFindingsTables } from './findings-table.ts';
