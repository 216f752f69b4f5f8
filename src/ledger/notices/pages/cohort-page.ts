import { personPath } from '#addressees/persons';
import {
  button,
  buttonLink,
  dataList,
  dayField,
  dayText,
  errorOf,
  errorSummary,
  type FormError,
  type Html,
  html,
  instantText,
  pageHead,
  panel,
  postForm,
  textField,
} from '#platform/pages';
import type { ShownCohortChange } from '../change-cohort.ts';
import type { PlannedCohort } from '../plan-store.ts';
import type { Cohort } from '../types.ts';
import { countsView } from './counts-view.ts';
import type { LayoutChoice } from './layout-choice.ts';
import { narrowingLines } from './narrowing-fields.ts';
import {
  cohortCheckPath,
  cohortHandPath,
  cohortPeoplePath,
  cohortPrintPath,
  institutionListOf,
  plannedDecisionPath,
  printJobPath,
} from './paths.ts';

/** A frozen cohort with its reasons and what was printed of it. */
export function cohortPage(view: {
  cohort: Cohort;
  layout: LayoutChoice | undefined;
  planned: PlannedCohort | undefined;
  mayApprove: boolean;
  changes: readonly ShownCohortChange[];
  errors: readonly FormError[];
  typed: (name: string) => string;
  issuedOn: string;
  mayPrint: boolean;
  csrfToken: string;
}): Html {
  const { cohort } = view;
  const start = postForm(
    { action: cohortPrintPath(cohort.cohortId), csrfToken: view.csrfToken, class: 'row' },
    html`${dayField({ name: 'issuedOn', label: '発行日', value: view.typed('issuedOn') || view.issuedOn, size: 'small', isRequired: true, error: errorOf(view.errors, 'issuedOn') })}${textField({ name: 'pagesPerFile', label: '1ファイルの枚数', value: view.typed('pagesPerFile'), error: errorOf(view.errors, 'pagesPerFile'), width: 5, size: 'small', inputMode: 'numeric', hint: '空なら500' })}${(view.layout?.inputs ?? []).map(({ name, label }) => textField({ name: `input-${name}`, label, value: view.typed(`input-${name}`), size: 'small' }))}${button('印刷を始める', { look: 'filled', icon: 'print' })}`,
  );
  const prints = cohort.printJobIds.map(
    (printJobId, index) => html`<li><a href="${printJobPath(printJobId)}">${index + 1}回目の印刷</a></li>`,
  );
  return html`${errorSummary(view.errors)}${pageHead(cohort.label, { lead: html`${view.layout?.title ?? cohort.layoutId}　${instantText(cohort.recordedAt)}に${cohort.staffName}が決めました。` })}${countsView(cohort)}<div class="button-row">${buttonLink('対象者の一覧', cohortPeoplePath(cohort.cohortId, true), { icon: 'people' })}${view.mayPrint && buttonLink('印刷の前に確かめる（文字と宛先）', cohortCheckPath(cohort.cohortId), { icon: 'check' })}${buttonLink('送らないが、確かめる人', cohortPeoplePath(cohort.cohortId, false), { icon: 'alert' })}${buttonLink('この予防接種の契約医療機関一覧', institutionListOf(cohort.programme), { icon: 'file' })}</div><div class="columns columns-half"
    >${panel(
      { title: '条件', icon: 'list' },
      dataList([
        ['判定した日', dayText(cohort.asOf)],
        ['受ける時期', html`${dayText(cohort.dueBy)}まで`],
        ...narrowingLines(cohort.narrowing ?? {}),
        ['きまりの版', html`<span class="mono small">${cohort.rulesVersion}</span>`],
      ]),
    )}${panel({ title: '印刷', icon: 'print' }, html`<div class="stack-tight">${view.planned !== undefined && decisionOf(view.planned, view)}${view.mayPrint && (view.planned === undefined || view.planned.state === 'approved') && start}<p class="small soft">印刷する直前に、亡くなった人、転出した人、受け終わった人をもう一度除きます。</p>${prints.length > 0 && html`<ul>${prints}</ul>`}</div>`)}</div
  >${handPanel(view)}`;
}

/** Whether the cohort of a planned month may be printed, and the buttons to decide it. */
function decisionOf(planned: PlannedCohort, view: { mayApprove: boolean; csrfToken: string }): Html {
  if (planned.state === 'approved') return html`<p>${planned.decidedByName}が承認しました。</p>`;
  if (planned.state === 'declined') return html`<p>${planned.decidedByName}が却下しました。印刷できません。</p>`;
  const decide = postForm(
    { action: plannedDecisionPath(planned.cohortId), csrfToken: view.csrfToken, class: 'row' },
    html`${button('承認する', { name: 'decision', value: 'approved', look: 'filled', icon: 'check' })}${button('却下する', { name: 'decision', value: 'declined', icon: 'cross' })}`,
  );
  return html`<p>年間計画による抽出です。承認されるまで印刷できません。</p>${view.mayApprove && decide}`;
}

/** What staff changed of a cohort by hand, and the form for it until printing begins. */
function handPanel(view: {
  cohort: Cohort;
  changes: readonly ShownCohortChange[];
  errors: readonly FormError[];
  typed: (name: string) => string;
  mayPrint: boolean;
  csrfToken: string;
}): Html {
  const { cohort, errors, typed } = view;
  const form = postForm(
    { action: cohortHandPath(cohort.cohortId), csrfToken: view.csrfToken, class: 'stack-tight' },
    html`<div class="form-grid form-grid-even">${textField({ name: 'addresseeNumber', label: '宛名番号', value: typed('addresseeNumber'), isRequired: true, size: 'small', inputMode: 'numeric', error: errorOf(errors, 'addresseeNumber') })}${textField({ name: 'handReason', label: '理由', value: typed('handReason'), isRequired: true, size: 'small', error: errorOf(errors, 'handReason') })}</div><div class="button-row">${button('この人を足す', { name: 'change', value: 'added', size: 'small' })}${button('この人を外す', { name: 'change', value: 'removed', size: 'small' })}</div>`,
  );
  const list = view.changes.map(
    ({ change, person }) =>
      html`<li>${change.change === 'added' ? '足した' : '外した'}　${person === undefined ? '' : html`<a href="${personPath(person.personId)}">${person.name === '' ? person.kana : person.name}</a>`}　${change.reason}　<span class="small soft">${instantText(change.recordedAt)} ${change.staffName}</span></li>`,
  );
  const isOpen = view.mayPrint && cohort.printJobIds.length === 0;
  return panel(
    { title: '手直し', icon: 'people' },
    html`<div class="stack-tight">${list.length > 0 && html`<ul>${list}</ul>`}${isOpen ? form : html`<p class="small soft">印刷を始めたあとは手直しできません。</p>`}</div>`,
  );
}
