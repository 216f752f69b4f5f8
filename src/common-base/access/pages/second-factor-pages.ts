import {
  button,
  buttonLink,
  buttonRow,
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
  table,
  textField,
} from '#platform/pages';
import { drawBarCode } from '#platform/pdf';
import type { ListedFactor } from '../second-factor/store.ts';
import { unsentField, unsentNotice } from './unsent.ts';

/** What the form of the second factor at sign-in shows. */
export interface AskFactorPage {
  readonly csrfToken: string;
  readonly next: string;
  readonly isUnsent: boolean;
  readonly errors: readonly FormError[];
  readonly hasTotp: boolean;
  /** The panel of passkeys; null where the person has none for this site. */
  readonly passkeyPanel: Html | null;
}

/** The second step of a sign-in. */
export function askFactorPage(page: AskFactorPage): Html {
  const label = page.hasTotp ? '認証アプリの番号、または回復コード' : '回復コード';
  const form = postForm(
    { action: '/second-factor', csrfToken: page.csrfToken, label: '二つ目の確認' },
    html`<div class="stack">
      ${hiddenField('next', page.next)}${unsentField(page.isUnsent)}
      ${textField({ name: 'code', label, isRequired: true, autocomplete: 'one-time-code', isFocused: page.passkeyPanel === null, maxLength: 40, width: 20, error: errorOf(page.errors, 'code'), hint: page.hasTotp ? 'アプリに出ている6桁の番号です。' : '登録のときに控えた、4文字ずつに区切った文字です。' })}
      ${buttonRow(button('確かめる', { look: 'filled', icon: 'shield' }))}
    </div>`,
  );
  const signOut = postForm(
    { action: '/sign-out', csrfToken: page.csrfToken, label: 'サインアウト' },
    button('やめてサインアウトする', { look: 'plain', icon: 'door' }),
  );
  return html`${pageHead('二つ目の確認', { lead: 'パスワードに加えて、本人だけが持つもので確かめます。' })}
    ${unsentNotice(page.isUnsent, '先に二つ目の確認をします', '確かめると元の画面にもどるので')}${errorSummary(page.errors)}
    ${page.passkeyPanel}
    ${panel({ title: '番号で確かめる', icon: 'keyboard' }, form)}
    <p class="small soft">端末も回復コードも手元にないときは、システム管理者に本人確認のうえ登録を外してもらってください。</p>
    ${signOut}`;
}

/** A person's own factors, with the enrolment of a further one. */
export interface FactorsPage {
  readonly csrfToken: string;
  readonly factors: readonly ListedFactor[];
  readonly codesLeft: number;
  /** The duties need a second factor and there is none yet. */
  readonly isForced: boolean;
  readonly isUnsent: boolean;
  readonly errors: readonly FormError[];
}

/** The list of one's factors. */
export function factorsPage(page: FactorsPage): Html {
  const { csrfToken } = page;
  return html`${pageHead('二要素の登録', { lead: 'パスワードを盗まれても、ほかの人が入れないようにします。' })}
    ${page.isForced && notice('info', '続けるには、二つ目の確認の登録が必要です', '認証アプリかパスキーのどちらか一つを登録してください。あとから増やせます。')}${unsentNotice(page.isUnsent, '先に二つ目の確認を登録します', '登録が終わったら、元の画面を開いて')}
    ${errorSummary(page.errors)}
    ${panel({ title: '登録したもの', icon: 'shield', isFlush: true }, factorTable(page))}
    ${panel(
      { title: '認証アプリ', icon: 'clock' },
      html`<p>スマートフォンやパソコンの認証アプリ(30秒ごとに6桁の番号を出すもの)を使います。</p>${buttonRow(buttonLink('認証アプリを登録する', '/account/second-factor/totp', { icon: 'arrowRight' }))}`,
    )}
    ${panel(
      { title: 'パスキー', icon: 'shield' },
      html`<p>端末の指紋・顔・PIN、ICカード、USBのセキュリティキーを使います。にせのサイトでは働かないので、いちばん安全です。</p>${buttonRow(buttonLink('パスキーを登録する', '/account/second-factor/passkey', { icon: 'arrowRight' }))}`,
    )}
    ${
      page.factors.length > 0 &&
      panel(
        { title: '回復コード', icon: 'file' },
        html`<p>端末をなくしたときのためのコードです。残りは ${page.codesLeft} 個です。</p>${postForm({ action: '/account/second-factor/recovery-codes', csrfToken, label: '回復コードの再発行' }, button('新しい回復コードを出す', { icon: 'undo' }))}`,
      )
    }`;
}

function factorTable(page: FactorsPage): Html {
  return table<ListedFactor>({
    caption: '登録した二要素',
    rows: page.factors,
    whenEmpty: emptyState('まだ登録がありません'),
    columns: [
      { label: '呼び名', cell: (row) => row.label, isRowHeader: true },
      { label: '種類', cell: (row) => (row.kind === 'totp' ? '認証アプリ' : 'パスキー'), isNoWrap: true },
      { label: '登録', cell: (row) => instantText(row.confirmedAt), isNoWrap: true },
      { label: '最後の利用', cell: (row) => instantText(row.lastUsedAt) ?? '未使用', isNoWrap: true },
      {
        label: '操作',
        isLabelHidden: true,
        cell: (row) =>
          postForm(
            { action: '/account/second-factor/remove', csrfToken: page.csrfToken, label: `${row.label}を外す` },
            html`${hiddenField('factorId', String(row.factorId))}${button('外す', { size: 'small', look: 'danger' })}`,
          ),
      },
    ],
  });
}

/** The enrolment of an authenticator app. */
export interface TotpPage {
  readonly csrfToken: string;
  readonly uri: string;
  /** The secret as a person types it where no camera is at hand. */
  readonly secretText: string;
  readonly errors: readonly FormError[];
}

/** Shows the secret as a QR code and asks for the first code. */
export function totpPage(page: TotpPage): Html {
  const grouped = page.secretText.replaceAll(/.{4}(?=.)/gu, (four) => `${four} `);
  const form = postForm(
    { action: '/account/second-factor/totp', csrfToken: page.csrfToken, label: '認証アプリの登録' },
    html`<div class="stack">
      ${textField({ name: 'code', label: 'アプリに出た6桁の番号', isRequired: true, autocomplete: 'one-time-code', inputMode: 'numeric', maxLength: 20, width: 10, error: errorOf(page.errors, 'code') })}
      ${buttonRow(button('登録する', { look: 'filled', icon: 'check' }), buttonLink('やめる', '/account/second-factor'))}
    </div>`,
  );
  return html`${pageHead('認証アプリを登録する')}
    ${errorSummary(page.errors)}
    ${panel(
      { title: '1. アプリで読み取る', icon: 'eye' },
      html`<p>認証アプリの「追加」を選び、この図を読み取ってください。</p>${qrCode(page.uri)}
      <p>読み取れないときは、次の文字を「手入力」で入れてください(30秒・6桁)。</p><p><code>${grouped}</code></p>`,
    )}
    ${panel({ title: '2. 番号を確かめる', icon: 'keyboard' }, form)}`;
}

/** The recovery codes, shown this once. */
export function recoveryCodesPage(codes: readonly string[]): Html {
  return html`${pageHead('回復コード')}
    ${notice('success', '回復コードを発行しました', 'この画面を閉じると二度と表示されません。印刷するか書き写し、鍵のかかる場所にしまってください。一つのコードは一度だけ使えます。前に発行したコードは使えなくなりました。')}
    ${panel({ title: '回復コード', icon: 'file' }, html`<ul class="stack-tight">${codes.map((code) => html`<li><code>${code}</code></li>`)}</ul>`)}
    ${buttonRow(buttonLink('控えました', '/account/second-factor', { look: 'filled', icon: 'check' }))}`;
}

/** A QR code as one drawing of the page; dark on white whatever the colours around it. */
function qrCode(text: string): Html {
  const size = 240;
  const bars = drawBarCode('qr', text, { x: 0, y: 0, width: size, height: size });
  const round = (value: number): string => value.toFixed(3);
  const path = bars.map(
    (bar) => `M${round(bar.x)} ${round(bar.y)}h${round(bar.width)}v${round(bar.height)}h-${round(bar.width)}z`,
  );
  return html`<svg class="qr-code" viewBox="0 0 ${size} ${size}" width="${size}" height="${size}" role="img" aria-label="認証アプリで読み取る図"
    ><rect width="${size}" height="${size}" fill="#fff" /><path d="${path.join('')}" fill="#000" shape-rendering="crispEdges" /></svg
  >`;
}
