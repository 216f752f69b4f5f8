import {
  button,
  buttonRow,
  errorOf,
  errorSummary,
  type FormError,
  formatInstant,
  type Html,
  html,
  notice,
  pageHead,
  panel,
  postForm,
  textField,
} from '#platform/pages';
import type { Opening } from '../open-ticket.ts';
import { openPath } from './paths.ts';

/** What the page of the number shows beside its form. */
export interface ReceptionView {
  readonly csrfToken: string;
  readonly institutionName: string;
  readonly errors: readonly FormError[];
  /** What came of the last attempt; null before one. */
  readonly opening: Exclude<Opening, { kind: 'opened' }> | null;
  /** The birth date as it was typed; the number is never written back. */
  readonly birthDate: string;
}

/** The first page: the number on the form and the birth date of the person in front. */
export function receptionPage(view: ReceptionView): Html {
  const { errors } = view;
  const form = postForm(
    { action: openPath, csrfToken: view.csrfToken, label: '予診票を開く', class: 'stack keeps-nothing' },
    html`${textField({ name: 'formNumber', label: '予診票の番号', inputMode: 'numeric', width: 20, isRequired: true, isFocused: true, error: errorOf(errors, 'formNumber'), hint: '予診票のバーコードを読み取るか、12けたの数字を入力します。' })}
      ${textField({ name: 'birthDate', label: '生年月日', value: view.birthDate, inputMode: 'numeric', width: 20, isRequired: true, error: errorOf(errors, 'birthDate'), hint: '本人か保護者に尋ねて入力します。例 20260510、R8.5.10' })}
      ${buttonRow(button('予診票を開く', { look: 'filled', icon: 'search' }))}`,
  );
  return html`${pageHead('予診票を読み取る', { lead: `${view.institutionName}。今日この予診票で接種してよいかを、接種の前に確かめます。` })}
    ${view.opening === null ? null : openingNotice(view.opening)}
    ${errorSummary(errors)}
    ${panel({ title: '予診票', icon: 'keyboard' }, form)}`;
}

function openingNotice(opening: NonNullable<ReceptionView['opening']>): Html {
  if (opening.kind === 'stopped') {
    return notice(
      'error',
      '番号の入力を一時止めています',
      `番号と生年月日の組み合わせが続けて合いませんでした。${formatInstant(opening.until)} より後に、予診票を見て入力し直してください。`,
    );
  }
  if (opening.kind === 'notFound') {
    return notice(
      'warning',
      'この番号と生年月日の予診票は見つかりません',
      '番号と生年月日をもう一度確かめてください。正しいときは接種せず、自治体の予防接種担当に問い合わせてください。',
    );
  }
  return notice(
    'error',
    unusableWords[opening.state],
    '接種せず、自治体の予防接種担当に問い合わせるよう案内してください。',
  );
}

const unusableWords = {
  used: 'この予診票は、すでに使われています',
  reissued: 'この予診票は、再発行されて使えなくなりました。新しい予診票を持っていないか尋ねてください',
  cancelled: 'この予診票は、取り消されています',
  stopped: 'この予診票は、いま使えません',
} as const;
