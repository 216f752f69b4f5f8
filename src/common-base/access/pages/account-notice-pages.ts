import {
  button,
  emptyState,
  type Html,
  hiddenField,
  html,
  instantText,
  notice,
  panel,
  postForm,
  statusTag,
  table,
} from '#platform/pages';
import { type AccountNotice, changeText } from '../account-notices.ts';
import type { SessionInfo } from '../types.ts';

/** On every page while something changed that the person has not seen; null else. */
export function accountNoticeStrip(session: SessionInfo | null): Html | null {
  if (session?.hasAccountNotice !== true) return null;
  return notice(
    'warning',
    'アカウントに変更がありました',
    html`<p><a href="/account#changes">何が変わったかを確かめてください</a>。覚えのない変更のときは、すぐにシステム管理者に知らせてください。</p>`,
  );
}

/** What changed last in one's own account, and the button that says it was seen. */
export function accountNoticePanel(notices: readonly AccountNotice[], csrfToken: string): Html {
  const last = notices.find(({ seenAt }) => seenAt === null);
  const aside =
    last !== undefined &&
    postForm(
      { action: '/account/changes/seen', csrfToken, label: '変更を確かめた' },
      html`${hiddenField('noticeId', last.noticeId)}${button('確かめました', { look: 'outlined', size: 'small' })}`,
    );
  return html`<div id="changes">${panel(
    { title: 'アカウントの変更', icon: 'history', isFlush: true, aside },
    table<AccountNotice>({
      caption: 'アカウントの変更',
      density: 'dense',
      rows: notices,
      whenEmpty: emptyState('まだありません'),
      columns: [
        { label: '日時', isRowHeader: true, isNoWrap: true, cell: ({ changedAt }) => instantText(changedAt) },
        {
          label: '変わったこと',
          cell: ({ change, seenAt }) =>
            html`${changeText(change)}${seenAt === null && html` ${statusTag('確かめる', 'warning')}`}`,
        },
        { label: '変えた人', cell: ({ changedByName }) => changedByName },
        { label: '接続元', isNoWrap: true, cell: ({ changedFrom }) => changedFrom },
      ],
    }),
  )}</div>`;
}
