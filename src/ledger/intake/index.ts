export { answerRow, type RowAnswer } from './answer-rows.ts';
export { anyBatch } from './batch-filter.ts';
export { commitBatch } from './commit-batch.ts';
export { countRowsByInstitution } from './count-by-institution.ts';
export { countRowsOfLot } from './count-rows-of-lot.ts';
export {
  type BatchDetail,
  getRow,
  listBatches,
  listRows,
  type RowCandidate,
  type RowPage,
} from './list-batches.ts';
export { listLayoutFaults } from './list-layout-faults.ts';
export { usualLayoutName } from './list-record-layouts.ts';
export { createIntakeTasks, type IntakeTaskTools, intakeTask } from './order-tasks.ts';
export { answerWord } from './pages/intake-words.ts';
export { batchListPath, batchPath, intakePath } from './pages/paths.ts';
export { previewRow } from './preview-row.ts';
export { readMutualRecords } from './read-mutual-records.ts';
export { selectBatchesToEnter } from './read-rows.ts';
export { type IntakeResult, type ReceiveOptions, receiveBatch } from './receive-batch.ts';
export type { IntakeTools } from './route-tools.ts';
export { registerIntakeRoutes } from './routes.ts';
export { countAssigned, selectAskingBatches } from './row-counts-store.ts';
export { layoutItems } from './row-items.ts';
export type { BatchState, BatchSummary, IntakeRow, QuestionCount, RowDecision } from './types.ts';
export { undoBatch } from './undo-batch.ts';
export { writeFindingsCsv } from './write-findings-csv.ts';
