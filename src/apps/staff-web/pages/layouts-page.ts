import type { FeedRow, Layout, LayoutOrigin, NamedLayout, WrittenLayout } from '#common-base/linkage';
import type { Finding } from '#kernel';
import {
  button,
  disclosure,
  emptyState,
  fileField,
  formatCount,
  type Html,
  hiddenField,
  html,
  notice,
  pageHead,
  panel,
  postForm,
  statusTag,
  table,
  textArea,
  textField,
} from '#platform/pages';
import { type CarriedSample, layoutTable, sampleFields } from './layout-table.ts';
import { layoutsPath } from './paths.ts';

/** A layout that a file may be read with: the name it is called by in commands, what it is for, where it is written. */
export interface TitledLayout extends NamedLayout {
  readonly title: string;
}

/** A layout as written, and what it reads from the file it was tried on. */
export interface LayoutsPageView {
  readonly layouts: readonly TitledLayout[];
  readonly name: string;
  readonly text: string;
  /** The text as the table shows it; null where it has not the shape of a layout. */
  readonly written: WrittenLayout | null;
  /** The version kept on a screen that was read; 0 where none is. */
  readonly version: number;
  /** Why it cannot be read, or the file with it. */
  readonly fault: string | null;
  readonly layout: Layout | null;
  readonly rows: readonly FeedRow[];
  readonly sample: CarriedSample | null;
  /** Our items by key, in the words of the office. */
  readonly items: readonly (readonly [key: string, label: string])[];
  readonly mayKeep: boolean;
  readonly csrfToken: string;
  readonly explain: (finding: Finding) => string;
}

const originWords: Readonly<Record<LayoutOrigin, string>> = {
  screen: '画面で登録',
  settings: '設定フォルダー',
  program: 'はじめから',
};

/** The layouts of files, each changed as a table, read on a real file at every step, and kept. */
export function layoutsPage(view: LayoutsPageView): Html {
  const lead = '届くファイルの並びを、実際のファイルで確かめながら作り、登録します。台帳にも受付にも何も入りません。';
  const table = view.written === null ? null : layoutTable({ ...view, written: view.written });
  return html`${pageHead('ファイルの並び', { lead })}${view.fault !== null && notice('warning', 'まだ読めません', view.fault)}<div class="columns columns-beside"
    >${listPanel(view)}<div class="stack">${filePanel(view)}${view.written !== null && keepPanel(view)}</div></div
  >${view.layout !== null && view.sample !== null && view.fault === null && resultPanel(view, view.layout)}${table}`;
}

function listPanel({ layouts, name }: LayoutsPageView): Html {
  const links = layouts.map((one) => {
    const title =
      one.name === name
        ? html`<b aria-current="page">${one.title}</b>`
        : html`<a href="${layoutsPath}?${new URLSearchParams({ name: one.name }).toString()}">${one.title}</a>`;
    return html`<li>${title}<br><span class="small soft"><span class="mono">${one.name}</span>　${originWords[one.origin]}</span></li>`;
  });
  const fresh = name !== '' && html`<p><a href="${layoutsPath}">新しい並びを作る</a></p>`;
  return panel({ title: '並び', icon: 'list' }, html`<ul class="stack-tight">${links}</ul>${fresh}`);
}

/** The file to try; a new layout may begin with it alone. */
function filePanel(view: LayoutsPageView): Html {
  const isNew = view.text === '';
  const hint = isNew
    ? '1行目から列の表の下書きを作ります。どこにも残りません'
    : 'はじめの20行だけを読みます。どこにも残りません';
  const json = textArea({
    name: 'text',
    label: '並び（JSON）',
    value: view.text,
    rows: 18,
    hint: '表と同じ内容です。設定フォルダーの layouts/ に置くファイルもこの形です',
  });
  const form = postForm(
    { action: layoutsPath, csrfToken: view.csrfToken, class: 'stack-tight', takesFiles: true, label: '並びを試す' },
    html`${hiddenField('name', view.name)}${disclosure('JSONで見る・直す', json)}${fileField({ name: 'file', label: '試すファイル', hint })}${button(isNew ? 'このファイルから始める' : 'この並びで読んでみる', { look: 'filled', icon: 'eye' })}`,
  );
  const title = view.layouts.find(({ name }) => name === view.name)?.title ?? '新しい並び';
  return panel({ title, icon: 'file' }, form);
}

/** Keeps what stands in the table; an operator's own file is changed where it is written. */
function keepPanel(view: LayoutsPageView): Html | null {
  if (!view.mayKeep) return null;
  const isOwn = view.layouts.some(({ name, origin }) => name === view.name && origin === 'screen');
  const body = html`${hiddenField('text', view.text)}${hiddenField('version', view.version)}${sampleFields(view.sample)}${textField({ name: 'name', id: 'keep-name', label: '並びの名前', value: isOwn ? view.name : '', isRequired: true, hint: '英小文字・数字・ハイフン。例　clinic-records-kenko' })}${textField({ name: 'reason', id: 'keep-reason', label: '登録の理由', isRequired: true, hint: '例　4月から医師会の入力業者が替わるため' })}${button('この並びを登録する', { icon: 'check' })}`;
  return panel(
    { title: '登録する', icon: 'check' },
    postForm(
      { action: `${layoutsPath}/keep`, csrfToken: view.csrfToken, class: 'stack-tight', label: '並びの登録' },
      body,
    ),
  );
}

function resultPanel(view: LayoutsPageView, layout: Layout): Html {
  const columns = layout.columns.filter((column) => column.type !== 'skip');
  const faulty = view.rows.filter((row) => row.findings.some((each) => each.severity === 'refuse')).length;
  const aside =
    faulty === 0
      ? statusTag('すべて読めました', 'success', 'check')
      : statusTag(`読めない行 ${formatCount(faulty)}`, 'error', 'stop');
  return panel(
    {
      title: `${view.sample?.fileName ?? ''} のはじめの${view.rows.length}行`,
      icon: 'eye',
      isFlush: true,
      aside,
      class: 'may-break',
    },
    table<FeedRow>({
      caption: '読んだ行',
      density: 'dense',
      becomesCards: false,
      rows: view.rows,
      whenEmpty: emptyState('データの行がありません'),
      columns: [
        { label: '行', isRowHeader: true, cell: (row) => String(row.ordinal) },
        ...columns.map((column) => ({
          label: column.name,
          cell: (row: FeedRow) => row.fields[column.key] ?? html`<span class="soft">空</span>`,
        })),
        {
          label: '指摘',
          cell: (row) => html`<ul>${row.findings.map((each) => html`<li>${view.explain(each)}</li>`)}</ul>`,
        },
      ],
    }),
  );
}
