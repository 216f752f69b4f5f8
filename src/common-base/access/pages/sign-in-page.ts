import {
  button,
  buttonLink,
  buttonRow,
  emptyState,
  formatInstant,
  type Html,
  hiddenField,
  html,
  notice,
  pageHead,
  panel,
  postForm,
  textField,
} from '#platform/pages';
import type { Office } from '../staff-route.ts';
import { unsentField, unsentNotice } from './unsent.ts';

/** What the sign-in form shows again after a refusal. */
export interface SignInPage {
  readonly office: Office;
  readonly csrfToken: string;
  readonly accountName: string;
  readonly next: string;
  /** Whether a form was sent after the session had ended, and so did not arrive. */
  readonly isUnsent: boolean;
  /** The municipality has an identity provider of its own. */
  readonly hasOpenId: boolean;
  readonly trouble:
    | { readonly kind: 'openIdRefused' | 'openIdSilent' }
    | { readonly kind: 'refused' }
    | { readonly kind: 'delayed'; readonly until: Date }
    | null;
}

/** The sign-in of one municipality. */
export function signInPage(page: SignInPage): Html {
  const form = postForm(
    { action: '/sign-in', csrfToken: page.csrfToken, label: 'サインイン' },
    html`<div class="stack">
      ${hiddenField('next', page.next)}${unsentField(page.isUnsent)}
      ${textField({ name: 'accountName', label: 'アカウント名', value: page.accountName, isRequired: true, autocomplete: 'username', isFocused: page.accountName === '', maxLength: 200 })}
      ${textField({ name: 'password', label: 'パスワード', type: 'password', isRequired: true, autocomplete: 'current-password', isFocused: page.accountName !== '' })}
      ${buttonRow(button('サインイン', { look: 'filled', icon: 'lock' }))}
    </div>`,
  );
  return html`${pageHead('サインイン', { lead: `${page.office.name}の職員のための画面です。` })}
    ${unsentNotice(page.isUnsent, 'サインインの期限が切れていました', 'サインインすると元の画面にもどるので')}${troubleNotice(page.trouble)}
    ${page.hasOpenId && panel({ title: '庁内の認証で入る', icon: 'shield' }, openIdPanel(page.next))}
    ${panel({ title: page.hasOpenId ? 'アカウントとパスワードで入る' : '本人の確認', icon: 'lock' }, form)}
    <p class="small soft">閲覧と操作は、だれが・いつ・なんのために行ったかがすべて記録されます。業務に必要なときだけ使ってください。</p>
    <p class="small soft">パスワードを忘れたときは、システム管理者に再発行を頼んでください。</p>`;
}

function openIdPanel(next: string): Html {
  const href = `/sign-in/openid?next=${encodeURIComponent(next)}`;
  return buttonRow(buttonLink('庁内の認証でサインインする', href, { look: 'filled', icon: 'shield' }));
}

/** The choice of the municipality, where several share an installation. */
export function chooseOfficePage(offices: readonly Office[]): Html {
  const list = offices.map((office) => html`<li><a href="/m/${office.lgCode}">${office.name}</a></li>`);
  if (offices.length === 0) {
    return html`${pageHead('団体がまだ登録されていません')}
      ${emptyState('使い始めるには、団体の登録が必要です', 'サーバーで「sesshu init --settings フォルダー」を実行してください。')}`;
  }
  return html`${pageHead('団体を選ぶ', { lead: 'サインインする団体を選んでください。' })}
    ${panel({ title: '団体', icon: 'home' }, html`<ul class="stack-tight">${list}</ul>`)}`;
}

function troubleNotice(trouble: SignInPage['trouble']): Html | null {
  if (trouble === null) return null;
  if (trouble.kind === 'openIdSilent') {
    return notice(
      'error',
      '庁内の認証につながりません',
      'しばらくしてから、もう一度お試しください。続くときは、システム管理者に知らせてください。',
    );
  }
  if (trouble.kind === 'openIdRefused') {
    return notice(
      'error',
      '庁内の認証でサインインできませんでした',
      'このシステムのアカウントがないか、使えない状態です。もう一度試してもできないときは、システム管理者に知らせてください。',
    );
  }
  if (trouble.kind === 'delayed') {
    return notice(
      'warning',
      'しばらくサインインできません',
      `失敗が続いたため、${formatInstant(trouble.until, { hasSeconds: true })} まで待ってから、もう一度お試しください。心当たりがないときは、システム管理者に知らせてください。`,
    );
  }
  return notice(
    'error',
    'サインインできませんでした',
    'アカウント名またはパスワードが違うか、アカウントが使えない状態か、使える時間・端末の外です。大文字と小文字の違いも確かめて、もう一度入力してください。',
  );
}
