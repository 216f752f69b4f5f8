import type { Colleague } from '#common-base/access';
import type { StaffId } from '#kernel';
import {
  attributes,
  button,
  checkboxGroup,
  disclosure,
  formatCount,
  type Html,
  html,
  panel,
  postForm,
} from '#platform/pages';
import type { AssignedCount } from '../derive-counts.ts';
import type { BatchSummary } from '../types.ts';
import { batchActionPath, batchPath, type RowFilter } from './paths.ts';

/** Whose the open rows of a batch are, and who may be given some. */
export interface AssignmentView {
  readonly assigned: readonly AssignedCount[];
  readonly staff: readonly Colleague[];
  readonly ownId: StaffId | null;
  readonly csrfToken: string;
}

/** The open rows by whose they are, each a filter; those of nobody can be dealt to several members of staff. */
export function assignmentPanel(
  batch: BatchSummary,
  view: AssignmentView,
  filter: RowFilter,
  mayAnswer: boolean,
): Html | null {
  if (view.assigned.length === 0) return null;
  const links = view.assigned.map(({ staffId, name, count }) => {
    const assigned = staffId === null ? 'none' : staffId === view.ownId ? 'mine' : String(staffId);
    const tag = attributes({
      href: batchPath(batch.batchId, { answer: 'open', assigned }),
      'aria-current': filter.assigned === assigned ? 'true' : null,
    });
    const label = staffId === null ? '担当なし' : assigned === 'mine' ? `${name}（自分）` : name;
    return html`<li><a ${tag}><span>${label}</span><span class="count">${formatCount(count)}</span></a></li>`;
  });
  const free = view.assigned.find(({ staffId }) => staffId === null)?.count ?? 0;
  const share =
    mayAnswer &&
    free > 0 &&
    view.staff.length > 0 &&
    html`<div class="question-together">${disclosure(`担当のない${formatCount(free)}行を分ける`, shareForm(batch, view))}</div>`;
  return panel({ title: '担当から選ぶ', icon: 'people' }, html`<ul class="question-kinds">${links}</ul>${share}`);
}

function shareForm(batch: BatchSummary, view: AssignmentView): Html {
  const choices = view.staff.map(({ staffId, name }) => ({ value: String(staffId), label: name }));
  return postForm(
    {
      action: batchActionPath(batch.batchId, 'assignment'),
      csrfToken: view.csrfToken,
      class: 'stack-tight',
      label: '担当を分ける',
    },
    html`${checkboxGroup({ name: 'staff', label: '担当にする職員', choices, values: [], isInline: true, hint: '選んだ人数で同じくらいの行に分けます。同じ人の行は、同じ担当に集まります' })}${button('同じくらいに分ける', { icon: 'people', size: 'small' })}`,
  );
}
