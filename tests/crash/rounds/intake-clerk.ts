import type { BatchId, LgCode } from '#kernel';
import { answerRow, commitBatch, receiveBatch, undoBatch } from '#ledger/intake';
import { createLog } from '#platform/log';
import { openInstallation } from '#platform/postgres';
import { checkoutRules } from '../../support/demonstration.ts';
import { type ClinicRow, clinicFeed, intakeAsOf, intakeContext } from '../../support/intake.ts';
import { answerQuestions } from './worker-of-rounds.ts';

/** What the clerk is told to do. */
export type ClerkWork =
  | { readonly kind: 'receive'; readonly fileName: string; readonly rows: readonly ClinicRow[] }
  | { readonly kind: 'answer'; readonly batchId: BatchId; readonly ordinal: number; readonly version: number }
  | { readonly kind: 'commit'; readonly batchId: BatchId }
  | { readonly kind: 'undo'; readonly batchId: BatchId };

/** What the clerk says was done: rows received, answered, committed, taken back. */
export interface ClerkAnswer {
  readonly count: number;
}

const [home = '', lgCode = ''] = process.argv.slice(2);
const { db } = await openInstallation({ home, env: {}, log: createLog('test', 'fatal') });
const context = intakeContext(db, lgCode as LgCode);
const rules = await checkoutRules();

answerQuestions(async (work: ClerkWork): Promise<ClerkAnswer> => {
  switch (work.kind) {
    case 'receive': {
      const { rows } = await receiveBatch(context, clinicFeed(work.rows, work.fileName), { rules, asOf: intakeAsOf });
      return { count: rows };
    }
    case 'answer': {
      const { batchId, ordinal, version } = work;
      const answer = { kind: 'accept', reason: '医療機関に確認' } as const;
      await answerRow(context, { batchId, ordinal, expectedVersion: version, rules, answer });
      return { count: 1 };
    }
    case 'commit':
      return { count: (await commitBatch(context, work.batchId, { rules })).committed };
    case 'undo':
      return { count: (await undoBatch(context, work.batchId, '試験の取消')).retracted };
  }
});
