import {
  button,
  buttonRow,
  errorOf,
  errorSummary,
  type FormError,
  type Html,
  hiddenField,
  html,
  notice,
  pageHead,
  panel,
  postForm,
  radioGroup,
  textField,
} from '#platform/pages';
import { unsentField, unsentNotice } from './unsent.ts';

/** What was typed into a search, by the names of its fields. */
export type SearchFields = readonly (readonly [name: string, value: string])[];

/** The choice of the 処理事由. */
export interface ReasonPage {
  readonly reasons: readonly string[];
  readonly current: string | null;
  readonly next: string;
  /** Whether a form brought here that did not arrive: who sent it must know. */
  readonly isUnsent: boolean;
  /** What was typed into a search that waits for the choice, by field; never an individual number. */
  readonly search: SearchFields;
  readonly csrfToken: string;
  readonly errors: readonly FormError[];
}

/** Asks why the person works with residents' data now; it holds until it is changed. */
export function reasonPage(page: ReasonPage): Html {
  const isListed = page.current !== null && page.reasons.includes(page.current);
  const choices = [...page.reasons.map((reason) => ({ value: reason, label: reason })), otherChoice];
  const chosen = page.current === null ? null : isListed ? page.current : otherChoice.value;
  const form = postForm(
    { action: '/reason', csrfToken: page.csrfToken, label: '処理事由' },
    html`<div class="stack">
      ${hiddenField('next', page.next)}${unsentField(page.isUnsent)}${page.search.map(([name, value]) => hiddenField(name, value))}
      ${radioGroup({ name: 'reason', label: '処理事由', choices, value: chosen, isRequired: true, error: errorOf(page.errors, 'reason') })}
      ${textField({ name: 'otherReason', label: 'その他の内容', value: isListed ? '' : page.current, hint: '「その他」を選んだときに入力します。住民の氏名や個人番号は書かないでください。', error: errorOf(page.errors, 'otherReason'), maxLength: 200 })}
      ${buttonRow(button('この事由で進む', { look: 'filled', icon: 'arrowRight' }))}
    </div>`,
  );
  return html`${pageHead('処理事由を選ぶ', { lead: 'これから行う業務を選んでください。変えるまで、閲覧と操作の記録に残ります。' })}
    ${page.search.length > 0 && notice('info', '選ぶと、そのままさがします', '入れた言葉は残っています。もう一度入れる必要はありません。')}${unsentNotice(page.isUnsent, '先に処理事由を選びます', '選ぶと元の画面にもどるので')}${errorSummary(page.errors)}
    ${panel({ title: 'なんのための業務ですか', icon: 'question' }, form)}`;
}

/** The choice that asks for words of one's own. */
export const otherChoice = { value: 'other', label: 'その他(内容を入力する)' } as const;
