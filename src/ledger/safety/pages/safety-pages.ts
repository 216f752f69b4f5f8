import { type PersonSummary, personPath } from '#addressees/persons';
import { formatIsoDay } from '#kernel';
import type { LedgerEntry, RecordWording, TracedDose } from '#ledger/vaccinations';
import {
  button,
  buttonLink,
  dayText,
  emptyState,
  figureRow,
  filterForm,
  formatCount,
  type Html,
  hiddenField,
  html,
  notice,
  pageHead,
  panel,
  statusTag,
  table,
  textField,
} from '#platform/pages';
import { type ReportKind, reportKinds, type SafetyReport, type WaitingDoses } from '../types.ts';
import { lotTraceOf, lotTracePath, newReportPath, reportPath, reportsPath } from './paths.ts';

/** Somebody who was given a lot. */
export interface LotLine {
  readonly entry: LedgerEntry;
  readonly person: PersonSummary;
}

/** Where a lot went: all of its doses counted, one page of them, and files with doses that wait. */
export interface LotTrace {
  readonly doses: number;
  readonly people: number;
  readonly lines: readonly LotLine[];
  /** The last dose of this page; null where no more follow. */
  readonly next: TracedDose | null;
  readonly waiting: readonly WaitingDoses[];
}

/** Who was given a lot, in a span of days or ever. */
export function lotPage(view: {
  readonly lot: string;
  readonly fromText: string;
  readonly toText: string;
  readonly error: string | null;
  /** What was found; null where no lot was asked for. */
  readonly trace: LotTrace | null;
  readonly words: RecordWording;
  readonly institutionName: (code: string) => string;
}): Html {
  const { trace } = view;
  const ask = filterForm(
    { action: lotTracePath, label: 'ロットの追跡', isSearch: true },
    html`${textField({ name: 'lot', label: 'ロット番号', value: view.lot, error: view.error, width: 20, size: 'small' })}${textField({ name: 'from', label: '接種日 いつから（空欄はすべて）', value: view.fromText, width: 10, size: 'small' })}${textField({ name: 'to', label: 'いつまで', value: view.toText, width: 10, size: 'small' })}${button('このロットを追う', { icon: 'search', size: 'small' })}`,
  );
  return html`${pageHead('ロットの追跡', { lead: '回収や副反応の知らせがあったとき、そのロットを接種した人を一覧にします。そのまま印刷できます。' })}${ask}${trace !== null && traceList(trace, view)}`;
}

function traceList(trace: LotTrace, view: Parameters<typeof lotPage>[0]): Html {
  const { lines, next, doses, people } = trace;
  const isWhole = view.fromText === '' && view.toText === '';
  const figures = [
    { label: '接種', value: doses, unit: '件', icon: 'list' },
    { label: '接種した人', value: people, unit: '人', icon: 'people' },
  ] as const;
  return html`${figureRow([...figures], isWhole ? 'このロットの接種（すべての期間）' : 'この期間の、このロットの接種')}${!isWhole && notice('warning', '書かれた期間の接種だけです', html`<p>回収のときは、<a href="${lotTraceOf(view.lot)}">すべての期間</a>を見てください。</p>`)}${waitingNotice(trace.waiting)}${panel(
    {
      title: `ロット ${view.lot} を接種した人`,
      icon: 'people',
      isFlush: true,
      class: 'may-break',
      foot: next !== null && buttonLink(`${formatCount(doses)}件のうち、次の人を見る`, pageAfter(next, view)),
    },
    lotTable(lines, view),
  )}`;
}

function pageAfter(
  { vaccinatedOn, entryId }: TracedDose,
  view: { lot: string; fromText: string; toText: string },
): string {
  const { lot, fromText: from, toText: to } = view;
  const query = new URLSearchParams({ lot, from, to, after: `${formatIsoDay(vaccinatedOn)}.${entryId}` });
  return `${lotTracePath}?${query.toString()}`;
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
    whenEmpty: emptyState('このロットを接種した人はいません', undefined, 'checkCircle'),
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
  readonly categories: Readonly<Record<string, string>>;
}): Html {
  const words = reportKinds[view.kind];
  const { categories } = view;
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
        { label: words.category, cell: (one) => categories[one.category] ?? one.category },
        { label: words.outcome, cell: (one) => (words.outcomes as Readonly<Record<string, string>>)[one.outcome] },
        { label: '提出', cell: (one) => submissionTag(one) },
      ],
    }),
  )}`;
}

/** Whether and where a report was handed in. */
export function submissionTag(report: SafetyReport): Html {
  if (report.isWithdrawn) return statusTag('取下げ', 'neutral', 'cross');
  if (report.submittedOn === null) return statusTag('まだ提出していません', 'warning', 'clock');
  return html`${statusTag('提出', 'success', 'check')} ${dayText(report.submittedOn, { isShort: true })} ${report.submittedTo}`;
}
