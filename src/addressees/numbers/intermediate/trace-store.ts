import type { PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';
import { relayColumns } from './relay-store.ts';
import type { Relay, RelayKind, RelayState, RelayStep } from './types.ts';

/** Relays of a 処理通番, whole. */
export async function listByProcessingNumber(tx: Tx, processingNumber: string): Promise<Relay[]> {
  const { rows } = await tx.client.query<Relay>(
    `SELECT ${relayColumns} FROM number_vault.relays r WHERE r.lg_code = $1 AND r.processing_number = $2
     ORDER BY r.made_at, r.relay_id`,
    [tx.lgCode, processingNumber],
  );
  return rows;
}

/** The last relays, newest first; of some kinds or states, or of one person. */
export async function listLatest(
  tx: Tx,
  filter: { readonly personId?: PersonId; readonly kind?: RelayKind; readonly states?: readonly RelayState[] },
  limit: number,
): Promise<Relay[]> {
  const { rows } = await tx.client.query<Relay>(
    `SELECT ${relayColumns} FROM number_vault.relays r WHERE r.lg_code = $1
       AND ($2::bigint IS NULL OR r.person_id = $2) AND ($3::text IS NULL OR r.kind = $3)
       AND ($4::text[] IS NULL OR r.state = ANY ($4))
     ORDER BY r.made_at DESC, r.relay_id LIMIT $5`,
    [tx.lgCode, filter.personId ?? null, filter.kind ?? null, filter.states ?? null, limit],
  );
  return rows;
}

/** The steps of a relay, first to last. */
export async function listSteps(tx: Tx, relayId: string): Promise<RelayStep[]> {
  const { rows } = await tx.client.query<RelayStep>(
    `SELECT step, at, processing_number AS "processingNumber", letter_digest AS "letterDigest",
       computed_digest AS "computedDigest", because, by_name AS "byName"
     FROM number_vault.relay_steps WHERE lg_code = $1 AND relay_id = $2 ORDER BY step_no`,
    [tx.lgCode, relayId],
  );
  return rows;
}

/** How many relays wait to go out, or for their code. */
export async function countWaiting(tx: Tx): Promise<number> {
  const { rows } = await tx.client.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM number_vault.relays
     WHERE lg_code = $1 AND (state IN ('wanted', 'prepared') OR (kind = 'linkCode' AND state = 'requested'))`,
    [tx.lgCode],
  );
  return rows[0]?.count ?? 0;
}
