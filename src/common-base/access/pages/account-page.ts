import {
  button,
  buttonLink,
  buttonRow,
  dataList,
  errorOf,
  errorSummary,
  type FormError,
  formatInstant,
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
  textField,
} from '#platform/pages';
import type { AccountNotice } from '../account-notices.ts';
import { roleNames } from '../permission-table.ts';
import { mayDo } from '../require-permission.ts';
import type { ListedSession } from '../session.ts';
import type { StaffContext } from '../staff-route.ts';
import type { Actor, SessionInfo } from '../types.ts';
import { accountNoticePanel } from './account-notice-pages.ts';
import { unsentNotice } from './unsent.ts';

/** One's own account: the last sign-in, one's duties, the sessions that live. */
export function accountPage(
  context: StaffContext,
  sessions: readonly ListedSession[],
  notices: readonly AccountNotice[],
): Html {
  const { actor, session, csrfToken } = context;
  const others = sessions.filter((each) => each.sessionId !== session.sessionId);
  const endOthers =
    others.length > 0 &&
    postForm(
      { action: '/account/sessions/end', csrfToken, label: 'ほかのサインインを終える' },
      html`${hiddenField('sessionId', 'others')}${button('ほかのサインインをすべて終える', { look: 'outlined', size: 'small' })}`,
    );
  return html`${pageHead('自分のアカウント', { actions: html`${buttonLink('パスワードを変える', '/account/password', { icon: 'lock' })}${buttonLink('二要素の登録', '/account/second-factor', { icon: 'shield' })}${mayDo(actor, 'permissions.request') && buttonLink('自分の権限', '/account/permissions', { icon: 'list' })}` })}
    ${signInNotice(session)}
    ${accountNoticePanel(notices, csrfToken)}
    ${panel({ title: '本人と役割', icon: 'person' }, personList(actor, session))}
    ${panel({ title: '使っているサインイン', icon: 'shield', isFlush: true, aside: endOthers }, sessionTable(sessions, session, csrfToken))}
    <p class="small soft">覚えのないサインインがあるときは、それを終えてパスワードを変え、システム管理者に知らせてください。</p>`;
}

/** What a person should know at sign-in: when and from where the last one was, and how many failed since. */
function signInNotice(session: SessionInfo): Html {
  const { previousSignInAt, previousSignInFrom, failedSignInsSince } = session;
  const last =
    previousSignInAt === null
      ? 'このアカウントでの初めてのサインインです。'
      : `前回のサインインは ${formatInstant(previousSignInAt)}(接続元 ${previousSignInFrom ?? '不明'})でした。`;
  if (failedSignInsSince === 0) return notice('info', last);
  return notice(
    'warning',
    `そのあと ${failedSignInsSince} 回、サインインの失敗がありました`,
    `${last}覚えがないときは、パスワードを変えてシステム管理者に知らせてください。`,
  );
}

/** What a person typed to change the password, and what was wrong with it. */
export interface PasswordPage {
  readonly csrfToken: string;
  readonly accountName: string;
  readonly isForced: boolean;
  readonly isUnsent: boolean;
  readonly lengthMin: number;
  readonly errors: readonly FormError[];
}

/** The change of one's own password. */
export function passwordPage(page: PasswordPage): Html {
  const form = postForm(
    { action: '/account/password', csrfToken: page.csrfToken, label: 'パスワードの変更' },
    html`<div class="stack">
      <input type="text" name="username" value="${page.accountName}" autocomplete="username" readonly hidden>
      ${textField({ name: 'currentPassword', label: '今のパスワード', type: 'password', isRequired: true, autocomplete: 'current-password', error: errorOf(page.errors, 'currentPassword') })}
      ${textField({ name: 'newPassword', label: '新しいパスワード', type: 'password', isRequired: true, autocomplete: 'new-password', error: errorOf(page.errors, 'newPassword'), hint: `${page.lengthMin}文字以上。文字の種類は自由です。ほかで使っていない言葉をいくつかつなげると、強く覚えやすくなります。` })}
      ${textField({ name: 'repeatedPassword', label: '新しいパスワード(確認)', type: 'password', isRequired: true, autocomplete: 'new-password', error: errorOf(page.errors, 'repeatedPassword') })}
      ${buttonRow(button('変更する', { look: 'filled', icon: 'lock' }))}
    </div>`,
  );
  return html`${pageHead('パスワードを変える')}
    ${page.isForced && notice('info', '続けるには、パスワードの変更が必要です', '初めて使うとき、再発行を受けたとき、期限が過ぎたときは、自分だけが知るパスワードに変えてください。')}${unsentNotice(page.isUnsent, '先にパスワードを変えます', '変えたら、元の画面を開いて')}
    ${errorSummary(page.errors)}
    ${panel({ title: '新しいパスワード', icon: 'lock' }, form)}
    <p class="small soft">変更すると、ほかの端末でのサインインはすべて終わります。</p>`;
}

function personList(actor: Actor, session: SessionInfo): Html {
  return dataList([
    ['氏名', actor.staffName],
    ['役割', actor.roles.map((role) => roleNames[role]).join('、')],
    ['サインインした時刻', instantText(session.signedInAt)],
    ['接続元', actor.from],
    ['処理事由', session.reason ?? '選ばれていません'],
  ]);
}

function sessionTable(sessions: readonly ListedSession[], own: SessionInfo, csrfToken: string): Html {
  return table<ListedSession>({
    caption: '使っているサインイン',
    rows: sessions,
    columns: [
      { label: '開始', cell: (row) => instantText(row.startedAt), isRowHeader: true, isNoWrap: true },
      { label: '最後の利用', cell: (row) => instantText(row.lastSeenAt), isNoWrap: true },
      { label: '接続元', cell: (row) => row.remoteAddress, isNoWrap: true },
      { label: 'ブラウザー', cell: (row) => row.browser },
      {
        label: '操作',
        isLabelHidden: true,
        cell: (row) =>
          row.sessionId === own.sessionId
            ? statusTag('この画面', 'info')
            : postForm(
                {
                  action: '/account/sessions/end',
                  csrfToken,
                  label: `${formatInstant(row.startedAt, { hasSeconds: true })}のサインインを終える`,
                },
                html`${hiddenField('sessionId', row.sessionId)}${button('終える', { size: 'small' })}`,
              ),
      },
    ],
  });
}
