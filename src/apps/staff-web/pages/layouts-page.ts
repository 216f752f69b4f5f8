import type { FeedRow, Layout } from '#common-base/linkage';
import type { Finding } from '#kernel';
import {
  button,
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
} from '#platform/pages';
import { layoutsPath } from './paths.ts';

/** A layout that a file may be read with: the name of its file in the settings, and what it is for. */
export interface NamedLayout {
  readonly name: string;
  readonly title: string;
}

/** A layout as written, and what it reads from the file it was tried on. */
export interface LayoutsPageView {
  readonly layouts: readonly NamedLayout[];
  readonly name: string;
  readonly text: string;
  /** Why it cannot be read, or the file with it. */
  readonly fault: string | null;
  readonly layout: Layout | null;
  readonly rows: readonly FeedRow[];
  readonly fileName: string | null;
  readonly csrfToken: string;
  readonly explain: (finding: Finding) => string;
}

/** The layouts of files, each to be changed for a try and read on a real file before it goes into the settings. */
export function layoutsPage(view: LayoutsPageView): Html {
  const { name, layouts } = view;
  const links = layouts.map((one) => {
    const title =
      one.name === name
        ? html`<b aria-current="page">${one.title}</b>`
        : html`<a href="${layoutsPath}?${new URLSearchParams({ name: one.name }).toString()}">${one.title}</a>`;
    return html`<li>${title}<br><span class="mono small soft">${one.name}</span></li>`;
  });
  const list = panel({ title: '並び', icon: 'list' }, html`<ul class="stack-tight">${links}</ul>`);
  const title = layouts.find((one) => one.name === name)?.title ?? '新しい並び';
  const form = postForm(
    { action: layoutsPath, csrfToken: view.csrfToken, class: 'stack-tight', takesFiles: true, label: '並びを試す' },
    html`${hiddenField('name', name)}${textArea({ name: 'text', label: '並び（JSON）', value: view.text, rows: 18, hint: 'ここで変えても保存されません。うまく読めたら、設定フォルダーの layouts/ に置き、sesshu init で読み込みます' })}${fileField({ name: 'file', label: '試すファイル', hint: 'はじめの20行だけを読みます。どこにも残りません' })}${button('この並びで読んでみる', { look: 'filled', icon: 'eye' })}`,
  );
  const lead = '届くファイルの並びを、実際のファイルで確かめます。台帳にも受付にも何も入りません。';
  return html`${pageHead('ファイルの並び', { lead })}${view.fault !== null && notice('warning', 'まだ読めません', view.fault)}<div class="columns columns-beside"
    >${list}${panel({ title, icon: 'file' }, form)}</div
  >${view.layout !== null && view.fault === null && resultPanel(view, view.layout)}`;
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
      title: `${view.fileName ?? ''} のはじめの${view.rows.length}行`,
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
