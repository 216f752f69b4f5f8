import type { PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';

/** One linking or parting of two records, as it was recorded. */
export interface LinkFact {
  readonly linkId: number;
  readonly kind: 'linked' | 'unlinked';
  readonly personId: PersonId;
  readonly principalId: PersonId;
  readonly reason: string;
  readonly recordedAt: Date;
  readonly recordedByName: string;
  /** Null where the settings ask for one person only. */
  readonly approvedByName: string | null;
}

/** What is recorded of a linking or parting beside the two records. */
export interface LinkFrame {
  readonly reason: string;
  readonly at: Date;
  readonly byId: number | null;
  readonly byName: string;
  readonly approvedByName: string | null;
  readonly requestId: number | null;
}

/** The records of one person: at least one, the one that stands for all first. */
export type RecordsOfPerson = readonly [PersonId, ...PersonId[]];

/** The records of one person under each of them; whoever is not linked is absent. */
export type LinkedRecords = ReadonlyMap<PersonId, RecordsOfPerson>;

/** The records linked with each of these people, the principal first and the own record among them; only linked people. */
export async function listLinkedRecords(tx: Tx, personIds: readonly PersonId[]): Promise<LinkedRecords> {
  if (personIds.length === 0) return new Map();
  const { rows } = await tx.client.query<{ person_id: PersonId; records: RecordsOfPerson }>(
    `SELECT p.person_id, array_agg(m.person_id ORDER BY m.person_id <> p.principal_id, m.person_id) AS records
     FROM persons p JOIN persons m ON m.lg_code = $1 AND m.principal_id = p.principal_id
     WHERE p.lg_code = $1 AND p.principal_id IS NOT NULL AND p.person_id = ANY($2) GROUP BY p.person_id`,
    [tx.lgCode, personIds],
  );
  return new Map(rows.map((row) => [row.person_id, row.records]));
}

/** The records of one person; of who is not linked the own one alone. */
export async function listRecordsOf(tx: Tx, personId: PersonId): Promise<RecordsOfPerson> {
  return recordsIn(await listLinkedRecords(tx, [personId]), personId);
}

/** The records of one of many people whose links were looked up. */
export function recordsIn(linked: LinkedRecords, personId: PersonId): RecordsOfPerson {
  return linked.get(personId) ?? [personId];
}

/** Some people's own records with all that are linked with them, each once. */
export function everyRecordOf(personIds: readonly PersonId[], linked: LinkedRecords): readonly PersonId[] {
  return [...new Set([...personIds, ...[...linked.values()].flat()])];
}

/**
 * SQL (column person_id): every record linked with the people of a query, they themselves too where they are linked.
 * `lgCode` is the expression of the municipality. Costs a look into a nearly empty index where nobody is linked.
 */
export function linkedRecordsSql(peopleSql: string, lgCode: string): string {
  return `SELECT m.person_id FROM persons p JOIN persons m ON m.lg_code = ${lgCode} AND m.principal_id = p.principal_id
    WHERE p.lg_code = ${lgCode} AND p.principal_id IS NOT NULL AND p.person_id IN (${peopleSql})`;
}

/** SQL (column person_id): everybody who is or ever was linked with another record. */
export function everLinkedSql(lgCode: string): string {
  return `SELECT person_id FROM person_links WHERE lg_code = ${lgCode}
    UNION SELECT principal_id FROM person_links WHERE lg_code = ${lgCode}`;
}

/** Every linking and parting in which a record took part, newest first. */
export async function listLinkFacts(tx: Tx, personId: PersonId): Promise<LinkFact[]> {
  const { rows } = await tx.client.query<LinkFact>(
    `SELECT link_id AS "linkId", kind, person_id AS "personId", principal_id AS "principalId", reason,
       recorded_at AS "recordedAt", recorded_by_name AS "recordedByName", approved_by_name AS "approvedByName"
     FROM person_links WHERE lg_code = $1 AND (person_id = $2 OR principal_id = $2) ORDER BY link_id DESC`,
    [tx.lgCode, personId],
  );
  return rows;
}

const subject = `CASE WHEN is_non_registered THEN 'nonRegistered' ELSE 'residents' END`;
/** A head row that is written again keeps only what may be held now (CB-15): the database refuses the rest. */
const heldItems = [
  ['phone', 'persons.phone'],
  ['household_number', 'persons.householdNumber'],
  ['relation', 'persons.relation'],
]
  .map(([column, item]) => `${column} = CASE WHEN may_hold_item('${item}', ${subject}) THEN ${column} END`)
  .join(', ');

/** Writes the fact and brings `persons.principal_id` of both records to it. Both heads must be locked. */
export async function writeLink(
  tx: Tx,
  kind: LinkFact['kind'],
  pair: { readonly personId: PersonId; readonly principalId: PersonId },
  frame: LinkFrame,
): Promise<void> {
  const { personId, principalId } = pair;
  await tx.client.query(
    `INSERT INTO person_links (lg_code, kind, person_id, principal_id, reason, recorded_at, recorded_by, recorded_by_name,
       approved_by_name, request_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      tx.lgCode,
      kind,
      personId,
      principalId,
      frame.reason,
      frame.at,
      frame.byId,
      frame.byName,
      frame.approvedByName,
      frame.requestId,
    ],
  );
  await tx.client.query(`UPDATE persons SET principal_id = $3, ${heldItems} WHERE lg_code = $1 AND person_id = $2`, [
    tx.lgCode,
    personId,
    kind === 'linked' ? principalId : null,
  ]);
  // Who stands for nobody else stands for nobody.
  await tx.client.query(
    `UPDATE persons SET principal_id = CASE WHEN EXISTS (SELECT 1 FROM persons m
         WHERE m.lg_code = $1 AND m.principal_id = $2 AND m.person_id <> $2) THEN $2::bigint END, ${heldItems}
     WHERE lg_code = $1 AND person_id = $2`,
    [tx.lgCode, principalId],
  );
}

/** A record that is linked with others of the same person, with the record that stands for all of them. */
export interface LinkedRecord {
  readonly personId: PersonId;
  readonly addresseeNumber: string;
  readonly principalId: PersonId;
}

/** Every linked record of the municipality, the principal ones too: few, for whoever brings rows of one person together. */
export async function listAllLinkedRecords(tx: Tx): Promise<readonly LinkedRecord[]> {
  const { rows } = await tx.client.query<{ person_id: PersonId; addressee_number: string; principal_id: PersonId }>(
    `SELECT person_id, addressee_number, principal_id FROM persons
     WHERE lg_code = $1 AND person_id = ANY(ARRAY(${everLinkedSql('$1')})) AND principal_id IS NOT NULL
     ORDER BY person_id`,
    [tx.lgCode],
  );
  return rows.map((row) => ({
    personId: row.person_id,
    addresseeNumber: row.addressee_number,
    principalId: row.principal_id,
  }));
}
