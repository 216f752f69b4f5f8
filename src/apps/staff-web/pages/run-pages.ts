import type { Answer } from '#kernel';
import { answerWord, intakeTask } from '#ledger/intake';
import { isUnderWay, type Run, type RunNote, type RunState } from '#platform/jobs';
import {
  button,
  buttonLink,
  emptyState,
  figureRow,
  formatCount,
  type Html,
  html,
  icon,
  instantText,
  notice,
  pageHead,
  panel,
  postForm,
  progress,
  type TagWords,
  table,
  tagOf,
} from '#platform/pages';
import { runPath, runStopPath } from './paths.ts';

const states: Readonly<Record<RunState, TagWords>> = {
  waiting: { word: '順番を待っています', tone: 'neutral', icon: 'clock' },
  running: { word: '動いています', tone: 'info', icon: 'clock' },
  interrupted: { word: '途切れました', tone: 'warning', icon: 'alert' },
  done: { word: '終わりました', tone: 'success', icon: 'check' },
  failed: { word: '失敗しました', tone: 'error', icon: 'crossCircle' },
  stopped: { word: '止めました', tone: 'neutral', icon: 'stop' },
};

/** The figures that work leaves behind, in the order in which they are shown. */
const resultFigures: readonly { readonly key: string; readonly label: string; readonly unit: string }[] = [
  { key: 'rows', label: '読んだ行', unit: '行' },
  { key: 'accepted', label: '取り込んだ', unit: '行' },
  { key: 'questioned', label: '確かめる', unit: '行' },
  { key: 'refused', label: '取り込めない', unit: '行' },
  { key: 'unmappedCharacters', label: '変換できない文字', unit: '字' },
  { key: 'struckRows', label: '備考の番号を伏せた', unit: '行' },
  { key: 'committed', label: '台帳に登録', unit: '件' },
  { key: 'changed', label: '判定が変わった', unit: '行' },
  { key: 'retracted', label: '登録を取り消した', unit: '件' },
  { key: 'included', label: '対象者', unit: '人' },
  { key: 'people', label: '人数', unit: '人' },
  { key: 'due', label: 'いま受けられる', unit: '件' },
  { key: 'overdue', label: '遅れている', unit: '件' },
  { key: 'judged', label: '計算し直した', unit: '人' },
  { key: 'affected', label: '変わる人', unit: '人' },
  { key: 'pages', label: '印刷', unit: 'ページ' },
];

/** A file that is received is judged and no more, nothing of it is taken into the ledger: in the words of the batch's page. */
function labelOf(figure: (typeof resultFigures)[number], kind: string): string {
  const answer = answers.find((one) => one === figure.key);
  return kind === intakeTask.receive && answer !== undefined ? answerWord(answer) : figure.label;
}

const answers: readonly Answer[] = ['accepted', 'questioned', 'refused'];

/** The state of long work as a tag. */
function runStateTag(state: RunState): Html {
  return tagOf(states[state]);
}

/** All long work, running first. */
export function runListPage(runs: readonly Run[]): Html {
  return html`${pageHead('処理の状況', { lead: '時間のかかる処理の進みぐあいです。画面を閉じても処理は続きます。' })}${panel(
    { title: '処理', isFlush: true, icon: 'clock' },
    table<Run>({
      caption: '処理',
      density: 'dense',
      rows: runs,
      whenEmpty: emptyState(
        'まだ処理はありません',
        html`<p>取込や印刷を始めると、ここに進みぐあいが出ます。</p>`,
        'clock',
      ),
      columns: [
        { label: '処理', isRowHeader: true, cell: (run) => html`<a href="${runPath(run.runId)}">${run.label}</a>` },
        { label: 'ようす', isNoWrap: true, cell: (run) => runStateTag(run.state) },
        {
          label: '進みぐあい',
          cell: (run) =>
            isUnderWay(run)
              ? progress({ label: run.label, isLabelHidden: true, done: run.done, total: run.total })
              : amount(run),
        },
        { label: '始めた', isNoWrap: true, cell: (run) => instantText(run.startedAt) },
        { label: '終わった', isNoWrap: true, cell: (run) => instantText(run.finishedAt) },
      ],
    }),
  )}`;
}

function amount(run: Run): string {
  if (run.total === 0) return '対象なし';
  return run.total === null ? formatCount(run.done) : `${formatCount(run.done)} / ${formatCount(run.total)}`;
}

/** One piece of long work; while it runs the page follows by itself. */
export function runPage(view: {
  run: Run;
  next: { label: string; href: string } | null;
  mayStop: boolean;
  csrfToken: string;
}): Html {
  const { run } = view;
  const isRunning = isUnderWay(run);
  const stop = isRunning && view.mayStop && run.stopRequestedAt === null;
  const stopForm =
    stop &&
    postForm(
      { action: runStopPath(run.runId), csrfToken: view.csrfToken },
      button('安全なところで止める', { icon: 'stop' }),
    );
  const go = view.next !== null && !isRunning && buttonLink(view.next.label, view.next.href, { look: 'filled' });
  return html`${pageHead(html`${run.label} ${runStateTag(run.state)}`, { lead: spanText(run) })}${ending(run)}${
    isRunning && panel({ title: '進みぐあい', icon: 'clock' }, followed(run))
  }${run.result !== null && resultRow(run.kind, run.result)}<div class="button-row">${go}${stopForm}</div>`;
}

/** When it began and ended, and how long it took. */
function spanText(run: Run): Html {
  const { startedAt, finishedAt } = run;
  if (finishedAt === null) return html`${instantText(startedAt)}に始めました`;
  const seconds = (finishedAt.getTime() - startedAt.getTime()) / 1000;
  return html`${instantText(startedAt, { hasSeconds: true })}に始め、${secondsText(seconds)}で終わりました`;
}

function followed(run: Run): Html {
  const again = html`<p data-role="look-again"><a href="${runPath(run.runId)}">いまの進みぐあいを見る</a></p>`;
  return html`<progress-poll src="${runPath(run.runId)}"><div data-role="progress">${runProgress(run)}</div>${again}</progress-poll>`;
}

/** The part of the page that is asked for again and again; says when there is nothing more to wait for. */
export function runProgress(run: Run): Html {
  if (!isUnderWay(run))
    return html`<p data-finished="yes">${runStateTag(run.state)} ${instantText(run.finishedAt)}</p>`;
  const asked =
    run.stopRequestedAt !== null &&
    html`<p>${icon('stop')} 止めるように頼みました。区切りのよいところで止まります。</p>`;
  return html`${progress({ label: progressLabel(run), done: run.done, total: run.total })}${asked}`;
}

function progressLabel(run: Run): string {
  if (run.state === 'waiting') return '順番を待っています。まもなく始まります';
  return run.message === '' ? '処理しています' : run.message;
}

function ending(run: Run): Html | null {
  if (run.state === 'failed') return notice('error', '処理は失敗しました。何も書き込まれていません', run.message);
  if (run.state === 'stopped')
    return notice(
      'info',
      '頼まれたところで止まりました',
      '取込・登録・抽出は何も書き込まれていません。必要なら、もう一度始めてください。印刷と接種予定の計算は、済んだところまで残っていて、続きから再開できます。',
    );
  if (run.state === 'interrupted')
    return notice(
      'warning',
      '処理が途切れています',
      '機械が止まった可能性があります。ワーカーが戻ると、取込・登録・抽出は自動でやり直されます（途中まで書き込まれることはありません）。印刷と接種予定の計算は続きから再開できます。個人番号のファイルだけは、もう一度送ってください。',
    );
  if (run.state === 'done' && run.result?.['postponed'] === true)
    return notice(
      'warning',
      'まだ台帳に登録していません',
      '確認のあとで、住民情報、台帳またはきまりが変わり、判定の変わった行があります。その行を確かめてから、もう一度登録してください。',
    );
  if (run.state === 'done' && run.result?.['repeated'] === true)
    return notice(
      'info',
      'このファイルは前に取り込んでいます',
      '前と同じ結果を表示しています。もう一度は書き込んでいません。',
    );
  return null;
}

function resultRow(kind: string, result: RunNote): Html | null {
  const figures = resultFigures.flatMap((figure) => {
    const value = result[figure.key];
    return typeof value === 'number' ? [{ label: labelOf(figure, kind), value, unit: figure.unit }] : [];
  });
  return figures.length === 0 ? null : figureRow(figures, '結果');
}

/** `0.6秒`, `2分05秒`. */
export function secondsText(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)}秒`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}分${String(whole % 60).padStart(2, '0')}秒`;
}
