import { personPath } from '#addressees/persons';
import type { PersonId } from '#kernel';
import {
  button,
  dataList,
  disclosure,
  emptyState,
  errorSummary,
  type FormError,
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
  type Tone,
  table,
  textField,
} from '#platform/pages';
import type { RelayOverview, TracedRelay } from '../intermediate/trace-relays.ts';
import type { ExchangePeer, RelayKind, RelayState, RelayStep } from '../intermediate/types.ts';
import { linkCodePath, relaysPath } from './paths.ts';

const kindWords: Readonly<Record<RelayKind, string>> = {
  linkCode: '符号取得',
  inquiry: '情報照会',
  provision: '情報提供',
};

const stateWords: Readonly<Record<RelayState, { readonly label: string; readonly tone: Tone }>> = {
  wanted: { label: 'これから送る', tone: 'info' },
  requested: { label: '処理通番を受けた', tone: 'info' },
  sentOn: { label: '住基GWに送った', tone: 'info' },
  obtained: { label: '符号あり', tone: 'success' },
  answered: { label: '回答あり', tone: 'success' },
  refused: { label: '断られた', tone: 'error' },
  failed: { label: '成らなかった', tone: 'error' },
  asked: { label: '照会を受けた', tone: 'warning' },
  prepared: { label: '回答を用意した', tone: 'info' },
  sent: { label: '回答を送った', tone: 'success' },
};

const stepWords: Readonly<Record<string, string>> = {
  made: '受け付けた',
  requested: '中間サーバーに送り、処理通番を受けた',
  sentOn: '処理通番を住基GWに送った',
  obtained: '符号が付いたと知らされた',
  answered: '回答を受け取った',
  refused: '中間サーバーに断られた',
  failed: '成らなかった',
  asked: '別の自治体からの照会を受け取った',
  prepared: '回答を受け付けた',
  sent: '回答を中間サーバーに送った',
  digestDiffers: '内容と要約値が合わず、渡さずに捨てた',
};

const reasonWords: Readonly<Record<string, string>> = {
  linkCodeMissing: '符号がない',
  linkCodeFailed: '符号を取得できなかった',
  linkCodeNotGiven: '符号が付かなかった',
  notPermitted: '照会許可用照合リストにない',
  municipalityUnknown: '相手の団体がない',
  digestDiffers: '内容と要約値が合わない',
  nothingAsked: '照会されていないか、回答済み',
  numberGone: '番号がない',
  letterGone: '内容の保存期間が過ぎた',
};

/** Where the code (符号) of a person stands, on the guarded page: asking for it, and everything that was carried. */
export function linkCodePanel(view: {
  readonly personId: PersonId;
  readonly relays: readonly TracedRelay[];
  readonly isOnRecord: boolean;
  readonly csrfToken: string;
}): Html {
  const code = view.relays.find(({ kind }) => kind === 'linkCode');
  const isWanted = code === undefined || code.state === 'refused' || code.state === 'failed';
  const state = code === undefined ? statusTag('取得していない', 'neutral') : stateTag(code);
  const form =
    view.isOnRecord && isWanted
      ? postForm(
          { action: linkCodePath(view.personId), csrfToken: view.csrfToken, label: '符号の取得を求める' },
          button('符号の取得を求める', { look: 'outlined', icon: 'arrowRight' }),
        )
      : null;
  return panel(
    { title: '情報連携の符号', icon: 'shield' },
    html`<div class="stack">${dataList([
      ['符号', state],
      [
        '処理通番',
        typeof code?.processingNumber === 'string' ? html`<span class="mono">${code.processingNumber}</span>` : null,
      ],
    ])}${form}${view.relays.length > 0 && disclosure('これまでのやりとり', html`<div class="stack">${view.relays.map((relay) => traceOf(relay))}</div>`)}</div>`,
  );
}

/** 中間サーバーとのやりとり: whether the lines stand, and 追跡調査 by 処理通番. */
export function relaysPage(
  view: RelayOverview & {
    readonly asked: string;
    readonly errors: readonly FormError[];
    readonly csrfToken: string;
  },
): Html {
  const [error] = view.errors;
  return html`${pageHead('中間サーバーとのやりとり', {
    lead: '符号取得・情報照会・情報提供を、内容を書き換えずに中継した記録です。処理通番で一件の経過をたどれます（追跡調査）。',
  })}${errorSummary(view.errors)}${failureOf('中間サーバー', view.intermediate)}${failureOf('住基ネット', view.network)}${postForm(
    { action: relaysPath, csrfToken: view.csrfToken, label: '追跡調査', class: 'row filter-form no-print' },
    html`${textField({ name: 'number', label: '処理通番', value: view.asked, error: error?.message ?? null, width: 40, size: 'small', autocomplete: 'off' })}${button('たどる', { icon: 'search', size: 'small' })}`,
  )}${panel(
    { title: '接続', icon: 'clock' },
    dataList([
      ['中間サーバー', lineOf(view.intermediate)],
      ['市町村CS・住基GW', lineOf(view.network)],
      ['送るのを待っているもの', `${formatCount(view.waiting)}件`],
    ]),
  )}${view.asked === '' ? latestPanel(view) : tracedPanel(view)}`;
}

/** What was carried last, a line each; 追跡調査 of one goes by its 処理通番, which stands in no address. */
function latestPanel({ relays, csrfToken }: { readonly relays: readonly TracedRelay[]; readonly csrfToken: string }) {
  return panel(
    { title: '最近のやりとり', icon: 'list', isFlush: true },
    table<TracedRelay>({
      caption: '最近のやりとり',
      density: 'dense',
      rows: relays,
      whenEmpty: emptyState('やりとりはありません'),
      columns: [
        { label: '日時', isRowHeader: true, isNoWrap: true, cell: ({ madeAt }) => instantText(madeAt) },
        { label: '種類', isNoWrap: true, cell: ({ kind }) => kindWords[kind] },
        { label: '人', cell: whoseOf },
        { label: '相手の団体コード', cell: ({ counterpart }) => counterpart },
        { label: 'ようす', cell: stateTag },
        {
          label: '処理通番',
          cell: ({ processingNumber: number }) => number !== null && html`<span class="mono">${number}</span>`,
        },
        {
          label: '経過',
          isLabelHidden: true,
          cell: ({ processingNumber: number }) =>
            number !== null &&
            postForm(
              { action: relaysPath, csrfToken, label: `処理通番 ${number} の経過` },
              html`${hiddenField('number', number)}${button('たどる', { size: 'tiny' })}`,
            ),
        },
      ],
    }),
  );
}

function tracedPanel({ relays, asked }: { readonly relays: readonly TracedRelay[]; readonly asked: string }): Html {
  return panel(
    {
      title: `処理通番 ${asked}`,
      icon: 'list',
      aside: html`<a class="no-print" href="${relaysPath}">最近のやりとりへ</a>`,
    },
    relays.length === 0
      ? emptyState('やりとりはありません')
      : html`<div class="stack">${relays.map(
          (relay) => html`<div class="stack-tight"
          ><h3>${kindWords[relay.kind]}（${instantText(relay.madeAt)}） ${stateTag(relay)}</h3>${stepsOf(relay)}</div
        >`,
        )}</div>`,
  );
}

function failureOf(name: string, peer: ExchangePeer | undefined): Html | null {
  if (peer === undefined || peer.failure === null) return null;
  return notice(
    'warning',
    `${name}との連携に失敗しています`,
    html`<p>自動でやり直します。続くときはシステム管理者に知らせてください。</p><p class="small soft">${peer.failure}</p>`,
  );
}

function lineOf(peer: ExchangePeer | undefined): Html | string {
  if (peer === undefined) return 'つながっていません';
  const last = peer.exchangedAt === null ? 'まだありません' : instantText(peer.exchangedAt);
  return html`${peer.origin}<br><span class="small soft">最後に連携できた日時 ${last}</span>`;
}

function traceOf(relay: TracedRelay): Html {
  const head = html`<span>${kindWords[relay.kind]}（${instantText(relay.madeAt)}）${stateTag(relay)}</span>`;
  return disclosure(head, stepsOf(relay));
}

function stepsOf(relay: TracedRelay): Html {
  return html`<div class="stack">${dataList([
    ['人', whoseOf(relay)],
    ['相手の団体コード', relay.counterpart],
    ['処理通番', relay.processingNumber === null ? null : html`<span class="mono">${relay.processingNumber}</span>`],
    ['わけ', relay.because === null ? null : (reasonWords[relay.because] ?? relay.because)],
  ])}${stepTable(relay.steps)}</div>`;
}

function whoseOf({ personId }: TracedRelay): Html | string {
  return personId === null ? '（該当する人なし）' : html`<a href="${personPath(personId)}">この人の画面</a>`;
}

function stepTable(steps: readonly RelayStep[]): Html {
  return table<RelayStep>({
    caption: '経過',
    density: 'dense',
    rows: steps,
    columns: [
      { label: '日時', isRowHeader: true, isNoWrap: true, cell: (each) => instantText(each.at) },
      { label: '経過', cell: (each) => stepWords[each.step] ?? each.step },
      { label: 'だれが', cell: (each) => each.byName },
      {
        label: '内容の要約値',
        cell: (each) =>
          each.letterDigest === null
            ? ''
            : html`<span class="mono small">${shown(each.letterDigest)}</span> ${
                each.letterDigest === each.computedDigest ? statusTag('一致', 'success') : statusTag('不一致', 'error')
              }`,
      },
    ],
  });
}

/** The first letters of a digest in groups: in one piece some would look like numbers of another kind. */
function shown(digest: string): string {
  return [digest.slice(0, 8), digest.slice(8, 16)].join(' ');
}

function stateTag({ state, outcome }: TracedRelay): Html {
  if (state === 'answered' && outcome === 'noRecord') return statusTag('該当なし', 'neutral');
  if (state === 'answered' && outcome === 'refused') return statusTag('提供されない', 'warning');
  return statusTag(stateWords[state].label, stateWords[state].tone);
}
