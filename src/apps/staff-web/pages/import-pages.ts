import { type FeedRun, strikeNumbersBox } from '#common-base/linkage';
import { type ExplainedFinding, sentenceOf } from '#platform/findings';
import {
  button,
  buttonLink,
  dataList,
  dayField,
  emptyState,
  errorOf,
  errorSummary,
  type FormError,
  figureRow,
  fileField,
  formatCount,
  type Html,
  html,
  icon,
  instantText,
  notice,
  pageHead,
  panel,
  postForm,
  radioGroup,
  statusTag,
  table,
} from '#platform/pages';
import { importRunPath, importsPath } from './paths.ts';
import { secondsText } from './run-pages.ts';

/** A kind of data that can be taken in here. */
export interface ImportKind {
  readonly kind: string;
  readonly label: string;
  readonly hint: string;
}

/** The page of imports: what may be sent, and what came. */
export interface ImportListView {
  readonly kinds: readonly ImportKind[];
  readonly runs: readonly FeedRun[];
  readonly labelOf: (kind: string) => string;
  readonly csrfToken: string;
  readonly asOfText: string;
  /** Whether numbers in words are to be struck out, where the form is asked again. */
  readonly strikes: boolean;
  readonly errors: readonly FormError[];
  readonly chosen: string | null;
}

/** Sending a file of another department, and the log of all that came. */
export function importListPage(view: ImportListView): Html {
  return html`${pageHead('他課からの取込', {
    lead: '住民記録、福祉、医療機関、過去の接種記録を取り込みます。おかしな行は取り込まず、一覧にして残します。',
  })}${errorSummary(view.errors)}${view.kinds.length > 0 ? sendPanel(view) : notice('info', 'この画面では、取込の記録だけを見られます', html`<p>ファイルを送るには、データの種類ごとの「取込」の権限が要ります（ふつうは係長）。<a href="/account/permissions">権限を申請する</a>か、係長に頼んでください。</p>`)}${panel(
    { title: '取込の記録', icon: 'list', isFlush: true },
    table<FeedRun>({
      caption: '取込の記録',
      density: 'dense',
      rows: view.runs,
      whenEmpty: emptyState(
        'まだ何も取り込んでいません',
        html`<p>はじめに住民記録の全件を取り込みます。</p>`,
        'upload',
      ),
      columns: [
        {
          label: 'データ',
          isRowHeader: true,
          cell: (run) =>
            html`<a href="${importRunPath(run.runId)}">${view.labelOf(run.kind)}</a><br><span class="small soft">${run.fileName}</span>`,
        },
        {
          label: 'いつ・だれ',
          isNoWrap: true,
          cell: (run) => html`${instantText(run.startedAt)}<br><span class="small soft">${run.staffName}</span>`,
        },
        { label: '行', isNumber: true, cell: (run) => count(run.result?.rows) },
        { label: '取り込んだ', isNumber: true, cell: (run) => count(run.result?.accepted) },
        { label: '確かめる', isNumber: true, cell: (run) => count(run.result?.questioned) },
        { label: '取り込めない', isNumber: true, cell: (run) => count(run.result?.refused) },
        { label: 'ようす', isNoWrap: true, cell: (run) => feedRunTag(run) },
      ],
    }),
  )}`;
}

function count(value: number | undefined): string {
  return value === undefined ? '' : formatCount(value);
}

/** How an arrival came out. */
function feedRunTag(run: FeedRun): Html {
  if (run.state === 'running') return statusTag('取り込んでいます', 'info', 'clock');
  if (run.state === 'failed') return statusTag('読めませんでした', 'error');
  const rest = (run.result?.questioned ?? 0) + (run.result?.refused ?? 0);
  return rest > 0 ? statusTag('確かめる行あり', 'warning', 'question') : statusTag('取込済み', 'success');
}

function sendPanel(view: ImportListView): Html {
  const choices = view.kinds.map((kind) => ({ value: kind.kind, label: kind.label, hint: kind.hint }));
  const body = html`<div class="columns columns-half"
    >${radioGroup({ name: 'kind', label: 'データの種類', choices, value: view.chosen, isRequired: true, error: errorOf(view.errors, 'kind') })}<div class="stack-tight"
      >${dayField({ name: 'asOf', label: '確かめる時点', value: view.asOfText, error: errorOf(view.errors, 'asOf'), hint: 'ふつうは今日のままにします' })}${strikeNumbersBox(view.strikes)}${fileField({ name: 'file', label: 'ファイル', isRequired: true, hint: 'CSV（UTF-8 または シフトJIS）。2GBまで', error: errorOf(view.errors, 'file') })}<div class="button-row">${button('送って取り込む', { look: 'filled', icon: 'upload' })}</div
      ><p class="small soft">${icon('info')} 同じファイルをもう一度送っても、二重にはなりません。</p></div></div
  >`;
  return panel(
    { title: 'ファイルを送る', icon: 'upload' },
    postForm({ action: importsPath, csrfToken: view.csrfToken, takesFiles: true }, body),
  );
}

/** A row that was not simply taken, with its sentences. */
export interface ImportRowView {
  readonly ordinal: number;
  readonly line: number;
  readonly answer: 'accepted' | 'questioned' | 'refused';
  readonly findings: readonly ExplainedFinding[];
}

/** One arrival: figures, and the rows that need a look. */
export function importRunPage(view: {
  run: FeedRun;
  label: string;
  rows: readonly ImportRowView[];
  next: number | null;
}): Html {
  const { run, rows } = view;
  const { result } = run;
  return html`${pageHead(html`${view.label} ${feedRunTag(run)}`, { lead: html`${run.fileName}　${instantText(run.startedAt)}　${run.staffName}` })}${run.failure !== null && notice('error', 'ファイルを読めませんでした。何も書き込まれていません', run.failure)}${
    run.state === 'running' && run.progress !== null && unfinishedNotice(run.progress)
  }${
    result !== null &&
    figureRow(
      [
        { label: '読んだ行', value: result.rows, unit: '行' },
        { label: '取り込んだ', value: result.accepted, unit: '行', icon: 'check' },
        { label: '確かめる', value: result.questioned, unit: '行', icon: 'question' },
        { label: '取り込めない', value: result.refused, unit: '行', icon: 'crossCircle' },
        { label: '変換できない文字', value: result.unmappedCharacters, unit: '字', icon: 'alert' },
      ],
      '結果',
    )
  }${
    result !== null &&
    panel(
      {
        title: '見ておく行',
        icon: 'list',
        isFlush: true,
        aside:
          rows.length > 0 &&
          buttonLink('この一覧をCSVで', `${importRunPath(run.runId)}/rows.csv`, {
            icon: 'download',
            download: true,
            size: 'tiny',
          }),
        foot:
          view.next !== null &&
          buttonLink('次のページ', `${importRunPath(run.runId)}?after=${view.next}`, {
            size: 'small',
            icon: 'arrowRight',
          }),
      },
      table<ImportRowView>({
        caption: '見ておく行',
        density: 'dense',
        rows,
        whenEmpty: emptyState('すべての行をそのまま取り込みました', undefined, 'checkCircle'),
        columns: [
          { label: '行', isNumber: true, isRowHeader: true, cell: (row) => formatCount(row.ordinal) },
          { label: '結果', isNoWrap: true, cell: (row) => rowTag(row) },
          {
            label: '理由と、すること',
            cell: (row) =>
              html`<ul class="finding-list">${row.findings.map((finding) => html`<li>${sentenceOf(finding)}${finding.whatToDo !== '' && html`<span class="finding-todo">${icon('arrowRight')}${finding.whatToDo}</span>`}</li>`)}</ul>`,
          },
        ],
      }),
    )
  }${panel(
    { title: 'ファイル', icon: 'file' },
    dataList([
      ['大きさ', `${formatCount(run.bytes)}バイト`],
      ['指紋（SHA-256）', html`<span class="mono small">${run.digest}</span>`],
      ['ファイルの形', run.layoutName],
      ['かかった時間', result === null ? null : secondsText(result.seconds)],
    ]),
  )}`;
}

/** A file taken in by parts that has not come to its end: still under way, or stopped. */
function unfinishedNotice(progress: Readonly<Record<string, number>>): Html {
  return notice(
    'info',
    `${formatCount(progress['rows'] ?? 0)}行までを台帳に入れました`,
    html`<p>取込が止まっていたら、同じファイルをもう一度送ってください。この続きから取り込みます。</p>`,
  );
}

function rowTag(row: ImportRowView): Html {
  if (row.answer === 'refused') return statusTag('取り込めない', 'error');
  return row.answer === 'questioned'
    ? statusTag('確かめる', 'warning', 'question')
    : statusTag('取り込んだ', 'success');
}
