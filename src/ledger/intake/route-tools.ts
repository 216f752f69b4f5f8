import type { OrderWork, StaffContext } from '#common-base/access';
import { type BatchId, NotFound, type StaffId } from '#kernel';
import { loadInstitutions } from '#ledger/contracts';
import { loadVaccineMap } from '#ledger/products';
import { type FindingsTables, titleOfFinding } from '#platform/findings';
import type { FormFields } from '#platform/http';
import { type Tx, withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import type { listRows } from './list-batches.ts';
import { intakeCrumbs } from './pages/batch-page.ts';
import type { RowWording } from './pages/derive-row-view.ts';
import { batchPath, type RowFilter } from './pages/paths.ts';
import type { BatchSummary } from './types.ts';

/** What the application lends to the routes of this room. */
export interface IntakeTools {
  readonly findings: FindingsTables;
  rulesOf(context: StaffContext): Promise<RuleSet>;
  readonly orderWork: OrderWork;
}

/** One transaction of the office's database. */
export function inOffice<T>(context: StaffContext, work: (tx: Tx) => Promise<T>): Promise<T> {
  return withMunicipality(context.db, context.lgCode, work);
}

/** What turns the codes of rows into words. */
export async function loadWording(tx: Tx, tools: IntakeTools): Promise<RowWording> {
  return { findings: tools.findings, institutions: await loadInstitutions(tx), vaccines: await loadVaccineMap(tx) };
}

/** Kinds of questions in a few words each. */
export function titlesOf(codes: readonly string[], tools: IntakeTools): readonly string[] {
  return codes.map((code) => titleOfFinding(tools.findings, code));
}

/** The way back from a page below a batch. */
export function batchCrumbs(
  batch: BatchSummary,
  filter: Partial<RowFilter> = {},
): readonly { readonly label: string; readonly href: string }[] {
  return [...intakeCrumbs, { label: batch.fileName, href: batchPath(batch.batchId, filter) }];
}

/** The batch of the address. */
export function readBatchId(context: StaffContext): BatchId {
  return readNumber(context.params['batchId']) as BatchId;
}

/** A number of an address or form; anything else is no batch and no row. */
export function readNumber(text: string | undefined): number {
  if (text === undefined || !/^\d{1,15}$/u.test(text)) throw new NotFound('この受付や行はありません。');
  return Number(text);
}

/** A row's number is smaller than ten digits: a longer one is no row, not a fault of the database. */
export function readOrdinal(text: string | undefined): number {
  return readNumber(/^\d{1,9}$/u.test(text ?? '') ? text : undefined);
}

const filterAnswers = ['accepted', 'questioned', 'refused', 'open', 'sendBack', 'changed'] as const;

/** The filter of an address, or of a form where its fields carry a prefix (`filterAnswer`). */
export function readFilter(fields: FormFields, prefix: '' | 'filter'): RowFilter {
  const named = (name: string) => (prefix === '' ? name : `${prefix}${name.charAt(0).toUpperCase()}${name.slice(1)}`);
  const answer = fields.text(named('answer'));
  const code = fields.text(named('code'));
  const assigned = fields.text(named('assigned'));
  const after = Number(fields.text(named('after')));
  return {
    answer: filterAnswers.find((one) => one === answer) ?? null,
    code: /^\w{1,60}$/u.test(code) ? code : null,
    assigned: /^(?:mine|none|\d{1,15})$/u.test(assigned) ? assigned : null,
    after: Number.isSafeInteger(after) && after > 0 && after < 1e9 ? after : null,
  };
}

const rowsPerPage = 50;

/** What the list of rows is asked for, a page of it. */
export function rowQuery(filter: RowFilter, context: StaffContext): Parameters<typeof listRows>[3] {
  return {
    ...answerQuery(filter.answer),
    ...(filter.code === null ? {} : { code: filter.code }),
    ...assignedQuery(filter.assigned, context),
    ...(filter.after === null ? {} : { after: filter.after }),
    limit: rowsPerPage,
  };
}

/** Whose rows are asked for; somebody without an account of their own (a command) has none. */
function assignedQuery(assigned: string | null, { actor }: StaffContext): { assignedTo?: StaffId | null } {
  if (assigned === null) return {};
  if (assigned === 'none') return { assignedTo: null };
  return { assignedTo: assigned === 'mine' ? actor.staffId : (Number(assigned) as StaffId) };
}

function answerQuery(
  answer: RowFilter['answer'],
): Pick<Parameters<typeof listRows>[3], 'isOpen' | 'isChanged' | 'decision' | 'answer'> {
  if (answer === 'open') return { isOpen: true };
  if (answer === 'changed') return { isChanged: true };
  if (answer === 'sendBack') return { decision: 'sendBack' };
  return answer === null ? {} : { answer };
}
