import { type Actor, requirePermission } from '#common-base/access';
import type { Day } from '#kernel';
import type { Tx } from '#platform/postgres';
import { selectSummaries } from './store.ts';
import type { InstitutionSummary } from './types.ts';

/** A page of institutions by code; `text` is part of the name or the beginning of the code. */
export async function listInstitutions(
  tx: Tx,
  actor: Actor,
  query: { readonly text?: string; readonly after?: string; readonly limit: number; readonly asOf: Day },
): Promise<InstitutionSummary[]> {
  requirePermission(actor, 'institutions.view');
  const { text = '', after = null, limit, asOf } = query;
  return selectSummaries(tx, { text: text.trim() === '' ? null : text.trim(), after, limit, asOf });
}
