import type { Day } from '#kernel';
import {
  dayText,
  disclosure,
  emptyState,
  formatAge,
  formatDistance,
  type Html,
  html,
  icon,
  notice,
  panel,
  statusTag,
  table,
} from '#platform/pages';
import { type DrawnTimeline, deriveTimeline } from './derive-timeline.ts';
import { stageTitle } from './due-panel.ts';
import { recordPath } from './paths.ts';
import { verdictTag } from './status-words.ts';
import { timelineTable } from './timeline.ts';
import { type DoseView, doseRowId, type PersonLedgerView, type StageView } from './types.ts';

/** Every dose against the windows of the rules. */
export function timelinePanel(view: PersonLedgerView): Html {
  const drawn = deriveTimeline(view);
  if (drawn === null) {
    return notice(
      'warning',
      '生年月日がわからないので、接種のきまりに照らせません',
      '住民記録で生年月日を確かめ、わかったら住民記録の取込で直してください。下の表の記録はそのまま残ります。',
    );
  }
  const aside = html`<span class="small soft">${dayText(view.asOf)}の時点</span>`;
  const body = drawn.timeline.lanes.length === 0 ? nothingToDraw : timelineTable(drawn.timeline);
  return panel(
    { title: '接種のようす', icon: 'chart', isFlush: true, aside, class: 'may-break' },
    html`${body}${farStages(drawn, view.asOf)}`,
  );
}

const nothingToDraw = emptyState(
  '今と近い将来に、定期接種の対象になるものはありません',
  html`<p>接種の記録もまだありません。</p>`,
  'calendar',
);

function farStages(drawn: DrawnTimeline, asOf: Day): Html | null {
  if (drawn.later.length === 0 && drawn.past.length === 0) return null;
  const name = (stage: StageView) => html`<b>${stageTitle(stage)}</b>`;
  const later = drawn.later.map(
    (stage) =>
      html`<li>${name(stage)} ${stage.eligibleFrom !== null && html`${dayText(stage.eligibleFrom, { isShort: true })}から <span class="soft">${formatDistance(asOf, stage.eligibleFrom)}</span>`}</li>`,
  );
  const past = drawn.past.map(
    (stage) =>
      html`<li>${name(stage)} ${stage.eligibleTo !== null && html`${dayText(stage.eligibleTo, { isShort: true })}まで`}</li>`,
  );
  return html`<div class="timeline-far"
    >${later.length > 0 && disclosure(`まだ先のもの（${later.length}）`, html`<ul>${later}</ul>`)}${past.length > 0 && disclosure(`記録がなく、期間が終わったもの（${past.length}）`, html`<ul>${past}</ul>`)}</div
  >`;
}

/** Every record with its verdict and the reasons, newest first; `changes` leads to what became of them. */
export function dosesPanel(view: PersonLedgerView, changes: Html | null = null): Html {
  const empty = emptyState(
    '接種の記録はまだありません',
    html`<p>医療機関から記録が届くか、前の市町村の記録を取り込むと、ここに並びます。</p>`,
    'book',
  );
  return panel(
    {
      title: '接種の記録',
      icon: 'book',
      isFlush: true,
      aside: html`<span class="small soft">${view.doses.length}件</span>${changes}`,
      class: 'may-break doses',
    },
    table<DoseView>({
      caption: '接種の記録',
      density: 'dense',
      rows: view.doses,
      whenEmpty: empty,
      rowAttributes: (dose) => ({ id: doseRowId(dose.entry.entryId), tabindex: -1 }),
      columns: [
        {
          label: '接種日',
          isNoWrap: true,
          cell: (dose) =>
            html`${dayText(dose.on)}${view.bornOn !== null && html`<br><span class="small soft">${formatAge(view.bornOn, dose.on)}</span>`}`,
        },
        {
          label: '予防接種',
          isRowHeader: true,
          cell: ({ entry, ...dose }) =>
            html`<a href="${recordPath(entry.personId, entry.entryId)}">${doseTitle(dose)}</a>`,
        },
        { label: '判定', cell: (dose) => html`${dose.verdict === null ? outcomeTag(dose) : verdictTag(dose.verdict)}` },
        { label: '理由', cell: (dose) => reasonCell(dose) },
        { label: 'ワクチンとロット', cell: (dose) => productCell(dose) },
        { label: '医療機関', cell: (dose) => dose.institutionName },
      ],
    }),
  );
}

function doseTitle(dose: Omit<DoseView, 'entry'>): Html {
  const title = dose.names === null ? (dose.productName ?? '種類がわからない接種') : dose.names.programmeName;
  const stage = dose.names?.stageName;
  return html`${title}${stage && html` <span class="nowrap">${stage}</span>`}${dose.doseNumber !== null && html` <span class="nowrap">${dose.doseNumber}回目</span>`}`;
}

function outcomeTag(dose: DoseView): Html {
  return dose.entry.fact?.outcome === 'notConsented'
    ? statusTag('未同意', 'neutral')
    : statusTag('予診のみ', 'neutral');
}

/** What is right in a few words, what is wrong in whole sentences with what to do and the article. */
function reasonCell(dose: DoseView): Html {
  const basis = [...new Set(dose.findings.map((finding) => finding.basis).filter((text) => text !== null))];
  const whatToDo = dose.findings.filter((finding) => finding.severity === 'question' && finding.whatToDo !== '');
  const right = dose.reasonsInShort.length > 0 && html`<p class="soft">${dose.reasonsInShort.join('・')}</p>`;
  const found = dose.findings.map((finding) => html`<li>${finding.message}</li>`);
  const wrong = found.length > 0 && html`<ul class="reasons">${found}</ul>`;
  const steps = whatToDo.map((finding) => html`<li>${icon('arrowRight')}<span>${finding.whatToDo}</span></li>`);
  return html`${right}${wrong}${steps.length > 0 && html`<ul class="what-to-do">${steps}</ul>`}${basis.length > 0 && html`<p class="small soft">根拠 ${basis.join('、')}</p>`}${askedBeforeNote(dose)}`;
}

/** What somebody was asked before the record was registered, and why it was taken in or corrected. */
function askedBeforeNote({ askedBefore, entry }: DoseView): Html {
  const asked = askedBefore.map((finding) => html`<li>${finding.message}</li>`);
  const label = entry.kind === 'correction' ? '訂正した理由' : '受け付けた理由';
  return html`${asked.length > 0 && html`<p class="small soft">登録の前に確かめたこと</p><ul class="reasons">${asked}</ul>`}${entry.reason !== null && html`<p class="small"><strong>${label}</strong> ${entry.reason}</p>`}`;
}

function productCell(dose: DoseView): Html {
  const items = dose.entry.fact?.items ?? {};
  const volume = items.doseVolumeMl ? `${items.doseVolumeMl}mL` : null;
  const lot = items.lotNumber && html`ロット <span class="mono">${items.lotNumber}</span>`;
  return html`${dose.productName}<br><span class="small soft nowrap">${lot} ${volume}</span>${dose.manufacturerName !== null && html`<br><span class="small soft">${dose.manufacturerName}</span>`}`;
}
