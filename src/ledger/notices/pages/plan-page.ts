import type { Day } from '#kernel';
import {
  attributes,
  button,
  buttonLink,
  checkbox,
  checkboxGroup,
  dayField,
  disclosure,
  emptyState,
  errorOf,
  errorSummary,
  type FormError,
  formatCount,
  type Html,
  hiddenField,
  html,
  notice,
  pageHead,
  panel,
  postForm,
  selectField,
  statusTag,
  textField,
} from '#platform/pages';
import type { StageName } from '#schedule';
import type { NoticePlan, PlannedCohort } from '../plan-store.ts';
import type { YearPlan } from '../plan-year.ts';
import { type LayoutChoice, stageField } from './layout-choice.ts';
import { narrowingDisclosure, narrowingLines } from './narrowing-fields.ts';
import type { CohortForm } from './notices-pages.ts';
import {
  cohortPath,
  planApprovePath,
  planEndPath,
  planMakePath,
  planManyPath,
  planPath,
  planPrintPath,
} from './paths.ts';

/** The months of a fiscal year in their order. */
const months = [4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3] as const;
const kindNames = { forms: '予診票・接種券', recommendation: '勧奨', reminder: '再勧奨' } as const;
const stateTags = {
  waiting: () => statusTag('承認待ち', 'warning', 'clock'),
  approved: () => statusTag('承認', 'success', 'check'),
  declined: () => statusTag('却下', 'neutral', 'cross'),
} as const;

/** What was typed to add a line to the plan. */
export interface PlanForm extends CohortForm {
  readonly months: readonly string[];
  readonly kind: string;
}

/** The year plan as a calendar: a line for each plan, a column for each month, the cohorts made so far. */
export function planPage(view: {
  year: number;
  /** The month under way, 1 to 12; null in another year. */
  month: number | null;
  plan: YearPlan;
  layouts: readonly LayoutChoice[];
  stages: readonly StageName[];
  form: PlanForm;
  errors: readonly FormError[];
  mayChange: boolean;
  mayPrint: boolean;
  mayApprove: boolean;
  /** The day of issue that is offered for printing. */
  issuedOn: string;
  /** The cohorts that were ticked for printing, where that is asked again; null where all are offered. */
  chosen: ReadonlySet<number> | null;
  /** The first day of the month under way: what was planned before it is printed no more from here. */
  monthFrom: Day;
  /** Whether this month's cohorts were asked for just now. */
  isAsked: boolean;
  csrfToken: string;
}): Html {
  const { year, plan } = view;
  const around = html`<div class="button-row">${buttonLink(`${year - 1}年度`, planPath(year - 1), { icon: 'arrowLeft' })}${buttonLink(`${year + 1}年度`, planPath(year + 1), { icon: 'arrowRight' })}</div>`;
  const make =
    view.mayPrint &&
    postForm({ action: planMakePath, csrfToken: view.csrfToken }, button('いまの分を作る', { icon: 'people' }));
  return html`${pageHead(`${year}年度の計画`, {
    lead: '毎月15日から、次の月の対象者を自動で抽出します。係長が承認すると印刷できます。',
    actions: make,
  })}${errorSummary(view.errors)}${view.isAsked && notice('info', '対象者の抽出を頼みました', html`<p>できたものから、下の表に人数が出ます。<a href="${planPath(null)}">いまのようすを見る</a></p>`)}${around}${view.mayApprove && approvalPanel(plan.planned, view.csrfToken)}${view.mayPrint && printPanel(view)}${panel({ title: '年間計画', icon: 'calendar', isFlush: true }, calendar(view))}${view.mayChange && manyPanel(view)}${view.mayChange && panel({ title: '計画を足す', icon: 'calendar' }, planForm(view))}${view.mayChange && endPanel(plan.plans, view.csrfToken)}`;
}

function calendar(view: {
  month: number | null;
  plan: YearPlan;
  layouts: readonly LayoutChoice[];
  stages: readonly StageName[];
}): Html {
  const plans = view.plan.plans.filter(
    (plan) => !plan.isEnded || view.plan.planned.some((one) => one.noticePlanId === plan.noticePlanId),
  );
  if (plans.length === 0)
    return emptyState('計画はまだありません', html`<p>下の欄で、送る月と様式を決めます。</p>`, 'calendar');
  const head = months.map((month) => {
    const tag = attributes({ scope: 'col', 'aria-current': month === view.month ? 'date' : null });
    return html`<th ${tag}>${month}月</th>`;
  });
  const rows = plans.map((plan) => {
    const cells = months.map((month) => html`<td>${monthCell(plan, month, view.plan.planned)}</td>`);
    return html`<tr><th scope="row">${planName(plan, view)}</th>${cells}</tr>`;
  });
  return html`<div class="plan-scroll" tabindex="0" role="group" aria-label="月ごとの計画"><table class="plan-calendar"><caption class="visually-hidden">年間計画</caption><thead><tr><th scope="col">計画</th>${head}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

function planName(plan: NoticePlan, view: { layouts: readonly LayoutChoice[]; stages: readonly StageName[] }): Html {
  const stage = view.stages.find((one) => one.programme === plan.programme && one.stage === plan.stage);
  const layout = view.layouts.find((one) => one.layoutId === plan.layoutId)?.title ?? plan.layoutId;
  const lines = narrowingLines(plan.narrowing).map(([label, value]) => `${label} ${value}`);
  const what = stage === undefined ? plan.programme : `${stage.programmeName} ${stage.stageName}`;
  return html`${plan.label}${plan.isEnded && html` ${statusTag('終了', 'neutral')}`}<br><span class="small soft">${what}　${layout}　${kindNames[plan.kind]}${lines.length > 0 && html`<br>${lines.join('、')}`}</span>`;
}

function monthCell(plan: NoticePlan, month: number, planned: readonly PlannedCohort[]): Html | string {
  const made = planned.find((one) => one.noticePlanId === plan.noticePlanId && monthOf(one) === month);
  if (made !== undefined) {
    return html`<a href="${cohortPath(made.cohortId)}">${formatCount(made.included)}人</a><br>${stateTags[made.state]()}`;
  }
  return plan.months.includes(month) && !plan.isEnded
    ? html`<span aria-hidden="true">●</span><span class="visually-hidden">送る月</span>`
    : '';
}

function monthOf({ monthFrom }: PlannedCohort): number {
  return new Date(monthFrom * 86_400_000).getUTCMonth() + 1;
}

function planForm(view: {
  layouts: readonly LayoutChoice[];
  stages: readonly StageName[];
  form: PlanForm;
  errors: readonly FormError[];
  csrfToken: string;
}): Html {
  const { form, errors } = view;
  const layouts = view.layouts
    .filter((layout) => layout.faults.length === 0)
    .map((layout) => ({ value: layout.layoutId, label: layout.title }));
  const kinds = Object.entries(kindNames).map(([value, label]) => ({ value, label }));
  const choices = months.map((month) => ({ value: String(month), label: `${month}月` }));
  return postForm(
    { action: planPath(null), csrfToken: view.csrfToken, class: 'stack-tight' },
    html`<div class="form-grid form-grid-even"
      >${textField({ name: 'label', label: '計画の名前', value: form.label, isRequired: true, error: errorOf(errors, 'label'), hint: '例　12月の再勧奨' })}${selectField({ name: 'kind', label: '種類', choices: kinds, value: form.kind })}${selectField({ name: 'layoutId', label: '様式', choices: [{ value: '', label: '選んでください' }, ...layouts], value: form.layoutId, isRequired: true, error: errorOf(errors, 'layoutId') })}${stageField(view.stages, form.stage, errors)}</div
    >${checkboxGroup({ name: 'months', label: '送る月', choices, values: form.months, isInline: true, error: errorOf(errors, 'months') })}${narrowingDisclosure(form.sent, errors)}<div class="button-row">${button('計画に足す', { look: 'filled', icon: 'check' })}</div>`,
  );
}

/** The cohorts that wait, to be approved together; each is looked at by its link. */
function approvalPanel(planned: readonly PlannedCohort[], csrfToken: string): Html | null {
  const waiting = planned.filter(({ state }) => state === 'waiting');
  if (waiting.length === 0) return null;
  return panel(
    { title: `承認を待つ抽出 ${formatCount(waiting.length)}件`, icon: 'clock' },
    postForm(
      { action: planApprovePath, csrfToken, class: 'stack-tight' },
      html`<ul>${waiting.map((one) => cohortBox(one, null))}</ul><div class="button-row">${button('選んだ抽出を承認する', { look: 'filled', icon: 'check' })}</div>`,
    ),
  );
}

/** The approved cohorts that nobody has printed yet, to be printed together; those that ask for words are printed one by one. */
function printPanel(view: {
  plan: YearPlan;
  layouts: readonly LayoutChoice[];
  issuedOn: string;
  chosen: ReadonlySet<number> | null;
  monthFrom: Day;
  errors: readonly FormError[];
  csrfToken: string;
}): Html | null {
  const asking = new Set(view.layouts.filter(({ inputs }) => inputs.length > 0).map(({ layoutId }) => layoutId));
  const ready = view.plan.planned.filter(
    (one) =>
      one.monthFrom >= view.monthFrom &&
      one.state === 'approved' &&
      !one.isPrinted &&
      one.included > 0 &&
      !asking.has(one.layoutId),
  );
  if (ready.length === 0) return null;
  return panel(
    { title: `印刷を待つ抽出 ${formatCount(ready.length)}件`, icon: 'print' },
    postForm(
      { action: planPrintPath, csrfToken: view.csrfToken, class: 'stack-tight' },
      html`<ul>${ready.map((one) => cohortBox(one, view.chosen))}</ul><div class="row">${dayField({ name: 'issuedOn', label: '発行日', value: view.issuedOn, size: 'small', isRequired: true, error: errorOf(view.errors, 'issuedOn') })}${button('選んだ抽出の印刷を始める', { look: 'filled', icon: 'print' })}</div>`,
    ),
  );
}

function cohortBox({ cohortId, label, included }: PlannedCohort, chosen: ReadonlySet<number> | null): Html {
  const id = `cohort-${cohortId}`;
  const box = checkbox({
    name: 'cohorts',
    id,
    value: String(cohortId),
    label,
    isChecked: chosen?.has(cohortId) ?? true,
  });
  return html`<li class="row">${box} <b>${formatCount(included)}</b>人 <a href="${cohortPath(cohortId)}" aria-label="${label}の内訳を見る">内訳を見る</a></li>`;
}

/** Whether a paper can be planned without saying more: a form of one programme, in order. */
export function isPlannable({ document, faults }: Pick<LayoutChoice, 'document' | 'faults'>): boolean {
  return document === 'screening' && faults.length === 0;
}

/** Adding a line for each of several papers that no line sends yet. */
function manyPanel(view: {
  plan: YearPlan;
  layouts: readonly LayoutChoice[];
  errors: readonly FormError[];
  csrfToken: string;
}): Html | null {
  const planned = new Set(view.plan.plans.filter(({ isEnded }) => !isEnded).map(({ layoutId }) => layoutId));
  const open = view.layouts.filter((one) => isPlannable(one) && !planned.has(one.layoutId));
  if (open.length === 0) return null;
  const papers = open.map(({ layoutId, title }) => ({ value: layoutId, label: title }));
  const when = [{ value: 'all', label: '毎月' }, ...months.map((m) => ({ value: String(m), label: `毎年${m}月` }))];
  return panel(
    { title: '予診票をまとめて計画に足す', icon: 'calendar' },
    postForm(
      { action: planManyPath, csrfToken: view.csrfToken, class: 'stack-tight' },
      html`${checkboxGroup({ name: 'papers', label: 'まだ計画にない予診票', choices: papers, isInline: true, error: errorOf(view.errors, 'papers') })}<div class="row">${selectField({ name: 'manyMonths', label: 'いつ送るか', choices: when, value: 'all' })}${button('まとめて足す', { icon: 'check' })}</div>`,
    ),
  );
}

function endPanel(plans: readonly NoticePlan[], csrfToken: string): Html | null {
  const going = plans.filter((plan) => !plan.isEnded);
  if (going.length === 0) return null;
  const items = going.map(
    (plan) =>
      html`<li class="row">${plan.label} ${postForm({ action: planEndPath, csrfToken }, html`${hiddenField('noticePlanId', String(plan.noticePlanId))}${button('終わりにする', { size: 'small', ariaLabel: `${plan.label}を終わりにする` })}`)}</li>`,
  );
  return disclosure('計画を終わりにする', html`<ul>${items}</ul>`);
}
