import type { NumberQuestion } from '#addressees/numbers';
import { type PersonSummary, personPath } from '#addressees/persons';
import type { PersonId } from '#kernel';
import {
  button,
  buttonLink,
  emptyState,
  errorSummary,
  type FormError,
  type Html,
  hiddenField,
  html,
  instantText,
  pageHead,
  panel,
  postForm,
  table,
} from '#platform/pages';
import { comparePath, numberQuestionsPath } from './paths.ts';

/** What the page of questioned numbers shows. */
export interface NumberQuestionsView {
  readonly questions: readonly NumberQuestion[];
  readonly people: ReadonlyMap<PersonId, PersonSummary>;
  /** The sentence of each finding and what to do, by code. */
  readonly explain: (code: string) => { readonly message: string; readonly whatToDo: string };
  readonly next: number | null;
  readonly errors: readonly FormError[];
  readonly csrfToken: string;
}

/** Rows of 番号連携 that were not taken: whose they are, what is wrong, and what was found out; never a number. */
export function numberQuestionsPage(view: NumberQuestionsView): Html {
  const foot =
    view.next !== null &&
    buttonLink('次のページ', `${numberQuestionsPath}?after=${view.next}`, { size: 'small', icon: 'arrowRight' });
  return html`${pageHead('要確認の個人番号', {
    lead: '番号連携のうち、確かめるまで取り込まなかった行です。番号そのものは出ません。同じ人が二つの宛名番号を持っているときは、二つの記録をくらべて結び付けます。',
  })}${errorSummary(view.errors)}${panel(
    { title: '確かめること', icon: 'question', isFlush: true, foot },
    table<NumberQuestion>({
      caption: '要確認の個人番号',
      density: 'dense',
      rows: view.questions,
      whenEmpty: emptyState('確かめることはありません', undefined, 'checkCircle'),
      columns: [
        { label: '人', isRowHeader: true, cell: (each) => personLink(view, each.personId) },
        {
          label: '何が起きたか',
          cell: (each) => {
            const { message, whatToDo } = view.explain(each.code);
            return html`${message}<span class="soft small">　${whatToDo}</span>`;
          },
        },
        {
          label: '同じ番号の記録',
          cell: ({ personId, otherPersonId }) =>
            otherPersonId === null
              ? null
              : html`${personLink(view, otherPersonId)} ${buttonLink('くらべる', comparePath(personId, otherPersonId), { size: 'small' })}`,
        },
        {
          label: 'ファイル',
          isNoWrap: true,
          cell: (each) => html`${each.line}行<span class="soft small">　${instantText(each.askedAt)}</span>`,
        },
        { label: '確かめたこと', cell: (each) => settleForm(view, each) },
      ],
    }),
  )}`;
}

function personLink(view: NumberQuestionsView, personId: PersonId): Html {
  const person = view.people.get(personId);
  const name = person === undefined ? '' : person.name === '' ? person.kana : person.name;
  return html`<a class="person-link" href="${personPath(personId)}">${name}</a><span class="person-kana mono">${person?.addresseeNumber}</span>`;
}

function settleForm(view: NumberQuestionsView, question: NumberQuestion): Html {
  const person = view.people.get(question.personId);
  return postForm(
    { action: numberQuestionsPath, csrfToken: view.csrfToken, class: 'row' },
    html`${hiddenField('questionId', question.questionId)}<input class="control control-small width-20" name="note" required maxlength="200" aria-label="${person?.name ?? ''}について確かめたこと" placeholder="例　同じ人。記録を結び付けた">${button('済み', { size: 'small', icon: 'check' })}`,
  );
}
