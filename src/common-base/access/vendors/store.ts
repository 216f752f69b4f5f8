import type { Day, StaffId } from '#kernel';
import { formatIsoDay } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { Contractor, VendorWork, VendorWorker } from './types.ts';

/** SQL: a date column as our days. */
const day = (column: string, name: string): string => `(${column} - DATE '1970-01-01') AS "${name}"`;

const selectContractors = `
  SELECT c.contractor_id AS "contractorId", c.tier, c.parent_id AS "parentId", p.name AS "parentName", c.name, c.contract,
    ${day('c.contract_from', 'contractFrom')}, ${day('c.contract_to', 'contractTo')}, ${day('c.permitted_on', 'permittedOn')},
    ${day('c.ended_on', 'endedOn')}, c.ended_note AS "endedNote",
    (SELECT count(*)::integer FROM vendor_workers w WHERE w.lg_code = c.lg_code AND w.contractor_id = c.contractor_id)
      AS workers
  FROM contractors c LEFT JOIN contractors p ON p.lg_code = c.lg_code AND p.contractor_id = c.parent_id
  WHERE c.lg_code = $1`;

/** The contracts, those below another right behind it. */
export async function listContractors(tx: Tx): Promise<Contractor[]> {
  const { rows } = await tx.client.query<Contractor>(`${selectContractors} ORDER BY c.contractor_id LIMIT 1000`, [
    tx.lgCode,
  ]);
  const below = (parentId: number | null): Contractor[] =>
    rows.flatMap((row) => (row.parentId === parentId ? [row, ...below(row.contractorId)] : []));
  return below(null);
}

/** One contract; undefined where the number is none. */
export async function findContractor(tx: Tx, contractorId: number): Promise<Contractor | undefined> {
  const { rows } = await tx.client.query<Contractor>(`${selectContractors} AND c.contractor_id = $2`, [
    tx.lgCode,
    contractorId,
  ]);
  return rows[0];
}

/** A contractor with everybody above it, itself first. */
export async function listChain(tx: Tx, contractorId: number): Promise<Contractor[]> {
  const chain: Contractor[] = [];
  for (let next: number | null = contractorId; next !== null; ) {
    const found: Contractor | undefined = await findContractor(tx, next);
    if (found === undefined) break;
    chain.push(found);
    next = found.parentId;
  }
  return chain;
}

/** Enters a contract; answers its number. */
export async function insertContractor(
  tx: Tx,
  given: Pick<Contractor, 'tier' | 'parentId' | 'name' | 'contract' | 'contractFrom' | 'contractTo' | 'permittedOn'>,
  by: { readonly staffId: StaffId; readonly at: Date },
): Promise<number> {
  const { rows } = await tx.client.query<{ id: number }>(
    `INSERT INTO contractors (lg_code, tier, parent_id, name, contract, contract_from, contract_to, permitted_on,
       registered_by, registered_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING contractor_id AS id`,
    [
      ...[tx.lgCode, given.tier, given.parentId, given.name, given.contract],
      ...[given.contractFrom, given.contractTo, given.permittedOn].map(dateOf),
      ...[by.staffId, by.at],
    ],
  );
  return rows[0]?.id ?? 0;
}

/** Ends a contract and those below it before their time; answers the accounts of their people. */
export async function endContracts(tx: Tx, contractorId: number, on: Day, note: string): Promise<StaffId[]> {
  const { rows } = await tx.client.query<{ staff_id: StaffId }>(
    `WITH RECURSIVE chain AS (
       SELECT contractor_id FROM contractors WHERE lg_code = $1 AND contractor_id = $2
       UNION ALL SELECT c.contractor_id FROM contractors c JOIN chain ON c.parent_id = chain.contractor_id WHERE c.lg_code = $1
     ), ended AS (
       UPDATE contractors SET ended_on = $3, ended_note = $4
       WHERE lg_code = $1 AND contractor_id IN (SELECT contractor_id FROM chain) AND ended_on IS NULL
     )
     SELECT staff_id FROM vendor_workers WHERE lg_code = $1 AND contractor_id IN (SELECT contractor_id FROM chain)`,
    [tx.lgCode, contractorId, dateOf(on), note],
  );
  return rows.map(({ staff_id }) => staff_id);
}

const selectWorkers = `
  SELECT w.staff_id AS "staffId", s.account_name AS "accountName", s.display_name AS name,
    w.contractor_id AS "contractorId", c.name AS "contractorName", c.tier, ${day('w.pledged_on', 'pledgedOn')},
    ${day('s.expires_on', 'expiresOn')}, s.disabled_at IS NOT NULL AS "isDisabled"
  FROM vendor_workers w
  JOIN staff_members s ON s.lg_code = w.lg_code AND s.staff_id = w.staff_id
  JOIN contractors c ON c.lg_code = w.lg_code AND c.contractor_id = w.contractor_id
  WHERE w.lg_code = $1`;

/** The people of a contractor. */
export async function listWorkers(tx: Tx, contractorId: number): Promise<VendorWorker[]> {
  const sql = `${selectWorkers} AND w.contractor_id = $2 ORDER BY s.account_name LIMIT 1000`;
  return (await tx.client.query<VendorWorker>(sql, [tx.lgCode, contractorId])).rows;
}

/** Whose person an account is; undefined for the office's own staff. */
export async function findWorker(tx: Tx, staffId: StaffId): Promise<VendorWorker | undefined> {
  return (await tx.client.query<VendorWorker>(`${selectWorkers} AND w.staff_id = $2`, [tx.lgCode, staffId])).rows[0];
}

/** Makes an account that of a contractor's person; false where it is somebody's already. */
export async function insertWorker(
  tx: Tx,
  worker: { readonly staffId: StaffId; readonly contractorId: number; readonly pledgedOn: Day },
  by: { readonly staffId: StaffId; readonly at: Date },
): Promise<boolean> {
  const { rowCount } = await tx.client.query(
    `INSERT INTO vendor_workers (lg_code, staff_id, contractor_id, pledged_on, registered_by, registered_at)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (lg_code, staff_id) DO NOTHING`,
    [tx.lgCode, worker.staffId, worker.contractorId, dateOf(worker.pledgedOn), by.staffId, by.at],
  );
  return rowCount === 1;
}

const selectWorks = `
  SELECT v.work_id AS "workId", v.staff_id AS "staffId", s.display_name AS "workerName", c.name AS "contractorName", c.tier,
    ${day('v.work_on', 'workOn')}, v.operations, v.purpose, v.instruction, v.asked_at AS "askedAt",
    a.display_name AS "allowedByName", v.allowed_at AS "allowedAt", v.started_at AS "startedAt",
    v.started_from AS "startedFrom", v.finished_at AS "finishedAt", f.display_name AS "finishedByName", v.result
  FROM vendor_works v
  JOIN vendor_workers w ON w.lg_code = v.lg_code AND w.staff_id = v.staff_id
  JOIN contractors c ON c.lg_code = v.lg_code AND c.contractor_id = w.contractor_id
  JOIN staff_members s ON s.lg_code = v.lg_code AND s.staff_id = v.staff_id
  LEFT JOIN staff_members a ON a.lg_code = v.lg_code AND a.staff_id = v.allowed_by
  LEFT JOIN staff_members f ON f.lg_code = v.lg_code AND f.staff_id = v.finished_by
  WHERE v.lg_code = $1`;

/** The works, newest first; with `staffId` those of one person. */
export async function listWorks(tx: Tx, staffId: StaffId | null): Promise<VendorWork[]> {
  const sql = `${selectWorks} AND ($2::bigint IS NULL OR v.staff_id = $2) ORDER BY v.work_id DESC LIMIT 200`;
  return (await tx.client.query<VendorWork>(sql, [tx.lgCode, staffId])).rows;
}

/** One work; undefined where the number is none. */
export async function findWork(tx: Tx, workId: number): Promise<VendorWork | undefined> {
  return (await tx.client.query<VendorWork>(`${selectWorks} AND v.work_id = $2`, [tx.lgCode, workId])).rows[0];
}

/** Enters a work that is asked for; answers its number. */
export async function insertWork(
  tx: Tx,
  work: Pick<VendorWork, 'staffId' | 'workOn' | 'operations' | 'purpose' | 'instruction' | 'askedAt'>,
): Promise<number> {
  const { rows } = await tx.client.query<{ id: number }>(
    `INSERT INTO vendor_works (lg_code, staff_id, work_on, operations, purpose, instruction, asked_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING work_id AS id`,
    [tx.lgCode, work.staffId, dateOf(work.workOn), work.operations, work.purpose, work.instruction, work.askedAt],
  );
  return rows[0]?.id ?? 0;
}

/** Notes one step of a work by the clock of the log, once: each step only where the one before it is done and it is not; false else. */
export async function noteWork(
  tx: Tx,
  workId: number,
  step:
    | { readonly kind: 'allowed'; readonly by: StaffId | null; readonly at: Date }
    | { readonly kind: 'started'; readonly from: string }
    | { readonly kind: 'finished'; readonly by: StaffId | null; readonly result: string },
): Promise<boolean> {
  const [set, values] = stepSql(step);
  const sql = `UPDATE vendor_works SET ${set} AND lg_code = $1 AND work_id = $2`;
  return (await tx.client.query(sql, [tx.lgCode, workId, ...values])).rowCount === 1;
}

function stepSql(step: Parameters<typeof noteWork>[2]): readonly [string, readonly unknown[]] {
  switch (step.kind) {
    case 'allowed':
      return ['allowed_at = $3, allowed_by = $4 WHERE allowed_at IS NULL', [step.at, step.by]];
    case 'started':
      return ['started_at = now(), started_from = $3 WHERE allowed_at IS NOT NULL AND started_at IS NULL', [step.from]];
    case 'finished':
      return [
        `finished_at = clock_timestamp(), finished_by = $3, result = $4
         WHERE started_at IS NOT NULL AND finished_at IS NULL`,
        [step.by, step.result],
      ];
  }
}

function dateOf(value: Day | null): string | null {
  return value === null ? null : formatIsoDay(value);
}
