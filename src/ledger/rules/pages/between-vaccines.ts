import type { Day } from '#kernel';
import type { Html } from '#platform/pages';
import type { RuleSet } from '#schedule';
import { cell, productWords, rowsPanel } from './row-panel.ts';
import { intervalWords } from './rule-words.ts';

/** The rules between different vaccines on a day, with those of other days folded below. */
export function betweenVaccinesPanel(rules: RuleSet, day: Day): Html | null {
  return rowsPanel(
    {
      title: '異なるワクチンの間隔',
      rows: rules.rows.filter(({ table }) => table.replace(/\.csv$/u, '') === 'cross-vaccine'),
      columns: [
        { label: '前に受けたもの', isRowHeader: true, cell: (row) => vaccineWords(rules, cell(row, 'previous')) },
        { label: '次に受けるもの', cell: (row) => laterWords(rules, cell(row, 'later'), cell(row, 'scope')) },
        { label: '間隔', isNoWrap: true, cell: (row) => intervalWords(cell(row, 'minimum')) },
      ],
    },
    day,
  );
}

const formWords: Readonly<Record<string, string>> = {
  liveInjectable: '注射の生ワクチン',
  liveOral: '経口の生ワクチン',
  inactivated: '不活化ワクチン',
};

/** Which vaccines a rule speaks of: by their form, by name, or all but some. */
function vaccineWords(rules: RuleSet, text: string): string {
  const terms = text.split(/\s+/u);
  const named = terms.filter((term) => !term.startsWith('except:')).map((term) => termWords(rules, term));
  const excepted = terms.filter((term) => term.startsWith('except:')).map((term) => productWords(rules, term.slice(7)));
  return `${named.join('、')}${excepted.length === 0 ? '' : `（${excepted.join('、')}を除く）`}`;
}

function termWords(rules: RuleSet, term: string): string {
  const [kind = '', name = ''] = term.split(':');
  if (kind === 'form') return formWords[name] ?? name;
  return kind === 'product' ? productWords(rules, name) : 'どのワクチンも';
}

/** A rule of other programmes says nothing of the next dose of the same. */
function laterWords(rules: RuleSet, later: string, scope: string): string {
  const words = vaccineWords(rules, later);
  return scope === 'any' ? words : `ほかの予防接種の${words.replace('どのワクチンも', 'ワクチン')}`;
}
