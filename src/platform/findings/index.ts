export { type ExplainedFinding, explainFinding, type FindingsTables } from './explain-finding.ts';
export { loadFindingsTables } from './findings-table.ts';
