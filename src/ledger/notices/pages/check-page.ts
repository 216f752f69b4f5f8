import { personPath } from '#addressees/persons';
import type { Finding } from '#kernel';
import { buttonLink, emptyState, formatCount, type Html, html, notice, pageHead, panel, table } from '#platform/pages';
import type { TroubledLetter } from '../check-before-printing.ts';
import type { Cohort } from '../types.ts';
import { cohortPath, layoutPath } from './paths.ts';

/** Whose letter would not come out or not arrive as it should, before anything is printed, with what to do. */
export function checkPage(view: {
  cohort: Cohort;
  layoutFindings: readonly Finding[];
  troubled: readonly TroubledLetter[];
  total: number;
  explain: (finding: Finding) => { readonly message: string; readonly whatToDo: string };
}): Html {
  const { cohort, troubled, total } = view;
  const more =
    total > troubled.length &&
    notice('info', `ほかに${formatCount(total - troubled.length)}人います`, '直してから、もう一度確かめてください。');
  return html`${pageHead('印刷の前の確かめ', { lead: cohort.label, actions: buttonLink('抽出にもどる', cohortPath(cohort.cohortId), { icon: 'arrowLeft' }) })}${layoutPanel(view)}${more}${panel(
    { title: '確かめる人', icon: 'alert', isFlush: true },
    table<TroubledLetter>({
      caption: '確かめる人',
      density: 'dense',
      rows: troubled,
      whenEmpty: emptyState('書体にない文字も、宛先の不備もありません', html`<p>このまま印刷できます。</p>`, 'check'),
      columns: [
        {
          label: '氏名',
          isRowHeader: true,
          cell: ({ person }) =>
            html`<a href="${personPath(person.personId)}">${person.name === '' ? person.kana : person.name}</a>`,
        },
        {
          label: '確かめること',
          cell: ({ findings }) =>
            html`<ul>${findings.map((one) => html`<li>${view.explain(one).message}<br><span class="small soft">${view.explain(one).whatToDo}</span></li>`)}</ul>`,
        },
      ],
    }),
  )}`;
}

/** What is wrong with the layout itself: nothing of the cohort prints until it is mended. */
function layoutPanel({
  cohort,
  layoutFindings,
  explain,
}: {
  cohort: Cohort;
  layoutFindings: readonly Finding[];
  explain: (finding: Finding) => { readonly message: string; readonly whatToDo: string };
}): Html | false {
  if (layoutFindings.length === 0) return false;
  const faults = layoutFindings.map(explain);
  return panel(
    { title: '様式を直すまで印刷できません', icon: 'alert' },
    html`<ul>${faults.map((fault) => html`<li>${fault.message}<br><span class="small soft">${fault.whatToDo}</span></li>`)}</ul><div class="button-row">${buttonLink('様式を開く', layoutPath(cohort.layoutId), { icon: 'file' })}</div>`,
  );
}
