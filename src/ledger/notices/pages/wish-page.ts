import type { PersonId } from '#kernel';
import {
  button,
  buttonLink,
  checkbox,
  errorOf,
  errorSummary,
  type FormError,
  type Html,
  html,
  pageHead,
  panel,
  postForm,
  radioGroup,
  selectField,
  textField,
} from '#platform/pages';
import { languageNames } from '../record-wish.ts';
import type { NoticeWish } from '../wish-store.ts';
import { wishPath } from './paths.ts';

/** The ways of telling somebody, in the words of the office. */
const channelNames = { post: '郵便', portal: 'マイナポータルのお知らせ', email: '電子メール' } as const;

/** How a person wants to be told, and the form to record it. */
export function wishPage(view: {
  personId: PersonId;
  who: Html;
  wish: NoticeWish;
  reason: string;
  errors: readonly FormError[];
  csrfToken: string;
  backHref: string;
}): Html {
  const { wish, errors } = view;
  const channels = Object.entries(channelNames).map(([value, label]) => ({ value, label }));
  const languages = Object.entries(languageNames).map(([value, label]) => ({ value, label }));
  const form = postForm(
    { action: wishPath(view.personId), csrfToken: view.csrfToken, class: 'stack-tight' },
    html`${radioGroup({ name: 'channel', label: '届け方', choices: channels, value: wish.channel, hint: '予診票と接種券は、いつも郵便で送ります' })}${textField({ name: 'email', label: 'メールアドレス', value: wish.email ?? '', type: 'email', width: 40, error: errorOf(errors, 'email') })}${selectField({ name: 'language', label: '言語', choices: languages, value: wish.language })}${checkbox({ name: 'isOptedOut', label: 'お知らせや勧奨を希望しない', isChecked: wish.isOptedOut, hint: '予診票は、申込みがあれば印刷できます' })}${textField({ name: 'reason', label: '希望を受けた経緯', value: view.reason, isRequired: true, width: 40, hint: '例　窓口で本人から、電話で保護者から', error: errorOf(errors, 'reason') })}<div class="button-row">${button('登録する', { look: 'filled', icon: 'check' })}${buttonLink('もどる', view.backHref)}</div>`,
  );
  return html`${view.who}${pageHead('通知の希望')}${errorSummary(errors)}${panel({ title: '届け方と言語', icon: 'bell' }, form)}`;
}
