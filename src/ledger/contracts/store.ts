import { type Day, type Finding, formatIsoDay, parseIsoDay } from '#kernel';
import type { Tx } from '#platform/postgres';
import type {
  Contract,
  ContractTold,
  ContractVersion,
  Institution,
  InstitutionState,
  InstitutionSummary,
} from './types.ts';

/** Latest state per code and first day of contract, those taken down among them. */
const everyLatest = `
    SELECT DISTINCT ON (institution_code, contracted_from) * FROM institution_versions
    WHERE lg_code = $1 ORDER BY institution_code, contracted_from, version_id DESC`;

/** The contracts that hold. */
const latestStates = `SELECT * FROM (${everyLatest}) latest WHERE NOT is_retired`;

interface StateRow {
  readonly institution_code: string;
  readonly name: string;
  readonly postal_code: string | null;
  readonly address: string | null;
  readonly phone: string | null;
  readonly contracted_from: string | null;
  readonly contracted_to: string | null;
  readonly bank_code: string | null;
  readonly branch_code: string | null;
  readonly account_kind: string | null;
  readonly account_number: string | null;
  readonly account_holder_kana: string | null;
  readonly findings: Finding[];
  readonly version_id: number;
  readonly programmes: string[] | null;
  readonly is_retired: boolean;
  readonly reason: string | null;
  readonly recorded_at: Date;
  readonly recorded_by_name: string | null;
}

/** Every institution of the municipality with its contract periods, by code. */
export async function loadInstitutions(tx: Tx): Promise<ReadonlyMap<string, Institution>> {
  const { rows } = await tx.client.query<StateRow>(`${latestStates} ORDER BY institution_code, version_id DESC`, [
    tx.lgCode,
  ]);
  const institutions = new Map<string, Institution & { contracts: Contract[] }>();
  for (const row of rows) {
    const known = institutions.get(row.institution_code);
    const period = contractOf(row);
    if (known === undefined) {
      institutions.set(row.institution_code, {
        institutionCode: row.institution_code,
        name: row.name,
        contracts: [period],
      });
    } else known.contracts.push(period);
  }
  return institutions;
}

/** The telephone numbers of the institutions as last told, by code; who has none is absent. */
export function loadPhones(tx: Tx): Promise<ReadonlyMap<string, string>> {
  return phonesOf(tx, null);
}

/** The telephone number of one institution as last told; null where none was. */
export async function findPhone(tx: Tx, institutionCode: string): Promise<string | null> {
  return (await phonesOf(tx, institutionCode)).get(institutionCode) ?? null;
}

/** Of one code, or of all (null). */
async function phonesOf(tx: Tx, code: string | null): Promise<ReadonlyMap<string, string>> {
  const { rows } = await tx.client.query<StateRow>(
    `${latestStates} AND ($2::text IS NULL OR institution_code = $2) ORDER BY institution_code, version_id DESC`,
    [tx.lgCode, code],
  );
  return new Map(
    rows.toReversed().flatMap((row) => (row.phone === null ? [] : [[row.institution_code, row.phone] as const])),
  );
}

/**
 * The states that a feed is compared with: latest per code and first day of contract, as comparable text. What was taken
 * down is among them: told again as it was, it stays down.
 */
export async function loadStateTexts(tx: Tx): Promise<Map<string, string>> {
  const { rows } = await tx.client.query<StateRow>(everyLatest, [tx.lgCode]);
  return new Map(rows.map((row) => [stateKey(stateOf(row)), JSON.stringify(stateOf(row))]));
}

/** One contract of one institution. */
export function stateKey(state: InstitutionState): string {
  return `${state.institutionCode} ${state.contractedFrom ?? ''}`;
}

/** Records what a feed newly told; the programmes of a contract, of which a feed says nothing, stay as they were. */
export async function insertStates(
  tx: Tx,
  frame: { readonly runId: number; readonly actId: number; readonly staffName: string },
  states: readonly { readonly state: InstitutionState; readonly findings: readonly Finding[] }[],
): Promise<void> {
  const rows = states.map(({ state, findings }) => ({
    institution_code: state.institutionCode,
    name: state.name,
    postal_code: state.postalCode,
    address: state.address,
    phone: state.phone,
    contracted_from: isoOrNull(state.contractedFrom),
    contracted_to: isoOrNull(state.contractedTo),
    bank_code: state.bankCode,
    branch_code: state.branchCode,
    account_kind: state.accountKind,
    account_number: state.accountNumber,
    account_holder_kana: state.accountHolderKana,
    findings,
  }));
  await tx.client.query(
    `INSERT INTO institution_versions (lg_code, institution_code, name, postal_code, address, phone, contracted_from,
       contracted_to, bank_code, branch_code, account_kind, account_number, account_holder_kana, findings, run_id, act_id,
       recorded_by_name, programmes)
     SELECT $1, s.*, $3, $4, $5, (SELECT v.programmes FROM institution_versions v WHERE v.lg_code = $1
         AND v.institution_code = s.institution_code AND v.contracted_from IS NOT DISTINCT FROM s.contracted_from
       ORDER BY v.version_id DESC LIMIT 1)
     FROM jsonb_to_recordset($2::jsonb) AS s(institution_code text, name text,
       postal_code text, address text, phone text, contracted_from date, contracted_to date, bank_code text,
       branch_code text, account_kind text, account_number text, account_holder_kana text, findings jsonb)`,
    [tx.lgCode, JSON.stringify(rows), frame.runId, frame.actId, frame.staffName],
  );
}

/** Every version of an institution's contracts, newest first. */
export async function selectVersions(tx: Tx, institutionCode: string): Promise<ContractVersion[]> {
  const { rows } = await tx.client.query<StateRow & { readonly is_latest: boolean }>(
    `SELECT *, version_id = max(version_id) OVER (PARTITION BY contracted_from) AS is_latest FROM institution_versions
     WHERE lg_code = $1 AND institution_code = $2 ORDER BY version_id DESC`,
    [tx.lgCode, institutionCode],
  );
  return rows.map((row) => ({
    ...stateOf(row),
    programmes: row.programmes,
    isRetired: row.is_retired,
    versionId: row.version_id,
    reason: row.reason,
    recordedAt: row.recorded_at,
    recordedByName: row.recorded_by_name,
    isLatest: row.is_latest,
  }));
}

/** Makes everybody who writes a contract of the institution wait, until the transaction ends. */
export async function lockInstitution(tx: Tx, institutionCode: string): Promise<void> {
  const key = `contract ${tx.lgCode} ${institutionCode}`;
  await tx.client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [key]);
}

/** Writes a version of a contract. */
export async function insertContract(
  tx: Tx,
  frame: { readonly actId: number; readonly staffName: string; readonly reason: string | null },
  told: ContractTold,
  findings: readonly Finding[],
): Promise<void> {
  await tx.client.query(
    `INSERT INTO institution_versions (lg_code, institution_code, name, postal_code, address, phone, contracted_from,
       contracted_to, bank_code, branch_code, account_kind, account_number, account_holder_kana, findings, programmes,
       is_retired, reason, act_id, recorded_by_name)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
    [
      tx.lgCode,
      told.institutionCode,
      told.name,
      told.postalCode,
      told.address,
      told.phone,
      isoOrNull(told.contractedFrom),
      isoOrNull(told.contractedTo),
      told.bankCode,
      told.branchCode,
      told.accountKind,
      told.accountNumber,
      told.accountHolderKana,
      JSON.stringify(findings),
      told.programmes,
      told.isRetired,
      frame.reason,
      frame.actId,
      frame.staffName,
    ],
  );
}

/** A page of institutions in the order of their codes, narrowed by part of the name or beginning of the code. */
export async function selectSummaries(
  tx: Tx,
  query: { readonly text: string | null; readonly after: string | null; readonly limit: number; readonly asOf: Day },
): Promise<InstitutionSummary[]> {
  const { rows } = await tx.client.query<StateRow>(
    `WITH latest AS (${latestStates}), page AS (
       SELECT DISTINCT institution_code FROM latest
       WHERE ($2::text IS NULL OR strpos(name, $2) > 0 OR starts_with(institution_code, $2))
         AND ($3::text IS NULL OR institution_code > $3)
       ORDER BY institution_code LIMIT $4
     )
     SELECT l.* FROM latest l JOIN page USING (institution_code) ORDER BY institution_code, version_id DESC`,
    [tx.lgCode, query.text, query.after, query.limit],
  );
  return Map.groupBy(rows, (row) => row.institution_code)
    .values()
    .flatMap((states) => toSummary(states, query.asOf))
    .toArray();
}

function toSummary(states: readonly StateRow[], asOf: Day): InstitutionSummary[] {
  const newest = states[0];
  if (newest === undefined) return [];
  const contracts = states.map(contractOf);
  const isUnderContract = contracts.some(
    ({ from, to }) => (from === null || from <= asOf) && (to === null || asOf <= to),
  );
  return [
    {
      institutionCode: newest.institution_code,
      name: newest.name,
      postalCode: newest.postal_code,
      address: newest.address,
      phone: newest.phone,
      contracts,
      isUnderContract,
      findings: newest.findings,
    },
  ];
}

function stateOf(row: StateRow): InstitutionState {
  return {
    institutionCode: row.institution_code,
    name: row.name,
    postalCode: row.postal_code,
    address: row.address,
    phone: row.phone,
    contractedFrom: dayOrNull(row.contracted_from),
    contractedTo: dayOrNull(row.contracted_to),
    bankCode: row.bank_code,
    branchCode: row.branch_code,
    accountKind: row.account_kind,
    accountNumber: row.account_number,
    accountHolderKana: row.account_holder_kana,
  };
}

function contractOf(row: StateRow): Contract {
  const { programmes } = row;
  return { from: dayOrNull(row.contracted_from), to: dayOrNull(row.contracted_to), programmes };
}

function dayOrNull(text: string | null): Day | null {
  return text === null ? null : parseIsoDay(text);
}

function isoOrNull(day: Day | null): string | null {
  return day === null ? null : formatIsoDay(day);
}
