import { buttonLink, emptyState, type Html, html, panel, statusTag, table } from '#platform/pages';
import type { TranslationSummary } from '../list-translations.ts';
import { samplePath } from './paths.ts';

/** The languages of the translation sheets: who checked them, and whether they go out. */
export function translationsPanel(translations: readonly TranslationSummary[]): Html {
  const list = panel(
    { title: '翻訳シート', icon: 'file', isFlush: true },
    html`${table<TranslationSummary>({
      caption: '翻訳シート',
      density: 'dense',
      rows: translations,
      whenEmpty: emptyState('翻訳はありません', html`<p>日本語の予診票だけを印刷します。</p>`, 'file'),
      columns: [
        {
          label: '言語',
          isRowHeader: true,
          cell: ({ language, name, ownName }) =>
            html`${name} <span class="small soft" lang="${language}">${ownName}</span>`,
        },
        { label: '確認', cell: checkedText },
        {
          label: '使い方',
          cell: ({ maySend }) =>
            maySend ? statusTag('予診票に付けます', 'success', 'check') : statusTag('付けません', 'warning', 'dash'),
        },
        {
          label: '予診票',
          cell: ({ covered, lacking }) =>
            lacking.length === 0
              ? `${covered.length}種類すべて`
              : html`${covered.length}種類<br><span class="small soft">訳のない文がある: ${lacking.join('、')}</span>`,
        },
        {
          label: '見本',
          isNoWrap: true,
          cell: ({ language, name, covered: [first] }) =>
            first !== undefined &&
            buttonLink(`${name}の見本`, `${samplePath(first.layoutId)}?language=${language}`, {
              size: 'small',
              icon: 'file',
            }),
        },
      ],
    })}`,
  );
  return html`${list}<p class="small soft">「通知の希望」に言語のある人の予診票のすぐ後ろに、同じ番号の翻訳シートを印刷します。確認した人と日、確認前でも使うかは、設定の translations.json で決めます。</p>`;
}

function checkedText({ state }: TranslationSummary): Html | string {
  if (state === null) return statusTag('読めません', 'error', 'alert');
  if (state.checkedOn === null) return statusTag('医療翻訳者の確認前', 'warning', 'alert');
  return `${state.checkedOn}　${state.checkedBy ?? ''}`;
}
