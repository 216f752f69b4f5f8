export { type Checkpoint, readCheckpointCopy, writeCheckpoint } from './checkpoint.ts';
export { type ActCount, type CountQuestion, countActsByDay } from './count-acts.ts';

export { type AuditKeeperOptions, startAuditKeeper } from './keep-audit.ts';
export { findAct, listActKinds, listActs, listActsForPerson, listPersonsOfAct } from './list-acts.ts';
export { readLogCollector } from './log-collector.ts';
export { type ActOf, recordAct, recordActs, recordPersonsTouched } from './record-act.ts';
export { sealAudit } from './seal-audit.ts';
export type {
  Act,
  ActBy,
  ActDetails,
  ActFilter,
  ActPage,
  AuditProblem,
  AuditVerification,
  BadRow,
  RecordedAct,
} from './types.ts';
export { verifyAudit } from './verify-audit.ts';
