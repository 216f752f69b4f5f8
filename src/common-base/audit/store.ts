import type { StaffId } from '#kernel';
import type { LeafFields, PersonalFields } from './leaf.ts';
import type { ActBy, ActDetails, RecordedAct } from './types.ts';

/** What every select of audit_acts brings. */
interface ActRow {
  readonly recorded_on: string;
  readonly act_id: number;
  readonly act: string;
  readonly outcome: 'done' | 'refused';
  readonly staff_id: number | null;
  readonly via: ActBy['via'];
  readonly items: readonly string[];
  readonly details: ActDetails;
  readonly staff_name: string | null;
  readonly from_address: string | null;
  readonly os_user: string | null;
  readonly reason: string | null;
  readonly person_count: number;
}

/** A row of audit_acts with the digest of its persons, as `actColumns` and `personsDigestJoin` select it. */
export interface StoredAct extends ActRow {
  readonly recorded_at_utc: string;
  readonly salt: string | null;
  readonly personal_commitment: Buffer;
  readonly persons_digest: Buffer | null;
}

/** A timestamptz as text in UTC with microseconds: what is hashed must not lose digits in JavaScript. */
export function utcText(expression: string): string {
  return `to_char(${expression} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

/** Columns of `audit_acts a` and of the digest `d` that make a StoredAct. */
export const actColumns = `a.recorded_on::text AS recorded_on, a.act_id, ${utcText('a.recorded_at')} AS recorded_at_utc,
  a.act, a.outcome, a.staff_id, a.via, a.items, a.details, a.salt, a.personal_commitment, a.staff_name,
  a.from_address, a.os_user, a.reason, COALESCE(d.person_count, 0) AS person_count, d.persons_digest`;

/** The number of persons of each `audit_acts a` and the SHA-256 over their sorted pseudonyms. */
export const personsDigestJoin = `LEFT JOIN LATERAL (
    SELECT count(*)::int AS person_count,
      sha256(string_agg(uuid_send(p.person_ref), ''::bytea ORDER BY p.person_ref)) AS persons_digest
    FROM audit_act_persons p
    WHERE p.lg_code = a.lg_code AND p.recorded_on = a.recorded_on AND p.act_id = a.act_id
  ) d ON true`;

/** What the seal of a stored act vouches for. */
export function leafFieldsOf(lgCode: string, row: StoredAct): LeafFields {
  return {
    lgCode,
    recordedOn: row.recorded_on,
    actId: row.act_id,
    recordedAt: row.recorded_at_utc,
    act: row.act,
    outcome: row.outcome,
    staffId: row.staff_id,
    via: row.via,
    items: row.items,
    details: row.details,
    personalCommitment: row.personal_commitment,
    personCount: row.person_count,
    personsDigest: row.persons_digest,
  };
}

/** The erasable words of a stored act. */
export function personalFieldsOf(row: StoredAct): PersonalFields {
  return { staffName: row.staff_name, from: row.from_address, osUser: row.os_user, reason: row.reason };
}

/** A row of the log as the list selects it. */
export interface ListedAct extends ActRow {
  readonly recorded_at: Date;
}

/** A listed row in the words of the code. */
export function recordedActOf(row: ListedAct): RecordedAct {
  return {
    actId: row.act_id,
    recordedOn: row.recorded_on,
    recordedAt: row.recorded_at,
    act: row.act,
    outcome: row.outcome,
    staffId: row.staff_id as StaffId | null,
    staffName: row.staff_name,
    via: row.via,
    from: row.from_address,
    osUser: row.os_user,
    reason: row.reason,
    items: row.items,
    details: row.details,
    personCount: row.person_count,
  };
}
