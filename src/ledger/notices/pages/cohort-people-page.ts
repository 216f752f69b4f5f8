import { personColumns } from '#addressees/persons';
import { buttonLink, emptyState, formatCount, type Html, html, pageHead, panel, table } from '#platform/pages';
import type { CohortPeople, CohortPerson } from '../list-cohort-people.ts';
import { labelOfReason } from '../notice-reasons.ts';
import type { Cohort } from '../types.ts';
import { cohortPath, cohortPeoplePath } from './paths.ts';

/** The people of a cohort by name with their reason, or those whom staff should look after one by one. */
export function cohortPeoplePage(view: { cohort: Cohort; isIncluded: boolean; page: CohortPeople }): Html {
  const { cohort, isIncluded, page } = view;
  const title = isIncluded ? '対象者' : '通知を送らないが、確かめる人';
  const lead = isIncluded
    ? '決めたときの一覧です。印刷する直前にもう一度確かめます。'
    : '受ける時期にありながら、次の理由で通知を送らない人です。必要なら一人ずつ対応してください。';
  const next =
    page.next !== null &&
    html`<div class="button-row">${buttonLink('次の人たち', cohortPeoplePath(cohort.cohortId, isIncluded, page.next), { icon: 'arrowRight' })}</div>`;
  return html`${pageHead(title, { lead: html`<a href="${cohortPath(cohort.cohortId)}">${cohort.label}</a>　${lead}` })}${panel({ title, icon: 'people', isFlush: true }, peopleTable(title, page.people))}${next}`;
}

function peopleTable(caption: string, people: readonly CohortPerson[]): Html {
  return table<CohortPerson>({
    caption,
    density: 'dense',
    rows: people,
    whenEmpty: emptyState('ここに挙げる人はいません', undefined, 'people'),
    columns: [
      ...personColumns<CohortPerson>(({ person }) => person),
      {
        label: '回',
        isNumber: true,
        cell: ({ member }) => (member.doseNumber === null ? '' : formatCount(member.doseNumber)),
      },
      { label: '理由', cell: ({ member }) => labelOfReason(member.reason) },
    ],
  });
}
