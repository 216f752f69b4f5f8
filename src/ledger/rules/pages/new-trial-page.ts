import {
  button,
  buttonLink,
  dayField,
  errorOf,
  errorSummary,
  type FormError,
  fileField,
  type Html,
  hiddenField,
  html,
  pageHead,
  panel,
  postForm,
  table,
  textArea,
  textField,
} from '#platform/pages';
import type { RuleSet } from '#schedule';
import { newTrialPath, trialFilesPath, trialsPath } from './paths.ts';
import { tableWords } from './row-words.ts';

/** What stands in the fields of a new trial. */
export interface TrialFields {
  readonly label: string;
  readonly asOf: string;
  /** The table that is written on the screen; null where files are sent. */
  readonly table: string | null;
  readonly text: string;
}

/** The form of a new trial: files of tables, or one table written on the screen. */
export function newTrialPage(view: {
  readonly rules: RuleSet;
  readonly fields: TrialFields;
  readonly errors: readonly FormError[];
  readonly csrfToken: string;
}): Html {
  const { fields, errors } = view;
  const lead =
    'rules フォルダーと同じ形の表で、案を作ります。行は消さずに、最後の日を入れて新しい行を足してください。何も書き込まれません。';
  return html`${pageHead('新しい試算', { lead })}${errorSummary(errors)}${
    fields.table === null ? filesPart(view) : textPart(view, fields.table)
  }`;
}

function commonFields(fields: TrialFields, errors: readonly FormError[]): Html {
  return html`${textField({ name: 'label', label: '試算の名前', value: fields.label, error: errorOf(errors, 'label'), isRequired: true, width: 40, maxLength: 100, hint: '例　令和9年度からの対象年齢の変更' })}
    ${dayField({ name: 'asOf', label: '基準日', value: fields.asOf, error: errorOf(errors, 'asOf'), isRequired: true, width: 10, hint: 'この日に、いまのきまりと案をくらべます' })}`;
}

function filesPart({ rules, fields, errors, csrfToken }: Parameters<typeof newTrialPage>[0]): Html {
  const names = [...rules.texts.keys()];
  const form = postForm(
    { action: trialFilesPath, csrfToken, takesFiles: true, class: 'stack' },
    html`${commonFields(fields, errors)}${fileField({ name: 'files', label: '案のファイル', error: errorOf(errors, 'files'), accept: '.csv,text/csv', isRequired: true, isMultiple: true, hint: `ファイルの名前は ${names.join('、')} のどれかです。変えた表だけを、いくつでも選べます。文字コードは UTF-8 かシフトJISです` })}
      <div class="button-row">${button('数え始める', { look: 'filled', icon: 'upload' })}${buttonLink('もどる', trialsPath)}</div>`,
  );
  const tables = table<string>({
    caption: '画面で書く表',
    density: 'dense',
    rows: names,
    columns: [
      { label: '表', isRowHeader: true, cell: (name) => html`<a href="${newTrialPath(name)}">${tableWords(name)}</a>` },
      { label: 'ファイルの名前', cell: (name) => html`<span class="mono">${name}</span>` },
    ],
  });
  return html`${panel({ title: 'ファイルを送る', icon: 'upload' }, form)}${panel({ title: '画面で書く（一つの表）', icon: 'file', isFlush: true }, tables)}`;
}

function textPart({ fields, errors, csrfToken }: Parameters<typeof newTrialPage>[0], name: string): Html {
  const form = postForm(
    { action: trialsPath, csrfToken, class: 'stack' },
    html`${hiddenField('table', name)}${commonFields(fields, errors)}${textArea({ name: 'text', label: `${tableWords(name)}（${name}）`, value: fields.text, error: errorOf(errors, 'text'), rows: 24, isRequired: true, hint: 'いまの表が入っています。変えたい行だけを書き換えてください' })}
      <div class="button-row">${button('数え始める', { look: 'filled', icon: 'check' })}${buttonLink('もどる', newTrialPath())}</div>`,
  );
  return panel({ title: tableWords(name), icon: 'file', class: 'rules-edit' }, form);
}
