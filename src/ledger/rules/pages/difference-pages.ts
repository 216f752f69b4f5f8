import type { Day } from '#kernel';
import {
  button,
  dayField,
  emptyState,
  errorOf,
  errorSummary,
  type FormError,
  formatCount,
  formatWesternDay,
  type Html,
  html,
  pageHead,
  panel,
  statusTag,
  table,
} from '#platform/pages';
import type { RuleSet } from '#schedule';
import type { RowDifference } from '../derive-row-differences.ts';
import { differencesPath } from './paths.ts';
import { aboutWords, cellLines, cellWords, columnWords, tableWords } from './row-words.ts';

/** What begins and ends between two days. */
export function differencesPage(view: {
  readonly rules: RuleSet;
  readonly from: { readonly text: string; readonly day: Day | null };
  readonly to: { readonly text: string; readonly day: Day | null };
  readonly differences: readonly RowDifference[];
  readonly errors: readonly FormError[];
}): Html {
  const { rules, from, to, differences, errors } = view;
  const lead = '二つの日の間に、始まるきまりと終わるきまりです。接種した日で見ます。';
  const form = html`<form method="get" action="${differencesPath}" class="rules-days">
    ${dayField({ name: 'from', label: '前の日', value: from.text, error: errorOf(errors, 'from'), width: 10 })}
    ${dayField({ name: 'to', label: 'あとの日', value: to.text, error: errorOf(errors, 'to'), width: 10 })}
    ${button('くらべる', { look: 'filled', icon: 'search' })}</form>`;
  const found =
    from.day !== null && to.day !== null
      ? differencesPanel(rules, differences, {
          title: `${formatWesternDay(from.day)} と ${formatWesternDay(to.day)} の違い`,
          before: '終わる',
          after: '始まる',
        })
      : null;
  return html`${pageHead('きまりの違い', { lead })}${errorSummary(errors)}${panel({ title: 'くらべる日', icon: 'clock' }, form)}${found}`;
}

/** Differences of rows as a table. */
export function differencesPanel(
  rules: RuleSet,
  differences: readonly RowDifference[],
  words: { readonly title: string; readonly before: string; readonly after: string },
): Html {
  const tag = ({ before, after }: RowDifference): Html => {
    if (before === null) return statusTag(words.after, 'success', 'check');
    return after === null ? statusTag(words.before, 'neutral', 'cross') : statusTag('変わる', 'warning', 'file');
  };
  return panel(
    {
      title: words.title,
      icon: 'book',
      isFlush: true,
      aside: html`<span class="small soft">${formatCount(differences.length)}行</span>`,
    },
    table<RowDifference>({
      caption: words.title,
      density: 'dense',
      rows: differences,
      whenEmpty: emptyState('違いはありません', undefined, 'check'),
      columns: [
        { label: '違い', isNoWrap: true, cell: tag },
        { label: '表', cell: ({ table: name }) => tableWords(name) },
        {
          label: 'きまり',
          isRowHeader: true,
          cell: ({ before, after }) => {
            const row = after ?? before;
            return row === null ? '' : html`${aboutWords(rules, row)}<br><span class="small soft">${row.rule}</span>`;
          },
        },
        { label: '内容', cell: (difference) => contentCell(rules, difference) },
        {
          label: '根拠',
          cell: ({ before, after }) => html`<span class="small">${(after ?? before)?.cells.get('basis') ?? ''}</span>`,
        },
      ],
    }),
  );
}

function contentCell(rules: RuleSet, { before, after, columns }: RowDifference): Html {
  if (before !== null && after !== null) {
    const lines = columns.map(
      (column) =>
        html`<li>${columnWords(column)}　${cellWords(rules, column, before.cells.get(column) ?? '')} → <b>${cellWords(rules, column, after.cells.get(column) ?? '')}</b></li>`,
    );
    return html`<ul>${lines}</ul>`;
  }
  const row = after ?? before;
  return html`<ul>${row === null ? [] : cellLines(rules, row).map((line) => html`<li>${line}</li>`)}</ul>`;
}
