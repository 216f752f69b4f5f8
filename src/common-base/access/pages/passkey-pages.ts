import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import {
  button,
  buttonLink,
  buttonRow,
  errorSummary,
  type FormError,
  type Html,
  hiddenField,
  html,
  notice,
  pageHead,
  panel,
  postForm,
  textField,
} from '#platform/pages';

/** The panel by which a passkey is shown at sign-in. The browser's part is done by the island `passkey-form`. */
export function usePasskeyPanel(page: {
  readonly csrfToken: string;
  readonly next: string;
  readonly options: PublicKeyCredentialRequestOptionsJSON;
}): Html {
  const form = postForm(
    { action: '/second-factor/passkey', csrfToken: page.csrfToken, label: 'パスキーで確かめる' },
    html`${hiddenField('next', page.next)}${hiddenField('response', '')}${buttonRow(button('パスキーで確かめる', { look: 'filled', icon: 'shield' }))}`,
  );
  return panel({ title: 'パスキーで確かめる', icon: 'shield' }, passkeyForm('get', page.options, form));
}

/** The page on which a passkey is made; `options` is null where the address of the server has no name. */
export function newPasskeyPage(page: {
  readonly csrfToken: string;
  readonly options: PublicKeyCredentialCreationOptionsJSON | null;
  readonly errors: readonly FormError[];
}): Html {
  const back = buttonLink('やめる', '/account/second-factor');
  if (page.options === null) {
    return html`${pageHead('パスキーを登録する')}
      ${notice('warning', 'この接続先ではパスキーを使えません', '番号だけのアドレス(IPアドレス)では、ブラウザーがパスキーを作れません。サーバーを名前で開くか、認証アプリを登録してください。')}
      ${buttonRow(back)}`;
  }
  const form = postForm(
    { action: '/account/second-factor/passkey', csrfToken: page.csrfToken, label: 'パスキーの登録' },
    html`<div class="stack">
      ${hiddenField('response', '')}
      ${textField({ name: 'label', label: '呼び名', value: 'パスキー', maxLength: 40, width: 20, hint: '職員証、窓口のパソコンなど、見分けられる名前にします。' })}
      ${buttonRow(button('パスキーを作る', { look: 'filled', icon: 'shield' }), back)}
    </div>`,
  );
  return html`${pageHead('パスキーを登録する', { lead: '「パスキーを作る」を押すと、端末やカードの確認に進みます。' })}
    ${errorSummary(page.errors)}
    ${panel({ title: '新しいパスキー', icon: 'shield' }, passkeyForm('create', page.options, form))}`;
}

function passkeyForm(kind: 'create' | 'get', options: object, form: Html): Html {
  return html`<passkey-form data-kind="${kind}" data-options="${JSON.stringify(options)}">${form}<p role="status" data-role="trouble"></p></passkey-form>
    <noscript>${notice('warning', 'パスキーにはスクリプトが要ります', 'ブラウザーの設定でスクリプトを許すか、認証アプリを使ってください。')}</noscript>`;
}
