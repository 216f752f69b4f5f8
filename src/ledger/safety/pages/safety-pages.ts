import { type PersonSummary, personPath, sexWord } from '#addressees/persons';
import { type LedgerEntry, type RecordWording, recordsPath } from '#ledger/vaccinations';
import {
  button,
  buttonLink,
  buttonRow,
  checkbox,
  dataList,
  dayField,
  dayText,
  dayValue,
  emptyState,
  errorOf,
  errorSummary,
  type FormError,
  figureRow,
  filterForm,
  formatAge,
  formatCount,
  type Html,
  hiddenField,
  html,
  instantText,
  notice,
  pageHead,
  panel,
  postForm,
  selectField,
  statusTag,
  table,
  textArea,
  textField,
} from '#platform/pages';
import { type ReportKind, reportKinds, type SafetyReport, type WaitingDoses } from '../types.ts';
import { lotTracePath, newReportPath, reportPath, reportsPath } from './paths.ts';

/** Somebody who was given a lot. */
export interface LotLine {
  readonly entry: LedgerEntry;
  readonly person: PersonSummary;
}

/** Who was given a lot in a span of days. */
export function lotPage(view: {
  readonly lot: string;
  readonly fromText: string;
  readonly toText: string;
  readonly error: string | null;
  readonly lines: readonly LotLine[] | null;
  readonly isCut: boolean;
  readonly waiting: readonly WaitingDoses[];
  readonly words: RecordWording;
  readonly institutionName: (code: string) => string;
}): Html {
  const { lines } = view;
  const ask = filterForm(
    { action: lotTracePath, label: 'ロットの追跡', isSearch: true },
    html`${textField({ name: 'lot', label: 'ロット番号', value: view.lot, error: view.error, width: 20, size: 'small' })}${textField({ name: 'from', label: '接種日 いつから', value: view.fromText, width: 10, size: 'small' })}${textField({ name: 'to', label: 'いつまで', value: view.toText, width: 10, size: 'small' })}${button('このロットを追う', { icon: 'search', size: 'small' })}`,
  );
  const people = new Set(lines?.map((line) => line.person.personId)).size;
  const list =
    lines === null
      ? null
      : html`${figureRow(
          [
            { label: '接種', value: lines.length, unit: '件', icon: 'list' },
            { label: '接種した人', value: people, unit: '人', icon: 'people' },
          ],
          'このロットの接種',
        )}${view.isCut && notice('warning', 'はじめの1,000件だけを出しています', '期間を短くして、分けて出してください。')}${waitingNotice(view.waiting)}${panel(
          { title: `ロット ${view.lot} を接種した人`, icon: 'people', isFlush: true, class: 'may-break' },
          lotTable(lines, view),
        )}`;
  return html`${pageHead('ロットの追跡', { lead: '回収や副反応の知らせがあったとき、そのロットを接種した人を一覧にします。そのまま印刷できます。' })}${ask}${list}`;
}

/** Paper that came and is not in the ledger holds doses too. */
function waitingNotice(waiting: readonly WaitingDoses[]): Html | null {
  if (waiting.length === 0) return null;
  const items = waiting.map(
    ({ fileName, href, rows, isMore }) =>
      html`<li><a href="${href}">${fileName}</a>　${formatCount(rows)}行${isMore && '以上'}</li>`,
  );
  const rows = waiting.reduce((sum, one) => sum + one.rows, 0);
  const title = `まだ台帳に入っていない接種が${formatCount(rows)}件${waiting.some(({ isMore }) => isMore) ? '以上' : ''}あります`;
  return notice(
    'warning',
    title,
    html`<p>受付に届いて、登録を待っている行と、送付元に差し戻した行です。下の一覧には出ません。</p><ul>${items}</ul>`,
  );
}

function lotTable(
  lines: readonly LotLine[],
  view: { readonly words: RecordWording; readonly institutionName: (code: string) => string },
): Html {
  return table<LotLine>({
    caption: 'ロットを接種した人',
    density: 'dense',
    rows: lines,
    whenEmpty: emptyState('この期間に、このロットを接種した人はいません', undefined, 'checkCircle'),
    columns: [
      {
        label: '接種日',
        isNoWrap: true,
        cell: ({ entry }) => entry.fact !== null && dayText(entry.fact.vaccinatedOn, { isShort: true }),
      },
      {
        label: '人',
        isRowHeader: true,
        cell: ({ person }) =>
          html`<a href="${personPath(person.personId)}">${person.name === '' ? person.kana : person.name}</a> <span class="mono small">${person.addresseeNumber}</span>`,
      },
      {
        label: '予防接種',
        cell: ({ entry }) => entry.fact !== null && view.words.stage(entry.fact.programme, entry.fact.stage),
      },
      { label: 'ロット', cell: ({ entry }) => html`<span class="mono">${entry.fact?.items.lotNumber}</span>` },
      {
        label: '医療機関',
        cell: ({ entry }) => {
          const code = entry.fact?.items.institutionCode ?? null;
          return code === null ? (entry.fact?.items.institutionOther ?? '') : view.institutionName(code);
        },
      },
      {
        label: '報告',
        cell: ({ entry, person }) =>
          html`<a class="no-print" href="${newReportPath('adverseReaction', person.personId, entry.entryId)}">副反応疑いを報告する</a>`,
      },
    ],
  });
}

/** The reports of a kind in a fiscal year, with counts by category. */
export function reportsPage(view: {
  readonly kind: ReportKind;
  readonly fiscalYear: number;
  readonly reports: readonly SafetyReport[];
  readonly people: ReadonlyMap<number, PersonSummary>;
}): Html {
  const words = reportKinds[view.kind];
  const categories: Readonly<Record<string, string>> = words.categories;
  const live = view.reports.filter((report) => !report.isWithdrawn);
  const counts = Object.entries(categories).flatMap(([category, label]) => {
    const count = live.filter((report) => report.category === category).length;
    return count === 0 ? [] : [{ label, value: count, unit: '件' }];
  });
  const other = view.kind === 'adverseReaction' ? 'vaccinationError' : 'adverseReaction';
  const ask = filterForm(
    { action: '/safety/reports', label: '年度' },
    html`${hiddenField('kind', view.kind)}${textField({ name: 'year', label: '年度', value: String(view.fiscalYear), width: 5, size: 'small', inputMode: 'numeric' })}${button('この年度を見る', { icon: 'search', size: 'small' })}`,
  );
  return html`${pageHead(words.name, {
    lead: `${view.fiscalYear}年度に受けた報告です。接種の記録の画面から、新しい報告を作ります。`,
    actions: html`${buttonLink(reportKinds[other].name, reportsPath(other), { size: 'small' })}${buttonLink('ロットの追跡', lotTracePath, { size: 'small', icon: 'search' })}`,
  })}${ask}${counts.length > 0 && figureRow(counts, '区分ごとの件数')}${panel(
    { title: `${words.name}　${live.length}件`, icon: 'alert', isFlush: true, class: 'may-break' },
    table<SafetyReport>({
      caption: words.name,
      density: 'dense',
      rows: view.reports,
      whenEmpty: emptyState('この年度の報告はありません', undefined, 'checkCircle'),
      columns: [
        { label: '受けた日', isNoWrap: true, cell: (one) => dayText(one.reportedOn, { isShort: true }) },
        {
          label: '人',
          isRowHeader: true,
          cell: (one) =>
            html`<a href="${reportPath(one.reportId)}">${view.people.get(one.personId)?.name ?? '（住民記録なし）'}</a>`,
        },
        { label: words.category, cell: (one) => categories[one.category] },
        { label: words.outcome, cell: (one) => (words.outcomes as Readonly<Record<string, string>>)[one.outcome] },
        { label: '提出', cell: (one) => submissionTag(one) },
      ],
    }),
  )}`;
}

function submissionTag(report: SafetyReport): Html {
  if (report.isWithdrawn) return statusTag('取下げ', 'neutral', 'cross');
  if (report.submittedOn === null) return statusTag('まだ提出していません', 'warning', 'clock');
  return html`${statusTag('提出', 'success', 'check')} ${dayText(report.submittedOn, { isShort: true })} ${report.submittedTo}`;
}

/** What stands in the form of a report, as text. */
export interface ReportForm {
  readonly category: string;
  readonly occurredOn: string;
  readonly description: string;
  readonly outcome: string;
  readonly reportedBy: string;
  readonly reportedOn: string;
  readonly measures: string;
  readonly submittedOn: string;
  readonly submittedTo: string;
  readonly isWithdrawn: boolean;
  readonly reason: string;
}

/** The form of a report as it stands. */
export function formOfReport(report: SafetyReport | null): ReportForm {
  return {
    category: report?.category ?? '',
    occurredOn: dayValue(report?.occurredOn),
    description: report?.description ?? '',
    outcome: report?.outcome ?? '',
    reportedBy: report?.reportedBy ?? '',
    reportedOn: dayValue(report?.reportedOn),
    measures: report?.measures ?? '',
    submittedOn: dayValue(report?.submittedOn),
    submittedTo: report?.submittedTo ?? '',
    isWithdrawn: report?.isWithdrawn ?? false,
    reason: '',
  };
}

/** A report as its printed form, with the versions before and, for whoever may, the form that changes it. */
export function reportPage(view: {
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
  readonly mayReport: boolean;
  readonly form: ReportForm;
  readonly errors: readonly FormError[];
  readonly csrfToken: string;
}): Html {
  const { kind, report, person, entry } = view;
  const words = reportKinds[kind];
  const fact = entry.fact;
  const code = fact?.items.institutionCode ?? null;
  const product = fact?.product ?? null;
  const items = fact?.items ?? {};
  const maker = items.manufacturerName || view.manufacturers.get(items.manufacturerCode ?? '') || null;
  const alongside = view.sameDay.flatMap((one) =>
    one.fact === null
      ? []
      : [
          [view.words.stage(one.fact.programme, one.fact.stage), lotOf(one.fact.items.lotNumber)]
            .filter(Boolean)
            .join('　'),
        ],
  );
  const about = [
    ['氏名', `${person.name}（${person.kana}）`],
    ['生年月日', person.birthText],
    ['性別', sexWord(person.sex)],
    ['接種時の年齢', fact === null || person.bornOn === null ? null : formatAge(person.bornOn, fact.vaccinatedOn)],
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
  ] as const;
  const told =
    report === null
      ? null
      : panel(
          { title: words.name, icon: 'alert', aside: submissionTag(report) },
          dataList([
            [words.category, (words.categories as Readonly<Record<string, string>>)[report.category]],
            [words.occurred, dayText(report.occurredOn)],
            [words.description, report.description],
            [words.outcome, (words.outcomes as Readonly<Record<string, string>>)[report.outcome]],
            ['対応・再発防止', report.measures],
            ['報告者', report.reportedBy],
            ['報告を受けた日', dayText(report.reportedOn)],
            ['提出先', report.submittedTo],
            ['根拠', words.basis],
          ]),
        );
  const actions = html`${buttonLink('一覧へ', reportsPath(kind), { size: 'small', icon: 'arrowLeft' })}${buttonLink('接種の記録へ', recordsPath(person.personId), { size: 'small' })}`;
  return html`${pageHead(report === null ? `${words.name}を作る` : words.name, { lead: `${view.office}　この画面はそのまま報告書として印刷できます。`, actions })}${errorSummary(view.errors)}${panel({ title: '接種した人と接種', icon: 'person' }, dataList(about))}${told}${view.mayReport && reportForm(view)}${view.versions.length > 1 && versionsPanel(view.versions)}`;
}

function lotOf(lotNumber: string | null | undefined): string | null {
  return lotNumber ? `ロット ${lotNumber}` : null;
}

function reportForm(view: Parameters<typeof reportPage>[0]): Html {
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
  const body = html`${hiddenField('kind', kind)}${identity}${selectField({ name: 'category', label: words.category, choices: choose(words.categories), value: form.category, error: errorOf(errors, 'category'), size: 'small' })}${day('occurredOn', words.occurred, true)}${textArea({ name: 'description', label: words.description, value: form.description, error: errorOf(errors, 'description'), isRequired: true, rows: 4 })}${selectField({ name: 'outcome', label: words.outcome, choices: choose(words.outcomes), value: form.outcome, error: errorOf(errors, 'outcome'), size: 'small' })}${textArea({ name: 'measures', label: '対応・再発防止', value: form.measures, rows: 2 })}${textField({ name: 'reportedBy', label: '報告者（医療機関・医師など）', value: form.reportedBy, error: errorOf(errors, 'reportedBy'), isRequired: true, size: 'small' })}${day('reportedOn', '報告を受けた日', true)}${day('submittedOn', '提出した日', false)}${textField({ name: 'submittedTo', label: '提出先', value: form.submittedTo, hint: '例　県庁健康増進課、独立行政法人医薬品医療機器総合機構', size: 'small' })}${change}${buttonRow(button(report === null ? '報告を登録する' : '報告を変える', { look: 'filled', icon: 'check' }))}`;
  const action = report === null ? '/safety/reports' : reportPath(report.reportId);
  return panel(
    { title: report === null ? '報告の内容' : '報告を変える', icon: 'file', class: 'no-print' },
    postForm({ action, csrfToken: view.csrfToken, class: 'stack-tight', label: '報告' }, body),
  );
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
