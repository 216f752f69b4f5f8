import { mayDo, type StaffContext } from '#common-base/access';
import type { EntryId, PersonId } from '#kernel';
import { newReportPath } from './pages/paths.ts';
import { type ReportKind, reportKinds } from './types.ts';

/** Where reports of a dose are made, for the page of its record; none for who may not. */
export function listReportLinks(
  context: StaffContext,
  personId: PersonId,
  entryId: EntryId,
): readonly { readonly label: string; readonly href: string }[] {
  if (!mayDo(context.actor, 'safety.report')) return [];
  return (Object.keys(reportKinds) as ReportKind[]).map((kind) => ({
    label: `${reportKinds[kind].name}を作る`,
    href: newReportPath(kind, personId, entryId),
  }));
}
