import {
  attributes,
  button,
  buttonLink,
  checkboxGroup,
  disclosure,
  emptyState,
  errorOf,
  errorSummary,
  type FormError,
  formatCount,
  type Html,
  hiddenField,
  html,
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
import { narrowingFields, narrowingLines } from './narrowing-fields.ts';
import type { CohortForm, LayoutChoice } from './notices-pages.ts';
import { cohortPath, planEndPath, planMakePath, planPath } from './paths.ts';
import { stageField } from './person-print.ts';

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
  })}${errorSummary(view.errors)}${around}${panel({ title: '年間計画', icon: 'calendar', isFlush: true }, calendar(view))}${view.mayChange && panel({ title: '計画を足す', icon: 'calendar' }, planForm(view))}${view.mayChange && endPanel(plan.plans, view.csrfToken)}`;
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
    >${checkboxGroup({ name: 'months', label: '送る月', choices, values: form.months, isInline: true, error: errorOf(errors, 'months') })}${disclosure('条件を足す（生年月日、学年、地区、区分、言語、回、残りの期間）', narrowingFields(form.narrowing, errors))}<div class="button-row">${button('計画に足す', { look: 'filled', icon: 'check' })}</div>`,
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
