import { withoutIndividualNumbers } from '#kernel';
import type { FormFields } from '#platform/http';
import type { Answer } from './answers.ts';
import { reasonPage, type SearchFields } from './pages/reason-page.ts';
import type { StaffContext } from './staff-route.ts';

const ownFields: ReadonlySet<string> = new Set(['csrfToken', 'next', 'unsent', 'reason', 'otherReason']);

/** The fields of a search in a form, beside those of the choice of a 処理事由; an individual number typed by mistake is left out. */
export function searchFieldsOf(body: FormFields): SearchFields {
  return body
    .names()
    .filter((name) => !ownFields.has(name))
    .map((name) => [name, withoutIndividualNumbers(body.text(name))] as const)
    .filter(([, value]) => value !== '');
}

/** Asks for the 処理事由 and keeps what was typed in the page itself: in no address, no log and no session. */
export function askReasonBeforeSearch(context: StaffContext): Answer {
  const body = reasonPage({
    reasons: context.settings.reasons,
    current: null,
    next: context.path,
    isUnsent: false,
    search: searchFieldsOf(context.body),
    csrfToken: context.csrfToken,
    errors: [],
  });
  return context.page({ title: '処理事由を選ぶ', body, width: 'narrow' });
}
