import type { PersonId } from '#kernel';
import {
  button,
  buttonLink,
  dataList,
  errorOf,
  errorSummary,
  type FormError,
  type Html,
  html,
  instantText,
  notice,
  panel,
  postForm,
  selectField,
  statusTag,
  table,
  textField,
} from '#platform/pages';
import type { NumberVersion } from '../integrated-numbers.ts';
import type { TracedRelay } from '../intermediate/trace-relays.ts';
import type { ConfirmAnswer, NumberState, RevealedNumber } from '../types.ts';
import { individualNumberPath, numberEntryPath } from './paths.ts';
import { linkCodePanel } from './relay-pages.ts';

/** The panel on the person's page: whether a number is on record, and the way to the guarded page; never a number. */
export function individualNumberPanel(personId: PersonId, state: NumberState): Html {
  const link = buttonLink('個人番号を確かめる', individualNumberPath(personId), { size: 'small', icon: 'lock' });
  const branch = state.branchNumber === null ? '' : `枝番 ${state.branchNumber}`;
  const body = state.isOnRecord ? html`<p>${statusTag('登録あり', 'success')} ${branch}</p>` : stateList(state);
  return panel({ title: '個人番号', icon: 'lock', aside: link }, body);
}

/** What the guarded page shows beside the person: the answer of the last question, if one was asked. */
export interface NumberPageView {
  readonly personId: PersonId;
  readonly state: NumberState;
  readonly versions: readonly NumberVersion[];
  /** 団体内統合宛名番号; null where none was ever given. */
  readonly integratedNumber: string | null;
  /** 利用目的 by their codes. */
  readonly purposes: Readonly<Record<string, string>>;
  readonly answer: ConfirmAnswer | null;
  readonly errors: readonly FormError[];
  readonly mayReveal: boolean;
  /** Typing a number by hand, as the first or the second person. */
  readonly mayEnter: boolean;
  /** What was carried to and from the intermediate server; null for whoever may not see it. */
  readonly relays: readonly TracedRelay[] | null;
  readonly csrfToken: string;
}

/** The guarded page: 本人確認 without showing the number, and showing it for a stated purpose. */
export function individualNumberPage(view: NumberPageView): Html {
  return html`${errorSummary(view.errors)}${view.answer !== null && answerNotice(view.answer)}<div class="columns columns-start"
    ><div class="stack">${confirmPanel(view)}${view.mayReveal && view.state.isOnRecord && revealPanel(view)}</div
    ><div class="stack">${panel({ title: '登録の状況', icon: 'info', aside: view.mayEnter && buttonLink('手で登録・訂正する', numberEntryPath(view.personId), { size: 'small', icon: 'keyboard' }) }, stateList(view.state, view.integratedNumber))}${view.versions.length > 0 && versionsPanel(view.versions)}</div></div
  >${view.relays !== null && linkCodePanel({ personId: view.personId, relays: view.relays, isOnRecord: view.state.isOnRecord, csrfToken: view.csrfToken })}`;
}

/** The number itself, once. */
export function revealedNumberPage(view: {
  readonly personId: PersonId;
  readonly revealed: RevealedNumber;
  /** In words. */
  readonly purpose: string;
  readonly reason: string;
}): Html {
  const { individualNumber, branchNumber, recordedAt } = view.revealed;
  const number = html`<span class="mono nowrap">${individualNumber.replaceAll(/(\d{4})(?=\d)/gu, '$1 ')}</span>`;
  return html`${notice(
    'error',
    '見たことは記録されました。書き写したり、だれかに伝えたりしないでください',
    `利用目的「${view.purpose}」、処理事由「${view.reason}」。用が済んだら、すぐにこの画面を閉じてください。`,
  )}${panel(
    { title: '個人番号', icon: 'lock' },
    dataList([
      ['個人番号', number],
      ['枝番', branchNumber],
      ['登録した日時', instantText(recordedAt)],
    ]),
  )}${buttonLink('個人番号の画面にもどる', individualNumberPath(view.personId), { icon: 'arrowLeft' })}`;
}

/** In place of the page when the vault does not open; what an operator needs stands in the log. */
export function vaultShutPage(isTampered: boolean): Html {
  return isTampered
    ? notice(
        'error',
        'この人の個人番号の記録が壊れているか、書き換えられています',
        '番号は表示しません。すぐに係長とシステムの運用者に知らせてください。',
      )
    : notice(
        'error',
        '個人番号の金庫が開きません',
        '金庫の鍵が見つからないか、合っていません。システムの運用者に知らせてください。個人番号のほかの業務は続けられます。',
      );
}

function confirmPanel({ personId, errors, csrfToken }: NumberPageView): Html {
  return panel(
    { title: '本人の番号かどうかを確かめる', icon: 'check' },
    postForm(
      { action: `${individualNumberPath(personId)}/confirm`, csrfToken, label: '本人の番号かどうかを確かめる' },
      html`<div class="stack">${textField({
        name: 'individualNumber',
        label: '個人番号',
        hint: '番号確認書類の12桁。番号は画面にも記録にも残りません',
        error: errorOf(errors, 'individualNumber'),
        inputMode: 'numeric',
        maxLength: 20,
        width: 20,
        isRequired: true,
      })}${button('確かめる', { look: 'filled', icon: 'check' })}</div>`,
    ),
  );
}

function revealPanel({ personId, purposes, errors, csrfToken }: NumberPageView): Html {
  const choices = Object.entries(purposes).map(([value, label]) => ({ value, label }));
  return panel(
    { title: '個人番号を表示する', icon: 'eye' },
    postForm(
      { action: `${individualNumberPath(personId)}/reveal`, csrfToken, label: '個人番号を表示する' },
      html`<div class="stack">${selectField({
        name: 'purpose',
        label: '利用目的',
        hint: 'だれが、いつ、何のために見たかが記録されます。確かめるだけなら、上の欄で足ります',
        error: errorOf(errors, 'purpose'),
        choices: [{ value: '', label: '選んでください' }, ...choices],
        isRequired: true,
      })}${button('表示する', { look: 'outlined', icon: 'eye' })}</div>`,
    ),
  );
}

/** Every branch number (枝番) that the person had; never a number. */
function versionsPanel(versions: readonly NumberVersion[]): Html {
  return panel(
    { title: '枝番の履歴', icon: 'clock', isFlush: true },
    table<NumberVersion>({
      caption: '枝番の履歴',
      density: 'dense',
      rows: versions,
      columns: [
        { label: '枝番', isRowHeader: true, cell: (each) => each.branchNumber ?? 'なし' },
        { label: '登録した日時', cell: (each) => instantText(each.recordedAt) },
        { label: '状態', cell: (each) => (each.isInForce ? statusTag('いまの番号', 'success') : '以前の番号') },
      ],
    }),
  );
}

function stateList(state: NumberState, integratedNumber: string | null = null): Html {
  if (!state.isOnRecord) {
    return html`<p>${statusTag('登録なし', 'neutral')}</p><p>番号連携からこの人の個人番号を受け取っていません。</p>`;
  }
  return dataList([
    ['登録', statusTag('登録あり', 'success')],
    ['枝番', state.branchNumber],
    [
      '団体内統合宛名番号',
      integratedNumber === null
        ? null
        : html`<span class="mono">${integratedNumber.replaceAll(/(\d{5})(?=\d)/gu, '$1 ')}</span>`,
    ],
    ['これまでの登録', `${state.versions}回`],
    ['最後に変わった日時', state.recordedAt === null ? null : instantText(state.recordedAt)],
  ]);
}

function answerNotice(answer: ConfirmAnswer): Html {
  switch (answer) {
    case 'theirs':
      return notice('success', 'この人の個人番号です', '入れた番号は、登録されている番号と一致しました。');
    case 'formerly':
      return notice(
        'warning',
        'この人の、以前の個人番号です',
        '番号が変わっています。新しい番号確認書類を見せてもらってください。',
      );
    case 'noneOnRecord':
      return notice(
        'info',
        'この人の個人番号は登録されていません',
        '番号連携からまだ受け取っていないため、確かめられません。',
      );
    default:
      return notice(
        'error',
        'この人の個人番号ではありません',
        '入れまちがいがないかを確かめてください。番号が正しければ、人を取り違えていないかを確かめてください。',
      );
  }
}
