import type { OrderWork, StaffContext } from '#common-base/access';
import { NotFound } from '#kernel';
import { loadInstitutions } from '#ledger/contracts';
import type { FindingsTables } from '#platform/findings';
import type { Tx } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { bundlesPath } from './pages/paths.ts';

/** What the application lends to the routes of this room. */
export interface BundleTools {
  readonly findings: FindingsTables;
  rulesOf(context: StaffContext): Promise<RuleSet>;
  readonly orderWork: OrderWork;
}

/** The name of an institution by its code; the code itself where nobody knows it. */
export async function loadInstitutionNames(tx: Tx): Promise<(code: string) => string> {
  const institutions = await loadInstitutions(tx);
  return (code) => institutions.get(code)?.name ?? code;
}

/** The way back to the month of a bundle. */
export function crumbsOf(bundle: { readonly claimMonth: string }): readonly { label: string; href: string }[] {
  return [{ label: '予診票の束', href: `${bundlesPath}?month=${bundle.claimMonth}` }];
}

/** A number of at most six digits; undefined for anything else. */
export function readCount(text: string): number | undefined {
  return /^\d{1,6}$/u.test(text) ? Number(text) : undefined;
}

/** The version of the bundle that was looked at. */
export function readVersion(context: StaffContext): number {
  return readCount(context.body.text('version')) ?? -1;
}

/** The number of a bundle; anything else is none. */
export function readId(text: string | undefined): number {
  if (text === undefined || !/^\d{1,15}$/u.test(text)) throw new NotFound('この束はありません。');
  return Number(text);
}
