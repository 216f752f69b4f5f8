export { type EnqueueOptions, enqueue, type JobPayload } from './enqueue.ts';
export { prepareJobs } from './prepare-jobs.ts';
export { createNewsRelay, type NewsListener } from './relay-news.ts';
export { carryOutOrder, type NewOrder, orderRun, type RunOrder, readOrderedFile } from './run-orders.ts';
export {
  type Job,
  type RepeatedTask,
  type RunningWorker,
  runWorker,
  type ScheduledTask,
  type TaskList,
  type WorkerOptions,
} from './run-worker.ts';
export {
  finishRun,
  getRun,
  isUnderWay,
  listRuns,
  type Run,
  type RunNote,
  type RunReport,
  type RunState,
  RunStopped,
  reportRun,
  requestStop,
  resumeRun,
  startRun,
} from './runs.ts';
export { type RunHandle, withRun } from './with-run.ts';
