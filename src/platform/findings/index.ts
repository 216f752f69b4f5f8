export {
  type ExplainedFinding,
  explainFinding,
  type FindingsTables,
  sentenceOf,
  titleOfFinding,
} from './explain-finding.ts';
export { loadFindingsTables } from './findings-table.ts';
