import { personPath } from '#addressees/persons';
import { formatFormNumber } from '#ledger/forms';
import {
  button,
  buttonLink,
  type Crumb,
  dayField,
  dayText,
  emptyState,
  errorOf,
  errorSummary,
  type FormError,
  figureRow,
  formatCount,
  type Html,
  hiddenField,
  html,
  icon,
  instantText,
  notice,
  pageHead,
  panel,
  postForm,
  selectField,
  type TagWords,
  table,
  tagOf,
  textField,
} from '#platform/pages';
import type { StageName } from '#schedule';
import type { CohortNarrowing } from '../narrow-people.ts';
import type { CohortCounts, CohortSummary, PrintJob, PrintJobState, PrintJobSummary } from '../types.ts';
import { countsView, reasonLine } from './counts-view.ts';
import { type LayoutChoice, stageField } from './layout-choice.ts';
import { hiddenNarrowing, narrowingDisclosure, type SentFields } from './narrowing-fields.ts';
import {
  campaignsPath,
  cohortPath,
  cohortPreviewPath,
  cohortsPath,
  dispatchPath,
  institutionListPath,
  layoutsPath,
  noticesPath,
  outreachPath,
  planPath,
  printedPagePath,
  printFilePath,
  printJobActionPath,
  printJobPath,
  returnsPath,
} from './paths.ts';

/** The way back from a cohort or a print job. */
export const noticeCrumbs: readonly Crumb[] = [{ label: '通知と予診票', href: noticesPath }];

/** What was typed to call a cohort. */
export interface CohortForm {
  readonly label: string;
  readonly layoutId: string;
  /** `programme/stage` where the paper serves any. */
  readonly stage: string;
  readonly asOf: string;
  readonly dueBy: string;
  /** The conditions beside the law as they were typed, where the form is asked again. */
  readonly sent?: SentFields;
}

const jobStates: Readonly<Record<PrintJobState, TagWords>> = {
  waiting: { word: '順番待ち', tone: 'neutral', icon: 'clock' },
  running: { word: '作っています', tone: 'info', icon: 'clock' },
  interrupted: { word: '途切れました', tone: 'warning', icon: 'alert' },
  stopped: { word: '止めました', tone: 'neutral', icon: 'stop' },
  failed: { word: '失敗しました', tone: 'error', icon: 'crossCircle' },
  finished: { word: 'できました', tone: 'success', icon: 'check' },
};

/** How far a print job is, as a tag. */
function printJobTag(state: PrintJobState): Html {
  return tagOf(jobStates[state]);
}

/** Calling people to a vaccination: the form, the frozen cohorts, the print jobs. */
export function noticesPage(view: {
  layouts: readonly LayoutChoice[];
  stages: readonly StageName[];
  cohorts: readonly CohortSummary[];
  printJobs: readonly PrintJobSummary[];
  form: CohortForm;
  errors: readonly FormError[];
  mayPrint: boolean;
  csrfToken: string;
}): Html {
  return html`${pageHead('通知と予診票', {
    lead: '受ける時期の人を台帳から抽出し、予診票を印刷します。亡くなった人、転出した人、もう受けた人は入りません。',
    actions: html`${buttonLink('通知の結果', campaignsPath, { icon: 'chart' })}${buttonLink('年間計画', planPath(null), { icon: 'calendar' })}${buttonLink('戻った郵便', returnsPath, { icon: 'inbox' })}${buttonLink('啓発資材', outreachPath, { icon: 'file' })}${buttonLink('契約医療機関一覧', institutionListPath, { icon: 'file' })}${buttonLink('様式と公印', layoutsPath, { icon: 'file' })}`,
  })}${errorSummary(view.errors)}${view.mayPrint && panel({ title: '対象者を抽出する', icon: 'people' }, cohortForm(view))}${cohortsPanel(view.cohorts)}${printJobsPanel(view.printJobs)}`;
}

function cohortForm(view: {
  layouts: readonly LayoutChoice[];
  stages: readonly StageName[];
  form: CohortForm;
  errors: readonly FormError[];
  csrfToken: string;
}): Html {
  const printable = view.layouts.filter((layout) => layout.faults.length === 0);
  const choices = printable.map((layout) => ({ value: layout.layoutId, label: layout.title }));
  const { form, errors } = view;
  return postForm(
    { action: cohortPreviewPath, csrfToken: view.csrfToken, class: 'stack-tight' },
    html`<div class="form-grid form-grid-even"
      >${selectField({ name: 'layoutId', label: '印刷するもの', choices: [{ value: '', label: '選んでください' }, ...choices], value: form.layoutId, isRequired: true, error: errorOf(errors, 'layoutId'), hint: '予防接種と様式' })}${stageField(view.stages, form.stage, errors)}${textField({ name: 'label', label: '抽出の名前', value: form.label, isRequired: true, error: errorOf(errors, 'label'), hint: '例　12月の個別通知' })}${dayField({ name: 'asOf', label: '判定する日', value: form.asOf, isRequired: true, error: errorOf(errors, 'asOf') })}${dayField({ name: 'dueBy', label: 'いつまでの分', value: form.dueBy, isRequired: true, error: errorOf(errors, 'dueBy'), hint: 'この日までに受けられる人' })}</div
    >${narrowingDisclosure(form.sent, errors)}<div class="button-row">${button('人数を見る', { look: 'filled', icon: 'search' })}</div>`,
  );
}

function cohortsPanel(cohorts: readonly CohortSummary[]): Html {
  return panel(
    { title: '抽出の結果', icon: 'list', isFlush: true },
    table<CohortSummary>({
      caption: '抽出の結果',
      density: 'dense',
      rows: cohorts,
      whenEmpty: emptyState(
        'まだ抽出していません',
        html`<p>上の欄で予防接種と日を選び、「人数を見る」から始めます。</p>`,
        'people',
      ),
      columns: [
        {
          label: '名前',
          isRowHeader: true,
          cell: (cohort) => html`<a href="${cohortPath(cohort.cohortId)}">${cohort.label}</a>`,
        },
        { label: '判定した日', isNoWrap: true, cell: (cohort) => dayText(cohort.asOf) },
        { label: '対象者', isNumber: true, cell: (cohort) => html`<b>${formatCount(cohort.included)}</b>人` },
        { label: '対象外', isNumber: true, cell: (cohort) => html`${formatCount(cohort.excluded)}人` },
        {
          label: 'いつ・だれ',
          isNoWrap: true,
          cell: (cohort) =>
            html`${instantText(cohort.recordedAt)}<br><span class="small soft">${cohort.staffName}</span>`,
        },
      ],
    }),
  );
}

function printJobsPanel(jobs: readonly PrintJobSummary[]): Html {
  return panel(
    { title: '印刷', icon: 'print', isFlush: true },
    table<PrintJobSummary>({
      caption: '印刷',
      density: 'dense',
      rows: jobs,
      whenEmpty: emptyState(
        'まだ印刷していません',
        html`<p>抽出の結果を開いて「印刷を始める」を押します。</p>`,
        'print',
      ),
      columns: [
        {
          label: '印刷',
          isRowHeader: true,
          cell: (job) =>
            html`<a href="${printJobPath(job.printJobId)}">${job.label}</a><br><span class="small soft">${job.layoutTitle}</span>`,
        },
        { label: '発行日', isNoWrap: true, cell: (job) => dayText(job.issuedOn) },
        {
          label: '通',
          isNumber: true,
          cell: (job) => `${formatCount(job.lettersPrinted)} / ${formatCount(job.peopleTotal)}`,
        },
        { label: '見ておくページ', isNumber: true, cell: (job) => formatCount(job.pagesWithFindings) },
        { label: 'ようす', isNoWrap: true, cell: (job) => printJobTag(job.state) },
      ],
    }),
  );
}

/** Who would be in the cohort, in figures with every reason, before it is frozen. */
export function cohortPreviewPage(view: {
  form: CohortForm;
  narrowing: CohortNarrowing;
  layoutTitle: string;
  counts: CohortCounts;
  /** The run that counted: its conditions can be changed. */
  runId: number;
  csrfToken: string;
}): Html {
  const { form, counts } = view;
  const fields = html`${hiddenField('label', form.label)}${hiddenField('layoutId', form.layoutId)}${hiddenField('stage', form.stage)}${hiddenField('asOf', form.asOf)}${hiddenField('dueBy', form.dueBy)}${hiddenNarrowing(view.narrowing)}`;
  const keep = postForm(
    { action: cohortsPath, csrfToken: view.csrfToken },
    html`${fields}<div class="button-row">${button(`この${formatCount(counts.included)}人で決める`, { look: 'filled', icon: 'check', isDisabled: counts.included === 0 })}${buttonLink('条件を直す', `${noticesPath}?counted=${view.runId}`)}</div>`,
  );
  return html`${pageHead(form.label, { lead: view.layoutTitle })}${countsView(counts)}${counts.included === 0 && notice('info', '対象になる人がいません', '日を変えるか、別の予防接種を選んでください。')}${keep}`;
}

/** A print job: its files to fetch, who dropped out at the last moment, which pages to look at. */
export function printJobPage(view: {
  job: PrintJob;
  explain: (pageFinding: PrintJob['pageFindings'][number]) => readonly string[];
  progress: Html | null;
  mayPrint: boolean;
  csrfToken: string;
}): Html {
  const { job } = view;
  const isLive = job.state === 'running' || job.state === 'waiting';
  const actions = view.mayPrint && jobAction(job, view.csrfToken);
  return html`${pageHead(html`${job.label} ${printJobTag(job.state)}`, { lead: html`${job.layoutTitle}　発行日 ${dayText(job.issuedOn)}`, actions })}${isLive && view.progress !== null && panel({ title: '進みぐあい', icon: 'clock' }, view.progress)}${figureRow(
    [
      { label: '印刷した', value: job.lettersPrinted, unit: '通', icon: 'print' },
      ...inserted(job),
      { label: '印刷の直前に除いた', value: job.peopleExcluded, unit: '人', icon: 'dash' },
      { label: '見ておくページ', value: job.pagesWithFindings, unit: 'ページ', icon: 'alert' },
    ],
    '結果',
  )}${job.pagesPrinted > 0 && view.mayPrint && html`<div class="button-row">${buttonLink('発送の前に確かめる（引抜き、発送一覧、ラベル）', dispatchPath(job.printJobId), { icon: 'check' })}</div>`}${filesPanel(job)}${job.exclusions.length > 0 && panel({ title: '直前に除いた理由', icon: 'dash' }, html`<ul class="share-list">${job.exclusions.map((reason) => reasonLine(reason, job.peopleTotal))}</ul>`)}${job.pageFindings.length > 0 && pagesToLookAt(job, view.explain)}`;
}

/** Sheets that go behind letters are a figure of their own, where there are any. */
function inserted({ pagesPrinted, lettersPrinted }: PrintJob) {
  const value = pagesPrinted - lettersPrinted;
  return value === 0 ? [] : [{ label: '翻訳シート', value, unit: '枚', icon: 'print' as const }];
}

function jobAction(job: PrintJob, csrfToken: string): Html | null {
  if (job.state === 'running' || job.state === 'waiting') {
    return postForm(
      { action: printJobActionPath(job.printJobId, 'stop'), csrfToken },
      button('区切りで止める', { icon: 'stop' }),
    );
  }
  if (job.state === 'stopped' || job.state === 'failed' || job.state === 'interrupted') {
    return postForm(
      { action: printJobActionPath(job.printJobId, 'resume'), csrfToken },
      button('続きを印刷する', { look: 'filled', icon: 'print' }),
    );
  }
  return null;
}

function filesPanel(job: PrintJob): Html {
  return panel(
    {
      title: '印刷用のファイル',
      icon: 'file',
      isFlush: true,
      aside: html`<span class="small soft">郵便番号の順</span>`,
    },
    table({
      caption: '印刷用のファイル',
      density: 'dense',
      rows: job.files,
      whenEmpty: emptyState('ファイルはまだできていません', undefined, 'clock'),
      columns: [
        {
          label: 'ファイル',
          isRowHeader: true,
          cell: (file) =>
            file.fileId === null
              ? `${file.part}冊目`
              : buttonLink(`${file.part}冊目のPDF`, printFilePath(job.printJobId, file.part), {
                  size: 'small',
                  icon: 'download',
                  download: true,
                }),
        },
        { label: 'ページ', isNumber: true, cell: (file) => formatCount(file.pages) },
        {
          label: '紙のようす',
          isNoWrap: true,
          cell: (file) =>
            file.pages > 0 &&
            buttonLink('ページを見る', printedPagePath(job.printJobId, file.part, 1), {
              size: 'small',
              icon: 'search',
            }),
        },
        { label: '郵便番号', cell: (file) => `${file.firstPostalCode ?? '－'}～${file.lastPostalCode ?? '－'}` },
        { label: 'できた', isNoWrap: true, cell: (file) => instantText(file.recordedAt) },
      ],
    }),
  );
}

function pagesToLookAt(job: PrintJob, explain: (one: PrintJob['pageFindings'][number]) => readonly string[]): Html {
  return panel(
    { title: '送る前に見るページ', icon: 'alert', isFlush: true },
    table({
      caption: '送る前に見るページ',
      density: 'dense',
      rows: job.pageFindings,
      columns: [
        {
          label: '場所',
          isRowHeader: true,
          isNoWrap: true,
          cell: (one) => `${one.part}冊目 ${one.page === null ? '' : `${one.page}ページ`}`,
        },
        {
          label: '番号',
          cell: (one) =>
            html`<a class="mono" href="${personPath(one.personId)}">${formatFormNumber(one.formNumber ?? '')}</a>`,
        },
        {
          label: '見ること',
          cell: (one) => html`<ul>${explain(one).map((sentence) => html`<li>${icon('alert')} ${sentence}</li>`)}</ul>`,
        },
      ],
    }),
  );
}
