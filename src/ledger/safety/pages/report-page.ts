import { type PersonSummary, sexWord } from '#addressees/persons';
import { classNamesJa, type LedgerEntry, makerOf, type RecordWording, recordsPath } from '#ledger/vaccinations';
import {
  button,
  buttonLink,
  buttonRow,
  checkbox,
  dataList,
  dayField,
  dayText,
  errorOf,
  errorSummary,
  type FormError,
  formatAge,
  type Html,
  hiddenField,
  html,
  instantText,
  pageHead,
  panel,
  postForm,
  selectField,
  table,
  textArea,
  textField,
} from '#platform/pages';
import type { ReportableReaction } from '#schedule';
import type { ReactionVerdict } from '../decide-reaction.ts';
import type { ReportForm } from '../read-report-form.ts';
import { type ReportKind, reportKinds, type SafetyReport } from '../types.ts';
import { criteriaPanel, spanText, verdictNotice } from './criteria-panel.ts';
import { reportPath, reportsPath } from './paths.ts';
import { submissionTag } from './safety-pages.ts';
import { sheetFields, sheetLists } from './sheet-fields.ts';

/** What the page of a report shows. */
interface ReportView {
  readonly kind: ReportKind;
  readonly report: SafetyReport | null;
  readonly versions: readonly SafetyReport[];
  readonly person: PersonSummary;
  readonly entry: LedgerEntry;
  /** What else was given on the same day. */
  readonly sameDay: readonly LedgerEntry[];
  readonly manufacturers: ReadonlyMap<string, string>;
  readonly words: RecordWording;
  readonly institutionName: (code: string) => string;
  readonly office: string;
  /** Prefecture and name of the municipality: as far as the sheet asks where somebody lives. */
  readonly place: string;
  readonly categories: Readonly<Record<string, string>>;
  /** What the law lists for this dose; empty for errors. */
  readonly reactions: readonly ReportableReaction[];
  /** Of a report that is kept. */
  readonly verdict: ReactionVerdict | null;
  readonly mayReport: boolean;
  readonly form: ReportForm;
  readonly errors: readonly FormError[];
  readonly csrfToken: string;
}

/** A report as its printed form, with the versions before and, for whoever may, the form that changes it. */
export function reportPage(view: ReportView): Html {
  const { kind, report, person, entry, reactions } = view;
  const words = reportKinds[kind];
  const actions = html`${buttonLink('一覧へ', reportsPath(kind), { size: 'small', icon: 'arrowLeft' })}${buttonLink('接種の記録へ', recordsPath(person.personId), { size: 'small' })}`;
  return html`${pageHead(report === null ? `${words.name}を作る` : words.name, { lead: `${view.office}　この画面はそのまま報告書として印刷できます。`, actions })}${errorSummary(view.errors)}${panel({ title: '接種した人と接種', icon: 'person' }, aboutDose(view))}${report !== null && toldPanel(view, report)}${entry.fact !== null && report === null && criteriaPanel(reactions, entry.fact.vaccinatedOn)}${view.mayReport && reportForm(view)}${view.versions.length > 1 && versionsPanel(view.versions)}`;
}

/** Who was given what: what the ledger and the register know of the sheet. */
function aboutDose(view: ReportView): Html {
  const { kind, person, entry } = view;
  const fact = entry.fact;
  const code = fact?.items.institutionCode ?? null;
  const product = fact?.product ?? null;
  const items = fact?.items ?? {};
  const maker = makerOf(items, (code) => view.manufacturers.get(code));
  const alongside = view.sameDay.flatMap(({ fact: other }) => (other === null ? [] : [doseText(other, view)]));
  return dataList([
    kind === 'adverseReaction' && ['接種区分', fact === null ? null : classNamesJa[fact.vaccinationClass]],
    ['氏名', `${person.name}（${person.kana}）`],
    ['生年月日', person.birthText],
    ['性別', sexWord(person.sex)],
    ['接種時の年齢', fact === null || person.bornOn === null ? null : formatAge(person.bornOn, fact.vaccinatedOn)],
    kind === 'adverseReaction' && ['住所', person.state === 'resident' && !person.isAddressHidden ? view.place : null],
    ['宛名番号', person.addresseeNumber],
    ['予防接種', fact === null ? null : view.words.stage(fact.programme, fact.stage)],
    ['回数（送付元）', items.doseNumber ?? null],
    ['製品', product === null ? null : view.words.product(product)],
    ['接種年月日', fact === null ? null : dayText(fact.vaccinatedOn)],
    ['製造販売業者', maker],
    ['ロット番号', fact?.items.lotNumber ?? null],
    ['有効期限', items.expiresOn ?? null],
    ['接種量', fact?.items.doseVolumeMl === undefined ? null : `${fact.items.doseVolumeMl} mL`],
    ['接種部位・方法', [items.site, items.route].filter(Boolean).join('　') || null],
    [
      '接種前の体温',
      items.bodyTemperature === undefined || items.bodyTemperature === null ? null : `${items.bodyTemperature}℃`,
    ],
    ['同じ日に受けた予防接種', alongside.length === 0 ? 'なし（台帳の記録）' : alongside.join('、')],
    ['医療機関', code === null ? (fact?.items.institutionOther ?? null) : view.institutionName(code)],
    ['接種医', fact?.items.administeringPhysician ?? null],
  ]);
}

/** What was told, and whether the law lists it. */
function toldPanel(view: ReportView, report: SafetyReport): Html {
  const { kind, verdict, entry, categories } = view;
  const words = reportKinds[kind];
  return panel(
    { title: words.name, icon: 'alert', aside: submissionTag(report) },
    html`${verdict !== null && entry.fact !== null && html`<div class="no-print">${verdictNotice(verdict, entry.fact.vaccinatedOn)}</div>`}${dataList(
      [
        [words.category, categories[report.category] ?? report.category],
        [words.occurred, dayText(report.occurredOn)],
        [words.description, report.description],
        [words.outcome, (words.outcomes as Readonly<Record<string, string>>)[report.outcome]],
        ['対応・再発防止', report.measures],
        ['報告者', report.reportedBy],
        ['報告を受けた日', dayText(report.reportedOn)],
        ['提出先', report.submittedTo],
        ['根拠', words.basis],
      ],
    )}${sheetLists(report.sheet)}`,
  );
}

/** A dose of the same day, as the sheet asks for it: what it was, which time, lot and maker. */
function doseText({ programme, stage, items }: NonNullable<LedgerEntry['fact']>, view: ReportView): string {
  const count = items.doseNumber ? `${items.doseNumber}回目` : null;
  const lot = items.lotNumber ? `ロット ${items.lotNumber}` : null;
  return [view.words.stage(programme, stage), count, lot, makerOf(items, (code) => view.manufacturers.get(code))]
    .filter(Boolean)
    .join('　');
}

function reportForm(view: ReportView): Html {
  const { kind, report, form, errors } = view;
  const words = reportKinds[kind];
  const choose = (names: Readonly<Record<string, string>>) => [
    { value: '', label: '選んでください' },
    ...Object.entries(names).map(([value, label]) => ({ value, label })),
  ];
  const day = (name: 'occurredOn' | 'reportedOn' | 'submittedOn', label: string, isRequired: boolean) =>
    dayField({
      name,
      label,
      value: form[name],
      error: errorOf(errors, name),
      width: 20,
      size: 'small',
      isRequired,
    });
  const identity =
    report === null
      ? html`${hiddenField('personId', view.person.personId)}${hiddenField('entryId', view.entry.entryId)}`
      : hiddenField('versionId', report.versionId);
  const change =
    report !== null &&
    html`${checkbox({ name: 'isWithdrawn', label: 'この報告を取り下げる', isChecked: form.isWithdrawn })}${textField({ name: 'reason', label: '変更の理由', value: form.reason, error: errorOf(errors, 'reason'), isRequired: true, size: 'small' })}`;
  const body = html`${hiddenField('kind', kind)}${identity}${selectField({ name: 'category', label: words.category, choices: categoryChoices(view), value: form.category, error: errorOf(errors, 'category'), size: 'small' })}${day('occurredOn', words.occurred, true)}${textArea({ name: 'description', label: words.description, value: form.description, error: errorOf(errors, 'description'), isRequired: true, rows: 4 })}${selectField({ name: 'outcome', label: words.outcome, choices: choose(words.outcomes), value: form.outcome, error: errorOf(errors, 'outcome'), size: 'small' })}${textArea({ name: 'measures', label: '対応・再発防止', value: form.measures, rows: 2 })}${kind === 'adverseReaction' && sheetFields(form.sheet, errors)}${textField({ name: 'reportedBy', label: '報告者（医療機関・医師など）', value: form.reportedBy, error: errorOf(errors, 'reportedBy'), isRequired: true, size: 'small' })}${day('reportedOn', '報告を受けた日', true)}${day('submittedOn', '提出した日', false)}${textField({ name: 'submittedTo', label: '提出先', value: form.submittedTo, hint: '例　県庁健康増進課、独立行政法人医薬品医療機器総合機構', size: 'small' })}${change}${buttonRow(button(report === null ? '報告を登録する' : '報告を変える', { look: 'filled', icon: 'check' }))}`;
  const action = report === null ? '/safety/reports' : reportPath(report.reportId);
  return panel(
    { title: report === null ? '報告の内容' : '報告を変える', icon: 'file', class: 'no-print' },
    postForm({ action, csrfToken: view.csrfToken, class: 'stack-tight', label: '報告' }, body),
  );
}

/**
 * What may be chosen: of a reaction what the law lists for the dose, with its period, then what it does not; of a dose
 * that the law lists nothing for, every symptom. What the report says today stays to be chosen.
 */
function categoryChoices(view: ReportView): { value: string; label: string }[] {
  const { kind, categories, reactions, form } = view;
  const on = view.entry.fact?.vaccinatedOn ?? null;
  const listed = reactions.map((row) => ({
    value: row.symptom,
    label: on === null || row.within.unit === 'physician' ? row.name : `${row.name}　${spanText(row, on)}`,
  }));
  const isOpen = (key: string): boolean =>
    kind !== 'adverseReaction' || listed.length === 0 || key === form.category || key === 'outsideCriteria';
  const others = Object.entries(categories).flatMap(([value, label]) =>
    isOpen(value) && !listed.some((one) => one.value === value) ? [{ value, label }] : [],
  );
  return [{ value: '', label: '選んでください' }, ...listed, ...others];
}

function versionsPanel(versions: readonly SafetyReport[]): Html {
  return panel(
    { title: '変更の経過', icon: 'history', isFlush: true, class: 'no-print' },
    table<SafetyReport>({
      caption: '変更の経過',
      density: 'dense',
      rows: versions,
      columns: [
        { label: '日時', isRowHeader: true, cell: (one) => instantText(one.recordedAt) },
        { label: '職員', cell: (one) => one.recordedByName },
        { label: '理由', cell: (one) => one.reason ?? '登録' },
      ],
    }),
  );
}
