import { approvalsPath } from '#common-base/access';
import type { PersonId } from '#kernel';
import {
  button,
  emptyState,
  errorOf,
  errorSummary,
  type FormError,
  type Html,
  hiddenField,
  html,
  instantText,
  notice,
  panel,
  postForm,
  selectField,
  statusTag,
  type Tone,
  table,
  textField,
} from '#platform/pages';
import type { NumberEntry } from '../entry/entry-store.ts';
import { numberEntryPath } from './paths.ts';

const kindWords: Readonly<Record<NumberEntry['kind'], string>> = {
  first: '初めての登録',
  correction: '誤りの訂正',
  changed: '番号の変更',
};

const stateWords: Readonly<Record<NumberEntry['state'], { readonly label: string; readonly tone: Tone }>> = {
  drafted: { label: '二人目を待つ', tone: 'warning' },
  approved: { label: '登録中', tone: 'info' },
  entered: { label: '登録した', tone: 'success' },
  refused: { label: '登録していない', tone: 'neutral' },
};

const reasonWords: Readonly<Record<string, string>> = {
  replaced: '新しい手入力に替わりました。',
  numberOfAnother:
    '別の宛名番号の人の番号になっています。同じ人が二つの記録を持っていないか、番号の誤りでないかを確かめてください。',
  keyExchanged: '入力の後に鍵が入れ替わりました。もう一度入れてください。',
};

/** What the page shows; never a number. */
export interface EntryPageView {
  readonly personId: PersonId;
  readonly entries: readonly NumberEntry[];
  readonly isOnRecord: boolean;
  readonly mayEnter: boolean;
  /** The entry that this member may check as the second person; null for everybody else. */
  readonly toCheck: NumberEntry | null;
  /** What was typed beside the number, to be shown again after a refusal. */
  readonly typed: { readonly branchNumber: string; readonly kind: string; readonly grounds: string };
  readonly hasMatched: boolean;
  readonly errors: readonly FormError[];
  readonly csrfToken: string;
}

/** 個人番号の手入力: one person types from the paper, another types again and approves. */
export function numberEntryPage(view: EntryPageView): Html {
  return html`${errorSummary(view.errors)}${view.hasMatched && notice('success', '一人目と同じ番号でした', html`<a href="${approvalsPath}">申請と承認</a>から承認すると、金庫に入ります。`)}${view.toCheck !== null && checkPanel(view, view.toCheck)}${view.mayEnter && draftPanel(view)}${panel(
    { title: 'これまでの手入力', icon: 'history', isFlush: true },
    table<NumberEntry>({
      caption: 'これまでの手入力',
      density: 'dense',
      rows: view.entries,
      whenEmpty: emptyState('手入力はまだありません'),
      columns: [
        { label: '入れた日時', isRowHeader: true, cell: (each) => instantText(each.draftedAt) },
        { label: '種類', cell: (each) => kindWords[each.kind] },
        { label: '枝番', cell: (each) => each.branchNumber ?? 'なし' },
        { label: '書類', cell: (each) => each.grounds },
        { label: '二人', cell: (each) => html`${each.draftedByName}<br>${each.checkedByName ?? '（まだ）'}` },
        {
          label: '状態',
          cell: (each) =>
            html`${statusTag(stateWords[each.state].label, stateWords[each.state].tone)}${each.because !== null && html`<p class="small">${reasonWords[each.because] ?? ''}</p>`}`,
        },
      ],
    }),
  )}`;
}

function draftPanel(view: EntryPageView): Html {
  const kinds = view.isOnRecord ? (['correction', 'changed'] as const) : (['first'] as const);
  return panel(
    { title: '書類を見て個人番号を入れる', icon: 'keyboard' },
    postForm(
      { action: numberEntryPath(view.personId), csrfToken: view.csrfToken, label: '書類を見て個人番号を入れる' },
      html`<div class="stack"><p>入れた番号は、すぐに暗号化され、画面にも記録にも出ません。別の職員が同じ書類を見てもう一度入れ、承認すると登録されます。</p>${textField(
        {
          name: 'individualNumberEntry',
          label: '個人番号',
          hint: '番号確認書類の12桁',
          error: errorOf(view.errors, 'individualNumberEntry'),
          inputMode: 'numeric',
          maxLength: 20,
          width: 20,
          isRequired: true,
        },
      )}${textField({
        name: 'branchNumber',
        label: '枝番',
        value: view.typed.branchNumber,
        hint: '番号が変わるたびに大きくなる番号。なければ空に',
        error: errorOf(view.errors, 'branchNumber'),
        inputMode: 'numeric',
        maxLength: 4,
        width: 5,
      })}${selectField({
        name: 'kind',
        label: '登録の種類',
        value: view.typed.kind,
        error: errorOf(view.errors, 'kind'),
        choices: kinds.map((value) => ({ value, label: kindWords[value] })),
        isRequired: true,
      })}${textField({
        name: 'grounds',
        label: '番号を確かめた書類',
        value: view.typed.grounds,
        hint: '例　個人番号カード（11月24日窓口）。番号は書かないでください',
        error: errorOf(view.errors, 'grounds'),
        maxLength: 200,
        width: 40,
        isRequired: true,
      })}${button('二人目の確認を申請する', { look: 'filled', icon: 'arrowRight' })}</div>`,
    ),
  );
}

function checkPanel(view: EntryPageView, entry: NumberEntry): Html {
  return panel(
    { title: '二人目として同じ番号を入れる', icon: 'check' },
    postForm(
      {
        action: `${numberEntryPath(view.personId)}/check`,
        csrfToken: view.csrfToken,
        label: '二人目として同じ番号を入れる',
      },
      html`<div class="stack"><p>${entry.draftedByName}が「${entry.grounds}」を見て入れました。同じ書類を見て、番号を入れてください。</p>${hiddenField('entryId', String(entry.entryId))}${textField(
        {
          name: 'individualNumberAgain',
          label: '個人番号（もう一度）',
          error: errorOf(view.errors, 'individualNumberAgain'),
          inputMode: 'numeric',
          maxLength: 20,
          width: 20,
          isRequired: true,
        },
      )}${button('くらべる', { look: 'filled', icon: 'check' })}</div>`,
    ),
  );
}
