import type { FeedRow } from '#common-base/linkage';
import { rowKeyOf } from './row-key.ts';
import type { ArrivedRow } from './types.ts';

/** A row as its layout read it, as the check takes it: nobody chose a person yet. */
export function arrivedRow(feed: FeedRow): ArrivedRow {
  const { ordinal, fields, findings } = feed;
  return { ordinal, rowKey: rowKeyOf(fields), fields, readFindings: findings, chosenPersonId: null, feed };
}
