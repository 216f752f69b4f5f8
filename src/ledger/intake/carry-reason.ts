import type { BatchId } from '#kernel';

const carried = /（受付番号 \d+ での答えと同じ）$/u;

/** The reason of an answer given again as in an earlier batch: the same words, and where they come from. */
export function carryReason(reason: string, from: BatchId): string {
  return `${reason.replace(carried, '')}（受付番号 ${from} での答えと同じ）`;
}
