import { personPath } from '#addressees/persons';
import { formatIsoDay } from '#kernel';
import { formatFormNumber } from '#ledger/forms';
import { wordOfReference } from '#messages';
import {
  button,
  buttonRow,
  dataList,
  dayText,
  emptyState,
  formatCount,
  type Html,
  hiddenField,
  html,
  instantText,
  notice,
  pageHead,
  panel,
  postForm,
  statusTag,
  table,
} from '#platform/pages';
import { findProductName, nameOfProgramme, nameOfStage, type RuleSet } from '#schedule';
import type { ArrivedRecord, ClinicPeer } from '../types.ts';
import { clinicsPath } from './paths.ts';

/** What the page shows. */
export interface ClinicsView {
  readonly peer: ClinicPeer | undefined;
  readonly held: number;
  readonly waiting: number;
  /** Records that the next batch takes. */
  readonly ready: readonly ArrivedRecord[];
  /** Corrections and forms at which a person must look. */
  readonly forPeople: readonly ArrivedRecord[];
  readonly institutionNames: ReadonlyMap<string, string>;
  readonly rules: RuleSet;
  readonly csrfToken: string;
  readonly mayDeliver: boolean;
  readonly mayAnswer: boolean;
}

/** 医療機関からの記録: what arrived, what waits for a person, and whether the line stands. */
export function clinicsPage(view: ClinicsView): Html {
  if (view.peer === undefined) {
    return html`${pageHead('医療機関からの記録')}
      ${emptyState('医療機関ウェブにつながっていません', '運用者が「sesshu clinics connect」で接続すると、医療機関の記録がここに届きます。')}`;
  }
  return html`${pageHead('医療機関からの記録', { lead: '医療機関ウェブで記録された接種です。受付に入れると、ほかの記録と同じ確認を受けてから台帳に登録できます。' })}
    ${view.peer.failure === null ? null : notice('warning', '医療機関ウェブとの連携に失敗しています', html`<p>自動でやり直します。続くときはシステム管理者に知らせてください。</p><p class="small soft">${view.peer.failure}</p>`)}
    ${view.forPeople.length === 0 ? null : panel({ title: '確かめる記録', icon: 'alert', isFlush: true }, forPeopleTable(view))}
    ${panel({ title: '届いた記録', icon: 'inbox', isFlush: view.ready.length > 0, foot: deliverForm(view) }, readyTable(view))}
    ${panel({ title: '連携の状況', icon: 'clock' }, stateList(view, view.peer))}`;
}

function stateList(view: ClinicsView, peer: ClinicPeer): Html {
  return dataList([
    ['最後に連携できた日時', instantText(peer.exchangedAt) ?? 'まだありません'],
    ['相手が持つ予診票', `${formatCount(view.held)} 枚`],
    ['知らせ直す人', `${formatCount(view.waiting)} 人`],
    ['相手のアドレス', peer.origin],
  ]);
}

function deliverForm({ ready, csrfToken, mayDeliver }: ClinicsView): Html | null {
  if (ready.length === 0 || !mayDeliver) return null;
  return postForm(
    { action: `${clinicsPath}/deliver`, csrfToken, label: '受付に入れる' },
    html`${buttonRow(button(`${ready.length}件を受付に入れる`, { look: 'filled', icon: 'download' }))}
      <p class="small soft">押さなくても、その日の記録は翌日の未明に受付に入ります。当日中は医療機関が訂正することがあります。</p>`,
  );
}

function readyTable(view: ClinicsView): Html {
  return table<ArrivedRecord>({
    caption: '届いた記録',
    density: 'dense',
    rows: view.ready,
    whenEmpty: html`<p>受付に入れる前の記録はありません。</p>`,
    columns: recordColumns(view),
  });
}

function forPeopleTable(view: ClinicsView): Html {
  return table<ArrivedRecord>({
    caption: '確かめる記録',
    density: 'dense',
    rows: view.forPeople,
    columns: [...recordColumns(view), { label: '内容と対応', cell: (row) => whatToDo(row, view) }],
  });
}

function recordColumns({ rules, institutionNames }: ClinicsView) {
  return [
    {
      label: '接種日',
      isRowHeader: true,
      isNoWrap: true,
      cell: (row: ArrivedRecord) => dayText(row.vaccinatedOn, { isShort: true }),
    },
    {
      label: '予診票',
      cell: ({ content, personId }: ArrivedRecord) => {
        const number = formatFormNumber(content.formNumber);
        return personId === null ? number : html`<a href="${personPath(personId)}">${number}</a>`;
      },
      isNoWrap: true,
    },
    {
      label: '種類',
      cell: ({ content }: ArrivedRecord) =>
        `${nameOfProgramme(rules, content.programme)} ${nameOfStage(rules, content.programme, content.stage)}`,
    },
    { label: '結果', isNoWrap: true, cell: ({ content }: ArrivedRecord) => outcomeTag(content) },
    {
      label: 'ワクチン・ロット',
      cell: ({ content }: ArrivedRecord) =>
        content.product === null
          ? ''
          : `${findProductName(rules, content.product) ?? content.product} ${content.lotNumber ?? ''}`,
    },
    {
      label: '医療機関',
      cell: ({ content }: ArrivedRecord) => institutionNames.get(content.institutionCode) ?? content.institutionCode,
    },
    { label: '届いた日時', isNoWrap: true, cell: (row: ArrivedRecord) => instantText(row.arrivedAt) },
  ];
}

function outcomeTag(content: ArrivedRecord['content']): Html {
  if (content.kind === 'withdrawal') return statusTag('取消', 'neutral');
  if (content.isAgainstAdvice) return statusTag('間違い接種の疑い', 'warning');
  const words = { administered: '接種', screeningOnly: '予診のみ', notConsented: '同意なし' } as const;
  return statusTag(words[content.outcome], content.outcome === 'administered' ? 'success' : 'info');
}

function whatToDo(row: ArrivedRecord, { csrfToken, mayAnswer }: ClinicsView): Html {
  const { content, recordId, revision } = row;
  const name = html`${hiddenField('recordId', wordOfReference(recordId))}${hiddenField('revision', revision)}`;
  const isUnknown = row.personId === null;
  const text = isUnknown
    ? '発行番号簿にない番号です。医療機関に予診票を確かめてください。'
    : `受付に入れた後に${content.kind === 'withdrawal' ? '取り消されました' : '訂正されました'}: ${content.reason ?? ''}`;
  if (!mayAnswer) return html`<p>${text}</p>`;
  const replace = postForm(
    { action: `${clinicsPath}/replace`, csrfToken, label: `${formatIsoDay(row.vaccinatedOn)}の記録を受付で置き換える` },
    html`${name}${button('受付で置き換える', { size: 'small' })}`,
  );
  const settle = postForm(
    { action: `${clinicsPath}/settle`, csrfToken, label: `${formatIsoDay(row.vaccinatedOn)}の記録を確認済みにする` },
    html`${name}${button('確認済みにする', { size: 'small', look: 'plain' })}`,
  );
  return html`<p>${text}</p><div class="row">${isUnknown ? null : replace}${settle}</div>`;
}
