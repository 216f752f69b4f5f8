import { annotationKinds } from '#addressees/persons';
import {
  button,
  checkbox,
  dayField,
  errorOf,
  errorSummary,
  type FormError,
  type Html,
  html,
  notice,
  pageHead,
  panel,
  postForm,
  radioGroup,
  selectField,
  table,
  textArea,
  textField,
} from '#platform/pages';
import type { DraftForm } from '../decide-draft.ts';
import { alikeColumns, type ListedAlike } from './alike-columns.ts';
import { registrationPath } from './paths.ts';

/** The form of a 住登外者; with candidates, the clerk must say that none of them is the same person. */
export function draftPage(view: {
  readonly form: DraftForm;
  readonly errors: readonly FormError[];
  /** Null before the form was sent for the first time. */
  readonly candidates: readonly ListedAlike[] | null;
  readonly csrfToken: string;
}): Html {
  const { form, errors, candidates } = view;
  const hasCandidates = candidates !== null && candidates.length > 0;
  return html`${pageHead('住登外者を登録する', {
    lead: '住民基本台帳にいない人を、書類にもとづいて登録します。別の職員が書類とくらべて承認すると、宛名番号が付きます。個人番号がなくても登録できます。',
  })}${errorSummary(errors)}${hasCandidates && candidatesPanel(candidates)}${postForm(
    { action: registrationPath, csrfToken: view.csrfToken, label: '住登外者を登録する' },
    html`<div class="stack">${panel({ title: 'だれか', icon: 'person' }, whoFields(form, errors))}${panel(
      { title: '住んでいるところ', icon: 'home' },
      placeFields(form, errors),
    )}${panel({ title: '登録のわけ', icon: 'book' }, groundsFields(form, errors))}${hasCandidates && differentBox()}${button(
      '承認を申請する',
      { look: 'filled', icon: 'arrowRight' },
    )}</div>`,
  )}`;
}

type Errors = readonly FormError[];

function whoFields(form: DraftForm, errors: Errors): Html {
  return html`<div class="stack">${textField({ name: 'kana', label: '氏名カナ', value: form.kana, error: errorOf(errors, 'kana'), hint: '姓と名の間を空けてください', inputMode: 'kana', maxLength: 100, width: 40, isRequired: true })}${textField({ name: 'name', label: '氏名（漢字など）', value: form.name, error: errorOf(errors, 'name'), maxLength: 100, width: 40, isRequired: true })}${textField({ name: 'birthDate', label: '生年月日', value: form.birthDate, error: errorOf(errors, 'birthDate'), hint: '例　R6.5.10、2024-05-10。月や日が分からなければ 2024-05 や 昭和30年 のように。分からなければ空に', maxLength: 20, width: 20 })}${radioGroup(
    {
      name: 'sex',
      label: '性別',
      value: form.sex,
      error: errorOf(errors, 'sex'),
      isInline: true,
      choices: [
        { value: 'female', label: '女' },
        { value: 'male', label: '男' },
        { value: 'unknown', label: '不明' },
      ],
    },
  )}${textField({ name: 'commonName', label: '通称', value: form.commonName, maxLength: 100, width: 40 })}${checkbox({ name: 'isForeigner', label: '外国人', isChecked: form.isForeigner === 'yes' })}${textField({ name: 'foreignName', label: '外国人本名', value: form.foreignName, maxLength: 100, width: 40 })}${textField({ name: 'foreignKana', label: '外国人本名カナ', value: form.foreignKana, maxLength: 100, width: 40 })}${textField({ name: 'nationality', label: '国籍', value: form.nationality, maxLength: 50, width: 20 })}</div>`;
}

function placeFields(form: DraftForm, errors: Errors): Html {
  return html`<div class="stack">${textField({ name: 'postalCode', label: '郵便番号', value: form.postalCode, error: errorOf(errors, 'postalCode'), inputMode: 'numeric', maxLength: 8, width: 10 })}${textField({ name: 'address', label: '住所', value: form.address, error: errorOf(errors, 'address'), maxLength: 200, width: 40 })}${textField({ name: 'building', label: '方書（建物・部屋）', value: form.building, maxLength: 100, width: 40 })}${textField({ name: 'phone', label: '電話番号', value: form.phone, type: 'tel', maxLength: 20, width: 20 })}${checkbox({ name: 'isProtected', label: '支援措置の対象者', isChecked: form.isProtected === 'yes', hint: '住所はどの画面にも印刷物にも出なくなります' })}</div>`;
}

function groundsFields(form: DraftForm, errors: Errors): Html {
  const choices = annotationKinds
    .filter((each) => each.isCategory)
    .map(({ kind, nameJa }) => ({ value: kind, label: nameJa }));
  return html`<div class="stack">${selectField({ name: 'category', label: '区分', value: form.category, error: errorOf(errors, 'category'), choices: [{ value: '', label: '選んでください' }, ...choices], isRequired: true })}${textArea({ name: 'grounds', label: '登録の根拠', value: form.grounds, error: errorOf(errors, 'grounds'), hint: '例　戸籍の附票の写し（11月16日受付）。個人番号は書かないでください', isRequired: true })}${dayField({ name: 'validFrom', label: 'いつから', value: form.validFrom, error: errorOf(errors, 'validFrom'), isRequired: true })}${dayField({ name: 'validTo', label: 'いつまで', value: form.validTo, error: errorOf(errors, 'validTo'), hint: '決まっていなければ空に' })}</div>`;
}

function candidatesPanel(candidates: readonly ListedAlike[]): Html {
  return html`${notice('warning', '似た記録があります', '同じ人ではないかを、一つずつ確かめてください。同じ人なら、新しく登録しないでその記録を使ってください。')}${panel(
    { title: '似た記録', icon: 'search', isFlush: true },
    table<ListedAlike>({
      caption: '似た記録',
      density: 'dense',
      rows: candidates,
      columns: alikeColumns,
    }),
  )}`;
}

function differentBox(): Html {
  return html`<div class="panel panel-body">${checkbox({ name: 'areOthers', label: '似た記録のどれとも別の人であることを確かめました' })}</div>`;
}
