import { type PersonSummary, personPath } from '#addressees/persons';
import { formatFormNumber } from '#ledger/forms';
import {
  button,
  dayField,
  dayText,
  emptyState,
  errorOf,
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
  table,
  textField,
} from '#platform/pages';
import { type ReturnedLetter, returnCauses } from '../wish-store.ts';
import { returnsPath } from './paths.ts';

/** A letter that came back, with whose it is. */
export interface ShownReturn {
  readonly letter: ReturnedLetter;
  readonly person: PersonSummary | undefined;
}

/** The choice that leaves a number valid, since the same envelope goes out once more. */
export const sentAgain = 'again';
const papers = [
  { value: 'void', label: '無効にする（送るときは新しく印刷）' },
  { value: sentAgain, label: '有効のまま（同じ封書を送り直す）' },
];

/** Entering letters that the post brought back, by the bar code on each; the list of the last ones. */
export function returnsPage(view: {
  returns: readonly ShownReturn[];
  returnedOn: string;
  cause: string;
  paper: string;
  scanned: string;
  /** The number that was entered just now. */
  entered: string | null;
  errors: readonly FormError[];
  mayEnter: boolean;
  csrfToken: string;
}): Html {
  const causes = Object.entries(returnCauses).map(([value, label]) => ({ value, label }));
  const { errors } = view;
  const form = postForm(
    { action: returnsPath, csrfToken: view.csrfToken, class: 'stack-tight' },
    html`<div class="form-grid form-grid-even">${selectField({ name: 'cause', label: '戻った理由', choices: causes, value: view.cause, isRequired: true, error: errorOf(errors, 'cause') })}${selectField({ name: 'paper', label: '戻った紙の番号', choices: papers, value: view.paper })}${dayField({ name: 'returnedOn', label: '戻った日', value: view.returnedOn, isRequired: true, error: errorOf(errors, 'returnedOn') })}${textField({ name: 'scanned', label: '発行番号', value: view.scanned, isRequired: true, isFocused: true, hint: '封書のバーコードを読みます。手で入れるときは12桁', error: errorOf(errors, 'scanned') })}</div><div class="button-row">${button('登録する', { look: 'filled', icon: 'check' })}</div>`,
  );
  return html`${pageHead('戻った郵便', { lead: '登録すると、住所か送付先が変わるまで、同じ宛先には次の通知を送りません。変われば、次の抽出に入ります。' })}${errorSummary(errors)}${view.entered !== null && notice('success', html`<span class="mono">${formatFormNumber(view.entered)}</span> を登録しました`, '続けて次の封書を読めます。')}${view.mayEnter && panel({ title: '封書を登録する', icon: 'inbox' }, form)}${returnsTable(view.returns)}`;
}

function returnsTable(returns: readonly ShownReturn[]): Html {
  return panel(
    { title: '最近戻った郵便', icon: 'list', isFlush: true },
    table<ShownReturn>({
      caption: '最近戻った郵便',
      density: 'dense',
      rows: returns,
      whenEmpty: emptyState('戻った郵便はありません', undefined, 'inbox'),
      columns: [
        {
          label: '発行番号',
          isRowHeader: true,
          isNoWrap: true,
          cell: ({ letter }) => html`<span class="mono">${formatFormNumber(letter.formNumber)}</span>`,
        },
        {
          label: '氏名',
          cell: ({ letter, person }) =>
            html`<a href="${personPath(letter.personId)}">${person === undefined ? '' : person.name === '' ? person.kana : person.name}</a>`,
        },
        { label: '戻った日', isNoWrap: true, cell: ({ letter }) => dayText(letter.returnedOn) },
        { label: '理由', cell: ({ letter }) => returnCauses[letter.cause] },
        {
          label: '登録',
          isNoWrap: true,
          cell: ({ letter }) =>
            html`${instantText(letter.recordedAt)}<br><span class="small soft">${letter.staffName}</span>`,
        },
      ],
    }),
  );
}
