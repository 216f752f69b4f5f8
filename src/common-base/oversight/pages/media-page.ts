import {
  button,
  buttonRow,
  emptyState,
  errorOf,
  errorSummary,
  type FormError,
  type Html,
  html,
  instantText,
  pageHead,
  panel,
  postForm,
  selectField,
  statusTag,
  table,
  textField,
} from '#platform/pages';
import { type Medium, mediumKinds } from '../types.ts';
import { mediaPath } from './paths.ts';

/** The register of media (媒体管理簿) with its entry form. */
export function mediaPage(page: {
  readonly media: readonly Medium[];
  readonly mayManage: boolean;
  readonly errors: readonly FormError[];
  readonly csrfToken: string;
}): Html {
  const { media, errors, csrfToken } = page;
  return html`${pageHead('媒体の管理簿', { lead: 'データを入れてよい媒体の一覧です。番号を貼った媒体だけを使います。' })}
    ${errorSummary(errors)}
    ${panel(
      { title: '媒体', icon: 'list', isFlush: true },
      table<Medium>({
        caption: '媒体',
        rows: media,
        whenEmpty: emptyState('媒体はまだありません'),
        columns: [
          { label: '管理番号', isRowHeader: true, cell: ({ label }) => label },
          { label: '種類', cell: ({ kind }) => mediumKinds[kind] },
          { label: '登録', cell: ({ registeredAt }) => instantText(registeredAt), isNoWrap: true },
          {
            label: '棚卸し',
            cell: ({ lastCheckedAt }) => (lastCheckedAt === null ? '' : instantText(lastCheckedAt)),
            isNoWrap: true,
          },
          { label: '状態', cell: stateOf, isNoWrap: true },
          { label: '操作', isLabelHidden: true, cell: (medium) => page.mayManage && actionsOf(medium, csrfToken) },
        ],
      }),
    )}
    ${page.mayManage && panel({ title: '媒体を登録する', icon: 'tag' }, newForm(errors, csrfToken))}`;
}

function newForm(errors: readonly FormError[], csrfToken: string): Html {
  const choices = Object.entries(mediumKinds).map(([value, label]) => ({ value, label }));
  return postForm(
    { action: mediaPath, csrfToken, label: '媒体の登録' },
    html`<div class="stack">
      ${textField({ name: 'label', label: '管理番号', hint: '媒体に貼った番号', isRequired: true, maxLength: 60, error: errorOf(errors, 'label') })}
      ${selectField({ name: 'kind', label: '種類', choices, isRequired: true, error: errorOf(errors, 'kind') })}
      ${buttonRow(button('登録する', { look: 'filled' }))}
    </div>`,
  );
}

function stateOf({ disposedAt, openExports }: Medium): Html {
  if (disposedAt !== null) return statusTag('廃棄', 'neutral');
  return openExports > 0 ? statusTag(`持ち出し中 ${openExports}件`, 'warning') : statusTag('使えます', 'success');
}

function actionsOf(medium: Medium, csrfToken: string): Html | false {
  if (medium.disposedAt !== null) return false;
  const form = (event: string, label: string, body: Html) =>
    postForm(
      { action: `${mediaPath}/${medium.mediumId}/${event}`, csrfToken, label: `${medium.label}の${label}` },
      body,
    );
  const id = `note-${medium.mediumId}`;
  const note = textField({ name: 'note', id, label: '廃棄の方法', size: 'small', maxLength: 200 });
  return html`<div class="stack">${form('checked', '棚卸し', button('棚卸しで確かめた', { look: 'plain' }))}
    ${medium.openExports === 0 && form('disposed', '廃棄', html`${note}${button('廃棄した', { look: 'plain' })}`)}</div>`;
}
