import {
  button,
  buttonRow,
  emptyState,
  errorSummary,
  type FormError,
  type Html,
  html,
  instantText,
  notice,
  pageHead,
  panel,
  postForm,
  selectField,
  statusTag,
  table,
  textArea,
} from '#platform/pages';
import { findPermissionRow, rankNames, roleNames } from '../permission-table.ts';
import type { SignedReview } from '../reviews/review-store.ts';
import type { ReviewedAccount } from '../reviews/sign-access-review.ts';

/** The review of permissions: every usable account, kept or stopped, and signed. */
export function accessReviewPage(page: {
  readonly accounts: readonly ReviewedAccount[];
  readonly verdicts: ReadonlyMap<number, string>;
  readonly reviews: readonly SignedReview[];
  readonly csrfToken: string;
  readonly errors: readonly FormError[];
}): Html {
  const last = page.reviews[0];
  const unused = page.accounts.filter((each) => each.isUnused).length;
  return html`${pageHead('権限の棚卸し', { lead: 'すべての職員について、役割と権限がいまも必要かを確かめ、署名します。' })}
    ${errorSummary(page.errors)}
    ${last === undefined ? notice('info', 'まだ一度も棚卸しをしていません', '半年に一度を目安に行ってください。') : notice('info', `前回の棚卸しは ${last.coversTo}(${last.signerName})でした`)}
    ${unused > 0 && notice('warning', `90日以上使われていないアカウントが ${unused} 件あります`, '理由がなければ停止してください。')}
    ${reviewForm(page)}
    ${panel({ title: 'これまでの棚卸し', icon: 'history', isFlush: true }, reviewTable(page.reviews, '停止'))}`;
}

function reviewForm(page: Parameters<typeof accessReviewPage>[0]): Html {
  const list = table<ReviewedAccount>({
    caption: '職員と権限',
    density: 'dense',
    rows: page.accounts,
    columns: [
      { label: '氏名', isRowHeader: true, cell: ({ staff }) => `${staff.displayName}(${staff.accountName})` },
      { label: '所属', cell: ({ staff }) => staff.department },
      { label: '職位', cell: ({ staff }) => rankNames[staff.rank], isNoWrap: true },
      { label: '役割', cell: ({ staff }) => staff.roles.map((role) => roleNames[role]).join('、') },
      {
        label: '期限つきの権限',
        cell: ({ staff }) =>
          staff.grants
            .map(
              (each) => `${findPermissionRow(each.permission)?.functionJa ?? each.permission}(${each.expiresOn}まで)`,
            )
            .join('、'),
      },
      {
        label: '前回のサインイン',
        cell: (row) =>
          html`${instantText(row.staff.lastSignedInAt) ?? '未使用'} ${row.isUnused && statusTag('90日以上未使用', 'warning')}`,
      },
      {
        label: '判断',
        cell: ({ staff }) =>
          selectField({
            name: `verdict-${staff.staffId}`,
            label: `${staff.displayName}の判断`,
            isLabelHidden: true,
            value: page.verdicts.get(staff.staffId) ?? '',
            choices: [
              { value: '', label: '選んでください' },
              { value: 'keep', label: '継続' },
              { value: 'stop', label: '停止' },
            ],
          }),
      },
    ],
  });
  return postForm(
    { action: '/reviews/access', csrfToken: page.csrfToken, label: '権限の棚卸し' },
    html`<div class="stack">
      ${panel({ title: '職員と権限', icon: 'people', isFlush: true }, list)}
      ${panel(
        { title: '署名', icon: 'check' },
        html`<div class="stack">
          ${textArea({ name: 'note', label: '棚卸しの所見', hint: '確かめた資料(人事異動の名簿など)も書きます。' })}
          ${buttonRow(button('署名して終える', { look: 'filled', icon: 'check' }))}
        </div>`,
      )}
    </div>`,
  );
}

/** Reviews that were signed. */
export function reviewTable(reviews: readonly SignedReview[], consequence: string): Html {
  return table<SignedReview>({
    caption: 'これまでの点検',
    rows: reviews,
    whenEmpty: emptyState('まだありません'),
    columns: [
      { label: '署名の日時', cell: (row) => instantText(row.signedAt), isRowHeader: true, isNoWrap: true },
      { label: '署名した人', cell: (row) => row.signerName },
      {
        label: '対象',
        cell: (row) => (row.coversFrom === null ? row.coversTo : `${row.coversFrom} 〜 ${row.coversTo}`),
      },
      { label: '件数', cell: (row) => String(row.lines), isNumber: true },
      { label: consequence, cell: (row) => String(row.consequences), isNumber: true },
      { label: '所見', cell: (row) => row.note },
    ],
  });
}
