import { type EntryId, parseIsoDay } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { FactChanges } from './types.ts';

/** What somebody proposes to change of a record, until another person approves. */
export interface ChangeProposal {
  readonly proposalId: number;
  readonly entryId: EntryId;
  readonly kind: 'correction' | 'retraction';
  readonly changes: FactChanges;
  readonly reason: string;
  readonly expectedVersion: number;
}

interface StoredChanges extends Omit<FactChanges, 'vaccinatedOn'> {
  readonly vaccinatedOn?: string;
}

/** Keeps a proposal; it is never changed. Days travel as YYYY-MM-DD. */
export async function insertProposal(
  tx: Tx,
  actId: number,
  proposal: Omit<ChangeProposal, 'proposalId' | 'changes'> & { readonly changes: StoredChanges },
): Promise<number> {
  const { rows } = await tx.client.query<{ proposal_id: number }>(
    `INSERT INTO record_change_proposals (lg_code, entry_id, kind, changes, reason, expected_version, act_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING proposal_id`,
    [
      tx.lgCode,
      proposal.entryId,
      proposal.kind,
      JSON.stringify(proposal.changes),
      proposal.reason,
      proposal.expectedVersion,
      actId,
    ],
  );
  const row = rows[0];
  if (row === undefined) throw new Error('the proposal was not kept');
  return row.proposal_id;
}

/** One proposal; undefined where the number is none. */
export async function findProposal(tx: Tx, proposalId: number): Promise<ChangeProposal | undefined> {
  const { rows } = await tx.client.query<{
    entry_id: EntryId;
    kind: ChangeProposal['kind'];
    changes: StoredChanges;
    reason: string;
    expected_version: number;
  }>(
    `SELECT entry_id, kind, changes, reason, expected_version FROM record_change_proposals
     WHERE lg_code = $1 AND proposal_id = $2`,
    [tx.lgCode, proposalId],
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  const { vaccinatedOn, ...rest } = row.changes;
  return {
    proposalId,
    entryId: row.entry_id,
    kind: row.kind,
    changes: vaccinatedOn === undefined ? rest : { ...rest, vaccinatedOn: parseIsoDay(vaccinatedOn) },
    reason: row.reason,
    expectedVersion: row.expected_version,
  };
}
