import { parentPort, workerData } from 'node:worker_threads';
import { isNoticed } from './checks.ts';

/** Tries the mutants of its list one after the other and tells each answer at once. */
const ids = workerData as readonly number[];
const awake = globalThis as { mutant?: number };
if (isNoticed()) throw new Error('the checks fail without any mutant');
for (const id of ids) {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage({ id, isBegun: true });
  awake.mutant = id;
  const isKilled = isNoticed();
  awake.mutant = -1;
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage({ id, isKilled });
}
