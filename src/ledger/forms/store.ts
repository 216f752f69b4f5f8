import { type Day, formatIsoDay, type PersonId, parseIsoDay, type StaffId } from '#kernel';
import { publishMany } from '#platform/outbox';
import type { Tx } from '#platform/postgres';
import { firstSerial } from './form-number.ts';
import type { FormDocument, FormOnRecord, FormState, IssueReason, NewForm } from './types.ts';

/** Who acts under which audit act; written beside every fact. */
export interface FormFrame {
  readonly actId: number;
  readonly staffId: StaffId | null;
  readonly staffName: string;
}

/** Takes serials under a lock that lasts until the end of the transaction; answers the first of them. */
export async function takeSerials(tx: Tx, count: number): Promise<number> {
  await tx.client.query('INSERT INTO form_number_counters VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    tx.lgCode,
    firstSerial,
  ]);
  const { rows } = await tx.client.query<{ first: number }>(
    `UPDATE form_number_counters SET next_serial = next_serial + $2 WHERE lg_code = $1
     RETURNING next_serial - $2 AS first`,
    [tx.lgCode, count],
  );
  const first = rows[0]?.first;
  if (first === undefined) throw new Error('no counter of form numbers');
  return first;
}

/** Enters printed forms into the register. */
export async function insertForms(tx: Tx, frame: FormFrame, forms: readonly NewForm[]): Promise<void> {
  await tx.client.query(
    `INSERT INTO issued_forms (lg_code, form_number, person_id, programme, stage, dose_number, layout_id, issued_on,
            valid_until, issue_reason, remark, print_job_id, document, staff_id, staff_name, act_id)
     SELECT $1, f.form_number, f.person_id, f.programme, f.stage, f.dose_number, f.layout_id, f.issued_on,
            f.valid_until, f.issue_reason, f.remark, f.print_job_id, f.document, $3, $4, $5
       FROM jsonb_to_recordset($2::jsonb) AS f (form_number text, person_id bigint, programme text, stage text,
            dose_number integer, layout_id text, issued_on date, valid_until date, issue_reason text, remark text,
            print_job_id bigint, document text)`,
    [tx.lgCode, JSON.stringify(forms.map(toRow)), frame.staffId, frame.staffName, frame.actId],
  );
  const people = [...new Set(forms.map(({ personId }) => personId))];
  await publishMany(tx, 'forms.changed', 'SELECT unnest($1::bigint[]) AS id', [people]);
}

/** One change of a number's state; a number changes once. */
export interface FormChange {
  readonly formNumber: string;
  readonly change: 'reissued' | 'cancelled';
  readonly replacedBy: string | null;
  readonly reason: string;
  readonly changedOn: Day;
}

/** Enters changes of state. */
export async function insertChanges(tx: Tx, frame: FormFrame, changes: readonly FormChange[]): Promise<void> {
  const rows = changes.map((change) => ({
    form_number: change.formNumber,
    change: change.change,
    replaced_by: change.replacedBy,
    reason: change.reason,
    changed_on: formatIsoDay(change.changedOn),
  }));
  await tx.client.query(
    `INSERT INTO form_changes (lg_code, form_number, change, replaced_by, reason, changed_on, staff_id, staff_name, act_id)
     SELECT $1, c.form_number, c.change, c.replaced_by, c.reason, c.changed_on, $3, $4, $5
       FROM jsonb_to_recordset($2::jsonb) AS c (form_number text, change text, replaced_by text, reason text,
            changed_on date)`,
    [tx.lgCode, JSON.stringify(rows), frame.staffId, frame.staffName, frame.actId],
  );
  const numbers = changes.map(({ formNumber }) => formNumber);
  const people = 'SELECT DISTINCT person_id FROM issued_forms WHERE lg_code = $1 AND form_number = ANY ($2::text[])';
  await publishMany(tx, 'forms.changed', people, [tx.lgCode, numbers]);
}

/** The lines of the register that hold a condition on `i` (issued_forms); parameters from $2. */
export async function selectForms(tx: Tx, condition: string, params: readonly unknown[]): Promise<FormOnRecord[]> {
  const { rows } = await tx.client.query<FormRow>(
    `SELECT i.form_number, i.person_id, i.programme, i.stage, i.dose_number, i.layout_id, i.issued_on, i.valid_until,
            i.issue_reason, i.remark, i.print_job_id, i.document, i.staff_name, c.change, c.replaced_by, c.changed_on,
            c.reason AS change_reason
       FROM issued_forms i LEFT JOIN form_changes c ON c.lg_code = i.lg_code AND c.form_number = i.form_number
      WHERE i.lg_code = $1 AND ${condition} ORDER BY i.form_number`,
    [tx.lgCode, ...params],
  );
  return rows.map(fromRow);
}

/**
 * Locks the register of the municipality until the transaction ends, so that nothing is issued or changed beside it.
 * Taken before it is asked what somebody holds.
 */
export async function lockRegister(tx: Tx): Promise<void> {
  await takeSerials(tx, 0);
}

function toRow(form: NewForm): Record<string, string | number | null> {
  return {
    form_number: form.formNumber,
    person_id: form.personId,
    programme: form.programme,
    stage: form.stage,
    dose_number: form.doseNumber,
    layout_id: form.layoutId,
    issued_on: formatIsoDay(form.issuedOn),
    valid_until: form.validUntil === null ? null : formatIsoDay(form.validUntil),
    issue_reason: form.issueReason,
    remark: form.remark,
    print_job_id: form.printJobId,
    document: form.document,
  };
}

interface FormRow {
  readonly form_number: string;
  readonly person_id: PersonId;
  readonly programme: string;
  readonly stage: string;
  readonly dose_number: number | null;
  readonly layout_id: string;
  readonly issued_on: string;
  readonly valid_until: string | null;
  readonly issue_reason: IssueReason;
  readonly remark: string | null;
  readonly print_job_id: number | null;
  readonly document: FormDocument;
  readonly staff_name: string;
  readonly change: Exclude<FormState, 'issued'> | null;
  readonly replaced_by: string | null;
  readonly changed_on: string | null;
  readonly change_reason: string | null;
}

function fromRow(row: FormRow): FormOnRecord {
  return {
    formNumber: row.form_number,
    personId: row.person_id,
    programme: row.programme,
    stage: row.stage,
    doseNumber: row.dose_number,
    layoutId: row.layout_id,
    issuedOn: parseIsoDay(row.issued_on),
    validUntil: row.valid_until === null ? null : parseIsoDay(row.valid_until),
    issueReason: row.issue_reason,
    remark: row.remark,
    printJobId: row.print_job_id,
    document: row.document,
    state: row.change ?? 'issued',
    replacedBy: row.replaced_by,
    changedOn: row.changed_on === null ? null : parseIsoDay(row.changed_on),
    changeReason: row.change_reason,
    staffName: row.staff_name,
  };
}

/** Whose 券番号 is which, of some people or some numbers. */
export async function selectCouponNumbers(
  tx: Tx,
  query: { readonly personIds?: readonly PersonId[]; readonly numbers?: readonly string[] },
): Promise<ReadonlyMap<PersonId, string>> {
  const { rows } = await tx.client.query<{ person_id: PersonId; coupon_number: string }>(
    `SELECT person_id, coupon_number FROM coupon_numbers
      WHERE lg_code = $1 AND (person_id = ANY ($2::bigint[]) OR coupon_number = ANY ($3::text[]))`,
    [tx.lgCode, query.personIds ?? [], query.numbers ?? []],
  );
  return new Map(rows.map((row) => [row.person_id, row.coupon_number]));
}

/** The last of the 券番号 that were given here one after the other; those kept of older vouchers do not count. */
export async function selectLastCouponNumber(tx: Tx): Promise<string | null> {
  const { rows } = await tx.client.query<{ last: string | null }>(
    'SELECT max(coupon_number) AS last FROM coupon_numbers WHERE lg_code = $1 AND NOT is_kept',
    [tx.lgCode],
  );
  return rows[0]?.last ?? null;
}

/** Enters 券番号 of people who had none. */
export async function insertCouponNumbers(
  tx: Tx,
  actId: number,
  given: ReadonlyMap<PersonId, string>,
  isKept: boolean,
): Promise<void> {
  await tx.client.query(
    `INSERT INTO coupon_numbers (lg_code, person_id, coupon_number, act_id, is_kept)
     SELECT $1, g.person_id, g.coupon_number, $4, $5 FROM unnest($2::bigint[], $3::text[]) AS g (person_id, coupon_number)`,
    [tx.lgCode, [...given.keys()], [...given.values()], actId, isKept],
  );
}
