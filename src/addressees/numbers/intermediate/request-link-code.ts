import { randomUUID } from 'node:crypto';
import { requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type Decision, decide, finding, type PersonId } from '#kernel';
import type { WithoutKeys } from '../integrated-numbers.ts';
import { findRecordWithNumber } from './relay-store.ts';
import { beginLinkCode, inVault, recordsOf } from './request-relays.ts';

/**
 * 符号取得要求 (AD-12): asks for the code of a person who has a 団体内統合宛名番号. A code that was obtained or is on its way is
 * not asked for again.
 */
export async function requestLinkCode(context: WithoutKeys, personId: PersonId): Promise<Decision<null>> {
  requirePermission(context.actor, 'numbers.requestLinkCode');
  const records = await recordsOf(context, personId);
  return inVault(context, async (tx) => {
    const record = await findRecordWithNumber(tx, records);
    if (record === undefined) return decide([finding('linkCodeNeedsNumber', 'refuse', null)], null);
    const relayId = randomUUID();
    if (!(await beginLinkCode(tx, context, record, relayId))) {
      return decide([finding('linkCodeAsked', 'refuse', null)], null);
    }
    await recordAct(tx, context.actor, { act: 'numbers.linkCodeRequested', personIds: [record] });
    return decide([], null);
  });
}
