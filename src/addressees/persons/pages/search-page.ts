import {
  button,
  disclosure,
  type Html,
  hiddenField,
  html,
  icon,
  pageHead,
  panel,
  postForm,
  textField,
} from '#platform/pages';
import { personSearchPath } from './paths.ts';
import { type SearchResults, searchResults } from './search-results.ts';

/** What was typed: one box for everything, or one field each. */
export interface SearchForm {
  readonly text: string;
  readonly number: string;
  readonly kana: string;
  readonly name: string;
  readonly birthDate: string;
  readonly address: string;
  readonly phone: string;
}

/** A form with nothing typed. */
export const emptySearchForm: SearchForm = {
  text: '',
  number: '',
  kana: '',
  name: '',
  birthDate: '',
  address: '',
  phone: '',
};

/** The page for looking people up: one box that searches while typing, a form with one field each, the results. */
export function searchPage(view: { form: SearchForm; results: SearchResults | null; csrfToken: string }): Html {
  const { form, csrfToken } = view;
  return html`${pageHead('人をさがす', {
    lead: '氏名（漢字・カナ）、宛名番号、生年月日、住所、電話番号のどれでも。空白で区切ると組み合わせてさがします。',
  })}
<search-as-you-type target="results">
${postForm(
  { action: personSearchPath, csrfToken, class: 'panel search-box', role: 'search', label: '人をさがす' },
  html`<div class="search-line"
  ><div class="search-field"><label class="visually-hidden" for="text">氏名・カナ・番号・生年月日など</label>${icon('search')}<input class="control" id="text" name="text" type="search" value="${form.text}" autocomplete="off" spellcheck="false" autofocus placeholder="例　ニシムラ　R6.5.10"></div>${button('さがす', { look: 'filled' })}</div
>${disclosure('項目を分けてさがす', detailFields(form), isDetailed(form))}`,
)}
</search-as-you-type>
<div id="results" aria-live="polite">${view.results === null ? searchHints : searchResults(view.results)}</div>`;
}

/** The quick search in the head of every page; it leads to the page above. */
export function headSearch(csrfToken: string): Html {
  return html`<form method="post" action="${personSearchPath}" role="search" class="search-field"
    >${hiddenField('csrfToken', csrfToken)}${icon('search')}<input class="control control-small" name="text" type="search" id="head-search" aria-label="人をさがす（氏名・カナ・番号・生年月日）" placeholder="氏名・カナ・番号・生年月日" autocomplete="off" spellcheck="false" aria-keyshortcuts="/"></form
  >`;
}

function detailFields(form: SearchForm): Html {
  return html`<div class="form-grid search-details"
    >${textField({ name: 'kana', label: '氏名（カナ）', value: form.kana, hint: '前の方だけでもさがせます', size: 'small' })}${textField({ name: 'name', label: '氏名（漢字）', value: form.name, hint: '異体字（髙・高など）も合わせます', size: 'small' })}${textField({ name: 'birthDate', label: '生年月日', value: form.birthDate, hint: '2024-05-10、R6.5.10、昭29.8、5060510 など', size: 'small' })}${textField({ name: 'number', label: '宛名番号', value: form.number, hint: '頭の0は省けます', inputMode: 'numeric', size: 'small' })}${textField({ name: 'address', label: '住所', value: form.address, hint: '町名や番地', size: 'small' })}${textField({ name: 'phone', label: '電話番号', value: form.phone, hint: '下の数けたでも', inputMode: 'tel', size: 'small' })}</div
  >`;
}

function isDetailed(form: SearchForm): boolean {
  return [form.kana, form.name, form.birthDate, form.number, form.address, form.phone].some((field) => field !== '');
}

const searchHints = panel(
  { title: 'さがし方の例', headingLevel: 2, class: 'panel-quiet' },
  html`<dl class="data-list">
<div><dt>カナ</dt><dd><b>ニシムラ ショ</b>　姓と名の前の方だけで。小さい「ョ」や濁点のちがいも合わせます。</dd></div>
<div><dt>漢字</dt><dd><b>高橋</b>　髙橋、高橋のどちらでも見つかります。</dd></div>
<div><dt>生年月日</dt><dd><b>R6.5.10</b>、<b>2024-05-10</b>、<b>昭和29年8月</b>、予診票の<b>5060510</b>　月までや年までもさがせます。</dd></div>
<div><dt>組み合わせ</dt><dd><b>ニシムラ R6.5.10</b>、<b>高橋 緑町</b>　空白で区切ります。</dd></div>
<div><dt>宛名番号</dt><dd><b>5647</b>　頭の0は省けます。</dd></div>
</dl>`,
);
