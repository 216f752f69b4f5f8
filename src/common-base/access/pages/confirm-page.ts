import {
  button,
  buttonRow,
  errorOf,
  errorSummary,
  type FormError,
  type Html,
  hiddenField,
  html,
  pageHead,
  panel,
  postForm,
  textField,
} from '#platform/pages';
import { unsentField, unsentNotice } from './unsent.ts';

/** The form for the password alone: before a dangerous act, or over a locked screen. */
export function confirmPage(page: {
  readonly csrfToken: string;
  readonly next: string;
  readonly isLocked: boolean;
  /** A form was sent and did not arrive: the confirmation came between. */
  readonly isUnsent: boolean;
  readonly staffName: string;
  readonly accountName: string;
  /** The municipality has an identity provider: whoever has no password here signs in there anew. */
  readonly hasOpenId: boolean;
  readonly errors: readonly FormError[];
}): Html {
  const title = page.isLocked ? '画面をロックしました' : '本人の確認';
  const lead = page.isLocked
    ? `${page.staffName} さんの仕事は続いています。パスワードを入れると、元の画面に戻ります。`
    : '大切な操作の前に、もう一度パスワードを入れてください。';
  const form = postForm(
    { action: page.isLocked ? '/unlock' : '/confirm', csrfToken: page.csrfToken, label: title },
    html`<div class="stack">
      ${hiddenField('next', page.next)}${unsentField(page.isUnsent)}
      <input type="text" name="username" value="${page.accountName}" autocomplete="username" readonly hidden>
      ${textField({ name: 'password', label: 'パスワード', type: 'password', isRequired: true, isFocused: true, autocomplete: 'current-password', error: errorOf(page.errors, 'password') })}
      ${buttonRow(button(page.isLocked ? 'ロックを解く' : '確かめる', { look: 'filled', icon: 'lock' }))}
    </div>`,
  );
  const lost = page.isLocked ? '画面がロックされていました' : '先に本人の確認をします';
  const unsent = unsentNotice(page.isUnsent, lost, 'パスワードを入れると元の画面にもどるので');
  const href = `/sign-in/openid?again=yes&next=${encodeURIComponent(page.next)}`;
  const again = page.hasOpenId && html`<p><a href="${href}">庁内の認証でもう一度サインインする</a></p>`;
  const signOut =
    page.isLocked &&
    postForm(
      { action: '/sign-out', csrfToken: page.csrfToken, label: 'サインアウト' },
      button('別の人が使う(サインアウト)', { look: 'plain', icon: 'door' }),
    );
  return html`${pageHead(title, { lead })}${unsent}${errorSummary(page.errors)}${panel({ title: '本人の確認', icon: 'lock' }, form)}${again}${signOut}`;
}
