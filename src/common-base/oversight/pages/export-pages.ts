import { approvalsPath } from '#common-base/access';
import {
  button,
  buttonLink,
  buttonRow,
  checkboxGroup,
  dataList,
  dayField,
  emptyState,
  errorOf,
  errorSummary,
  type FormError,
  type Html,
  hiddenField,
  html,
  instantText,
  notice,
  pageHead,
  panel,
  postForm,
  selectField,
  statusTag,
  type Tone,
  table,
  textArea,
  textField,
} from '#platform/pages';
import type { AskedExport } from '../decide-export.ts';
import { deriveExportState, findFile, isEraseOverdue } from '../derive-export-state.ts';
import type { MadeExport } from '../make-export.ts';
import type { ProvisionBasis } from '../provisions/parse-provisions.ts';
import { basisText } from '../provisions/require-basis.ts';
import type {
  ExportColumn,
  ExportRequest,
  ExportSet,
  ExportState,
  Medium,
  OversightEvent,
  RecordedEvent,
} from '../types.ts';
import { exportPath, exportsPath, mediaPath, provisionsPath } from './paths.ts';

const stateWords: Readonly<Record<ExportState, readonly [string, Tone]>> = {
  waiting: ['承認待ち', 'warning'],
  approved: ['承認済み', 'info'],
  made: ['受取待ち', 'info'],
  taken: ['持ち出し中', 'warning'],
  lapsed: ['受け取らずに消去', 'neutral'],
  erased: ['消去を確認済み', 'success'],
};

const eventWords: Readonly<Record<OversightEvent, string>> = {
  approved: '承認',
  made: '暗号化ファイルの作成',
  taken: '媒体への受取',
  erasedHere: 'システムの中のファイルの消去',
  returned: '返却',
  erasedThere: '媒体からの消去の確認',
  checked: '棚卸し',
  disposed: '廃棄',
};

/** The register of exports. */
export function exportsPage(
  exports: readonly ExportRequest[],
  options: { readonly sets: readonly ExportSet[]; readonly today: string; readonly mayRequest: boolean },
): Html {
  const actions = options.mayRequest && buttonLink('持ち出しを申請する', `${exportsPath}/new`, { look: 'filled' });
  const overdue = exports.filter((each) => isEraseOverdue(each, options.today)).length;
  return html`${pageHead('データの持ち出し', { lead: '申請・承認・作成・受取・消去を、一件ずつ管理簿に残します。個人番号は持ち出せません。', actions })}
    ${overdue > 0 && notice('warning', `消去の期限を過ぎた持ち出しが ${overdue}件あります`, '媒体から消して、消去を届け出てください。')}
    ${panel(
      { title: '持ち出しの管理簿', icon: 'list', isFlush: true },
      table<ExportRequest>({
        caption: 'データの持ち出し',
        rows: exports,
        whenEmpty: emptyState('持ち出しはまだありません'),
        columns: [
          {
            label: '番号',
            isRowHeader: true,
            cell: ({ exportId }) => html`<a href="${exportPath(exportId)}">${exportId}</a>`,
          },
          { label: 'データ', cell: ({ setKey }) => nameOfSet(options.sets, setKey) },
          { label: '渡す先', cell: ({ recipient }) => recipient },
          { label: '媒体', cell: ({ mediumLabel }) => mediumLabel },
          { label: '申請した人', cell: ({ requesterName }) => requesterName },
          { label: '申請日時', cell: ({ requestedAt }) => instantText(requestedAt), isNoWrap: true },
          { label: '消去の期限', cell: ({ eraseBy }) => eraseBy, isNoWrap: true },
          {
            label: '状態',
            cell: (each) =>
              isEraseOverdue(each, options.today)
                ? statusTag('消去の期限切れ', 'error')
                : stateTag(deriveExportState(each)),
            isNoWrap: true,
          },
        ],
      }),
    )}`;
}

/** What the form for a new export needs. */
export interface NewExportPage {
  readonly sets: readonly ExportSet[];
  readonly set: ExportSet | undefined;
  readonly columns: readonly ExportColumn[];
  readonly media: readonly Medium[];
  /** What may be chosen as the basis. */
  readonly bases: readonly ProvisionBasis[];
  readonly typed: AskedExport & { readonly reason: string };
  readonly errors: readonly FormError[];
  readonly csrfToken: string;
}

/** First the set, then its columns: a form works without script. */
export function newExportPage(page: NewExportPage): Html {
  const { set, typed, errors } = page;
  const choices = page.sets.map(({ key, nameJa }) => ({ value: key, label: nameJa }));
  const links = choices.map(
    ({ value, label }) => html`<li><a href="${exportsPath}/new?set=${value}">${label}</a></li>`,
  );
  const head = pageHead('持ち出しを申請する', {
    lead: '要る項目だけを選びます。係長以上の別の職員が承認すると、暗号化ファイルを作れます。',
  });
  if (page.media.length === 0) {
    return html`${head}${notice('warning', '媒体の管理簿に媒体がありません', html`<p><a href="${mediaPath}">媒体の管理簿</a>に登録してから申請してください。</p>`)}`;
  }
  if (set === undefined)
    return html`${head}${panel({ title: 'どのデータですか', icon: 'question' }, html`<ul>${links}</ul>`)}`;
  const error = (field: string) => errorOf(errors, field);
  const fields = html`<div class="stack">
    ${hiddenField('setKey', set.key)}
    ${checkboxGroup({ name: 'columns', label: '項目', choices: page.columns.map(({ key, nameJa }) => ({ value: key, label: nameJa })), values: typed.columns, isRequired: true, error: error('columns') })}
    ${dayField({ name: 'dayFrom', label: `${set.dayNameJa}（初め）`, value: typed.dayFrom, hint: '空けると限りません', size: 'small', error: error('dayFrom') })}
    ${dayField({ name: 'dayTo', label: `${set.dayNameJa}（終わり）`, value: typed.dayTo, size: 'small', error: error('dayTo') })}
    ${selectField({ name: 'mediumId', label: '媒体', choices: [{ value: '', label: '選んでください' }, ...page.media.map(({ mediumId, label }) => ({ value: String(mediumId), label }))], value: String(typed.mediumId || ''), isRequired: true, error: error('mediumId') })}
    ${textField({ name: 'recipient', label: '渡す先', value: typed.recipient, hint: '部署名か委託先の名前', isRequired: true, maxLength: 100, error: error('recipient') })}
    ${selectField({ name: 'provision', label: '提供の根拠', choices: [{ value: '', label: '選んでください' }, ...page.bases.map((basis) => ({ value: basis.id, label: basisText(basis) }))], value: typed.provision, hint: html`何を根拠に渡すのか。<a href="${provisionsPath}">表</a>にないものは渡せません`, isRequired: true, error: error('provision') })}
    ${dayField({ name: 'eraseBy', label: '消去の期限', value: typed.eraseBy, hint: '今日から半年以内', isRequired: true, size: 'small', error: error('eraseBy') })}
    ${textArea({ name: 'reason', label: '目的', value: typed.reason, hint: '住民の氏名や番号は書かないでください', isRequired: true, error: error('reason') })}
    ${buttonRow(button('申請する', { look: 'filled' }))}
  </div>`;
  return html`${head}${errorSummary(errors)}
    ${panel({ title: set.nameJa, icon: 'list' }, postForm({ action: `${exportsPath}/new`, csrfToken: page.csrfToken, label: '持ち出しの申請' }, fields))}`;
}

/** What the page of one export needs. */
export interface ExportPage {
  readonly asked: ExportRequest;
  /** The basis in words. */
  readonly basis: string;
  readonly set: ExportSet | undefined;
  readonly isOwn: boolean;
  readonly today: string;
  readonly csrfToken: string;
  readonly errors: readonly FormError[];
  /** The file that was made now: its password is shown this once. */
  readonly made: MadeExport | null;
}

/** One export with everything that happened to it, and its next step. */
export function exportPage(page: ExportPage): Html {
  const { asked, set, made } = page;
  const state = deriveExportState(asked);
  const names = asked.columns.map((key) => set?.columns.find((column) => column.key === key)?.nameJa ?? key);
  return html`${pageHead(`持ち出し ${asked.exportId}`, { lead: set?.nameJa ?? asked.setKey, actions: stateTag(state) })}
    ${errorSummary(page.errors)}
    ${isEraseOverdue(asked, page.today) && notice('warning', '消去の期限を過ぎています', '媒体から消して、下から届け出てください。')}
    ${made !== null && madeNotice(made, asked, page.csrfToken)}
    ${panel(
      { title: '申請の内容', icon: 'list' },
      dataList([
        ['項目', names.join('、')],
        [set?.dayNameJa ?? '期間', `${asked.dayFrom ?? '（限らない）'} から ${asked.dayTo ?? '（限らない）'} まで`],
        ['媒体', asked.mediumLabel],
        ['渡す先', asked.recipient],
        ['提供の根拠', page.basis],
        ['目的', asked.reason],
        ['消去の期限', asked.eraseBy],
        ['申請した人', html`${asked.requesterName}（${instantText(asked.requestedAt)}）`],
      ]),
    )}
    ${page.isOwn && made === null && nextStep(page, state)}
    ${panel({ title: '経過', icon: 'history', isFlush: true }, eventTable(asked.events))}`;
}

/** What each form of the page does, for readers aloud: no two are called alike. */
const steps = { make: 'ファイルの作成', erase: 'システムの中の消去', erased: '媒体からの消去の届出' } as const;

/** Taking is noted in the register, so it is a form and no link that something may follow by itself. */
function takeForm(asked: ExportRequest, csrfToken: string): Html {
  const take = button('暗号化ファイルを受け取る', { look: 'filled', icon: 'download' });
  return postForm({ action: `${exportPath(asked.exportId)}/file`, csrfToken, label: '受取' }, buttonRow(take));
}

function madeNotice(made: MadeExport, asked: ExportRequest, csrfToken: string): Html {
  return notice(
    'warning',
    'パスワードは、この画面で一度だけ出ます',
    html`<p>パスワード <code>${made.password}</code></p>
      <p>${made.rows}行、${made.people}人分を暗号化しました。パスワードは媒体とは別の方法で渡してください。控えを忘れたら、受け取る前なら作り直せます。</p>
      <p>要約値（SHA-256） <code>${made.digest}</code></p>
      ${takeForm(asked, csrfToken)}`,
  );
}

function nextStep(page: ExportPage, state: ExportState): Html | false {
  const { asked, csrfToken } = page;
  const path = exportPath(asked.exportId);
  const form = (action: keyof typeof steps, body: Html) =>
    postForm({ action: `${path}/${action}`, csrfToken, label: steps[action] }, body);
  const erase =
    findFile(asked.events) !== undefined &&
    form('erase', buttonRow(button('システムの中のファイルを消す', { look: 'plain' })));
  if (state === 'waiting')
    return notice(
      'info',
      '承認を待っています',
      html`<p><a href="${approvalsPath}">申請と承認</a>で確かめられます。</p>`,
    );
  if (state === 'approved') {
    return panel(
      { title: '次にすること', icon: 'check' },
      form('make', buttonRow(button('暗号化ファイルを作る', { look: 'filled' }))),
    );
  }
  if (state === 'made') {
    const again = form('make', buttonRow(button('パスワードを忘れたので作り直す', { look: 'plain' })));
    const take = takeForm(asked, csrfToken);
    return panel({ title: '次にすること', icon: 'check' }, html`<div class="stack">${take}${again}${erase}</div>`);
  }
  if (state !== 'taken') return false;
  const note = textField({
    name: 'note',
    label: '消した方法',
    hint: '完全消去ソフトの名前、物理的な破壊など',
    isRequired: true,
    maxLength: 200,
    error: errorOf(page.errors, 'note'),
  });
  const report = form(
    'erased',
    html`<div class="stack">${note}${buttonRow(button('媒体からの消去を届け出る', { look: 'filled' }))}</div>`,
  );
  return panel({ title: '次にすること', icon: 'check' }, html`<div class="stack">${report}${erase}</div>`);
}

function eventTable(events: readonly RecordedEvent[]): Html {
  return table<RecordedEvent>({
    caption: '経過',
    rows: events,
    whenEmpty: emptyState('まだ何もありません'),
    columns: [
      { label: '日時', cell: ({ occurredAt }) => instantText(occurredAt), isNoWrap: true },
      { label: '経過', isRowHeader: true, cell: ({ event }) => eventWords[event] },
      { label: '行った人', cell: ({ staffName }) => staffName, isNoWrap: true },
      { label: '行数・人数', cell: ({ rows, people }) => (rows === null ? '' : `${rows}行・${people ?? 0}人`) },
      {
        label: 'メモ',
        cell: ({ note, digest }) => note ?? (digest === null ? '' : html`<code>${digest.slice(0, 16)}…</code>`),
      },
    ],
  });
}

function stateTag(state: ExportState): Html {
  const [word, tone] = stateWords[state];
  return statusTag(word, tone);
}

function nameOfSet(sets: readonly ExportSet[], setKey: string): string {
  return sets.find(({ key }) => key === setKey)?.nameJa ?? setKey;
}
