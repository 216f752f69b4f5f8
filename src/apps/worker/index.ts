export { type OfficeWorker, type OfficeWorkerOptions, startOfficeWorker } from './start-office-worker.ts';
