import type { RulesVersion } from '#common-base/municipalities';
import {
  disclosure,
  emptyState,
  type Html,
  html,
  instantText,
  notice,
  pageHead,
  panel,
  statusTag,
  table,
} from '#platform/pages';
import type { RuleSet } from '#schedule';
import type { RowDifference } from '../derive-row-differences.ts';
import { differencesPanel } from './difference-pages.ts';
import { versionPath } from './paths.ts';
import { tableWords } from './row-words.ts';

/** Every version that judged here. */
export function versionsPage(versions: readonly RulesVersion[], current: string): Html {
  const lead =
    '判定に使ったきまりは、版ごとに本文をそのまま残しています。受付や対象者の記録にある版の番号から、そのときのきまりを読めます。';
  return html`${pageHead('きまりの版', { lead })}${panel(
    { title: '使われた版', icon: 'history', isFlush: true },
    table<RulesVersion>({
      caption: '使われた版',
      density: 'dense',
      rows: versions,
      whenEmpty: emptyState('まだ判定に使われた版はありません', undefined, 'history'),
      columns: [
        {
          label: '版',
          isRowHeader: true,
          isNoWrap: true,
          cell: ({ version }) => html`<a class="mono" href="${versionPath(version)}">${version}</a>`,
        },
        {
          label: 'いま',
          cell: ({ version }) => version === current && statusTag('いまのきまり', 'success', 'check'),
        },
        { label: '使い始めた', isNoWrap: true, cell: ({ firstUsedAt }) => instantText(firstUsedAt) },
        { label: '使い始めた処理または人', cell: ({ firstUsedBy }) => firstUsedBy },
      ],
    }),
  )}`;
}

/** One version: what it holds, and how it differs from the present one. */
export function versionPage(view: {
  readonly version: RulesVersion;
  /** Null where the program of today can no longer read the texts; they stand below all the same. */
  readonly rules: RuleSet | null;
  readonly texts: ReadonlyMap<string, string>;
  readonly isCurrent: boolean;
  readonly differences: readonly RowDifference[];
}): Html {
  const { version, rules, texts, isCurrent, differences } = view;
  const lead = html`${instantText(version.firstUsedAt)}から。使い始めた処理または人: ${version.firstUsedBy}`;
  const compared =
    rules !== null &&
    !isCurrent &&
    differencesPanel(rules, differences, { title: 'いまのきまりとの違い', before: 'この版だけ', after: 'いまだけ' });
  const unread =
    rules === null &&
    notice('info', 'この版は、いまのプログラムでは読み取れません', '本文は、下にそのまま残っています。');
  const tables = [...texts].map(([name, text]) =>
    disclosure(
      html`${tableWords(name)} <span class="small soft">${name}</span>`,
      html`<pre class="rules-text" tabindex="0" aria-label="${name} の本文">${text}</pre>`,
    ),
  );
  return html`${pageHead(html`きまりの版 <span class="mono">${version.version}</span>`, { lead })}${
    isCurrent && notice('info', 'いま使っているきまりです', 'これからの判定は、この版で行います。')
  }${unread}${compared}${panel({ title: '本文', icon: 'file' }, html`${tables}`)}`;
}
