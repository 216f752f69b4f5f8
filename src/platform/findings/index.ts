export { type ExplainedFinding, explainFinding, type FindingsTables, loadFindingsTables } from './findings-table.ts';
