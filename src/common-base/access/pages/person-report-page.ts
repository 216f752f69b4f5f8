import type { RecordedAct } from '#common-base/audit';
import {
  button,
  buttonRow,
  checkbox,
  dataList,
  dayField,
  emptyState,
  errorOf,
  errorSummary,
  type FormError,
  formatCount,
  type Html,
  html,
  instantText,
  notice,
  pageHead,
  panel,
  postForm,
  table,
  textField,
} from '#platform/pages';

/** What the report for a person is asked with. */
export interface PersonReportForm {
  readonly person: string;
  readonly recordedFrom: string;
  readonly recordedTo: string;
  /** Names of staff are told only where the municipality decided so for this request. */
  readonly hasStaffNames: boolean;
}

/** A line of the report: an act with the department of who did it. */
export interface ReportedAct {
  readonly act: RecordedAct;
  readonly department: string;
}

/** The page: its form, and the report where one was asked for. */
export interface PersonReportPage {
  readonly form: PersonReportForm;
  readonly errors: readonly FormError[];
  readonly report: { readonly acts: readonly ReportedAct[]; readonly isCut: boolean; readonly madeAt: Date } | null;
  readonly csrfToken: string;
  readonly officeName: string;
  readonly nameOf: (act: string) => string;
}

/** Who looked at a person's record, and why; printed from the browser for the person (自己情報の開示). */
export function personReportPage(page: PersonReportPage): Html {
  const { form, errors } = page;
  const ask = postForm(
    { action: '/audit/person-report', csrfToken: page.csrfToken, label: '本人への報告' },
    html`<div class="stack"><div class="row">
      ${textField({ name: 'person', label: '本人の宛名番号', value: form.person, isRequired: true, inputMode: 'numeric', width: 20, error: errorOf(errors, 'person') })}
      ${dayField({ name: 'recordedFrom', label: '期間(から)', value: form.recordedFrom, error: errorOf(errors, 'recordedFrom') })}
      ${dayField({ name: 'recordedTo', label: '期間(まで)', value: form.recordedTo, error: errorOf(errors, 'recordedTo') })}
    </div>
    ${checkbox({ name: 'hasStaffNames', label: '職員の氏名も載せる(開示の決定があるとき)', isChecked: form.hasStaffNames })}
    ${buttonRow(button('報告を作る', { look: 'filled', icon: 'file' }))}</div>`,
  );
  return html`${pageHead('本人への報告', { lead: '本人から求めがあったとき、その人の記録をだれが・いつ・なんのために見たかを報告します。作ったことも記録されます。' })}
    ${errorSummary(errors)}
    ${panel({ title: '報告する人と期間', icon: 'person' }, ask)}
    ${page.report !== null && reportPanel(page, page.report)}`;
}

function reportPanel(page: PersonReportPage, report: NonNullable<PersonReportPage['report']>): Html {
  const { form } = page;
  const period = `${form.recordedFrom === '' ? '記録の始め' : form.recordedFrom} 〜 ${form.recordedTo === '' ? '現在' : form.recordedTo}`;
  const list = table<ReportedAct>({
    caption: '記録の利用の状況',
    rows: report.acts,
    whenEmpty: emptyState('この期間に、この人の記録の利用はありません'),
    columns: [
      { label: '日時', cell: ({ act }) => instantText(act.recordedAt), isRowHeader: true, isNoWrap: true },
      { label: '利用の内容', cell: ({ act }) => page.nameOf(act.act) },
      { label: '利用の理由', cell: ({ act }) => act.reason ?? (act.via === 'web' ? '' : '定例の処理') },
      { label: '部署', cell: ({ department }) => department },
      ...(form.hasStaffNames ? [{ label: '職員', cell: ({ act }: ReportedAct) => act.staffName ?? '(消去済み)' }] : []),
    ],
  });
  return html`${report.isCut && notice('warning', '件数が多いため、新しい2,000件だけを載せています', '期間を分けて報告してください。')}
    ${panel(
      { title: '記録の利用の状況', icon: 'list', isFlush: true },
      html`${dataList([
        ['団体', page.officeName],
        ['宛名番号', form.person],
        ['期間', period],
        ['件数', `${formatCount(report.acts.length)}件`],
        ['作成日時', instantText(report.madeAt)],
      ])}${list}`,
    )}`;
}
