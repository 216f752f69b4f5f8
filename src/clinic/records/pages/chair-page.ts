import type { InjectionCheck } from '#clinic/check';
import type { Day, Finding } from '#kernel';
import { wordOfReference } from '#messages';
import { explainFinding, type FindingsTables } from '#platform/findings';
import {
  button,
  buttonLink,
  buttonRow,
  type Choice,
  checkbox,
  dataList,
  disclosure,
  errorOf,
  errorSummary,
  type FormError,
  type Html,
  hiddenField,
  html,
  notice,
  pageHead,
  panel,
  postForm,
  radioGroup,
  textArea,
  textField,
} from '#platform/pages';
import { findProductName, listDoseVolumes, listProductsInUse, type RuleSet } from '#schedule';
import type { ChairState } from '../check-injection.ts';
import type { InjectionForm } from '../read-injection-form.ts';
import { chairPanel, findingsList, historyPanel, verdictNotice } from './chair-parts.ts';
import { checkPath, recordingPath, recordsPath } from './paths.ts';

/** What every page of the chair is drawn from. */
export interface ChairView {
  readonly openingId: string;
  readonly state: ChairState;
  readonly rules: RuleSet;
  readonly findings: FindingsTables;
  readonly today: Day;
  readonly csrfToken: string;
}

/** The form in hand: who, what for, what was given before, and the package that is about to be used. */
export function chairPage(
  view: ChairView,
  given: {
    readonly form: InjectionForm;
    readonly errors: readonly FormError[];
    readonly trouble: Finding | null;
    /** What speaks against any dose today, before a package is chosen. */
    readonly outlook: InjectionCheck;
    readonly recordId: string;
    /** Whom this member of staff named last today, so that nobody types it for every child. */
    readonly physician: string;
    /** What was told of a dose that was not given, where it could not be recorded; null otherwise. */
    readonly notGiven: NotGivenFields | null;
  },
): Html {
  const { state, rules, today, findings } = view;
  const isUsed = state.opened.uses.some(({ formNumber }) => formNumber === state.opened.ticket.formNumber);
  const head = html`${pageHead('接種前の確認', { actions: buttonLink('別の予診票を読み取る', '/', { icon: 'arrowLeft' }) })}
    ${isUsed ? notice('error', 'この予診票は、すでに記録されています', html`<a href="${recordsPath}">今日の記録</a>にあれば、そこで内容を確かめられます。ほかの医療機関の記録は見られません。`) : null}
    ${errorSummary([...given.errors, ...inNotGivenForm(given.notGiven?.errors ?? [])])}
    ${chairPanel(state, rules, today)}`;
  if (isUsed) return head;
  const isRefused = given.outlook.findings.some(({ severity }) => severity === 'refuse');
  return html`${head}
    ${isRefused ? html`${verdictNotice(given.outlook.findings)}${findingsList(given.outlook, findings)}` : null}
    ${historyPanel(state, rules, today)}
    ${panel({ title: '使うワクチン', icon: 'tag' }, packageForm(view, given))}
    ${disclosure('接種しないとき（予診のみ・同意なし）', notGivenForm(view, given), given.notGiven !== null)}`;
}

/** What is told of a dose that was not given, and what is wrong with it. */
export interface NotGivenFields {
  readonly outcome: string;
  readonly reason: string;
  readonly errors: readonly FormError[];
}

/** The form of a dose not given stands beside that of the package: its fields have ids of their own. */
function notGivenId(field: string): string {
  return `not-given-${field}`;
}

function inNotGivenForm(errors: readonly FormError[]): FormError[] {
  return errors.map((error) => ({ ...error, field: error.field === null ? null : notGivenId(error.field) }));
}

function packageForm(
  view: ChairView,
  given: {
    readonly form: InjectionForm;
    readonly errors: readonly FormError[];
    readonly trouble: Finding | null;
    readonly notGiven: NotGivenFields | null;
  },
): Html {
  const { form, errors } = given;
  // Where something else on the page is to be mended the scanner's field does not take the keys.
  const isNext = given.notGiven === null && errors.length === 0;
  const trouble = given.trouble === null ? null : explainFinding(view.findings, given.trouble);
  const barcodeError = trouble === null ? null : `${trouble.message}${trouble.whatToDo}`;
  return postForm(
    {
      action: checkPath(view.openingId),
      csrfToken: view.csrfToken,
      label: '使うワクチン',
      class: 'stack keeps-nothing',
    },
    html`<div class="chair-scan">${textField({ name: 'barcode', label: '包装のバーコード（GS1）', width: 40, isFocused: isNext, hint: '箱かバイアルのバーコードを読み取ると、下の欄が埋まります。', error: barcodeError })}
        ${button('読み取った内容を入れる', { name: 'step', value: 'scan', icon: 'download', needsNoFields: true })}</div>
      ${hiddenField('gtin', form.gtin)}${hiddenField('manufacturerCode', form.manufacturerCode)}
      ${radioGroup({ name: 'product', label: 'ワクチン', choices: productChoices(view, form.product), value: form.product, isRequired: true, error: errorOf(errors, 'product') })}
      <div class="chair-row">
      ${textField({ name: 'lotNumber', label: 'ロット番号', value: form.lotNumber, width: 20, isRequired: true, maxLength: 20, error: errorOf(errors, 'lotNumber') })}
      ${textField({ name: 'expiresOn', label: '有効期限', value: form.expiresOn, width: 10, error: errorOf(errors, 'expiresOn'), hint: '例 2027-06-30' })}
      ${textField({ name: 'bodyTemperature', label: '体温（度）', value: form.bodyTemperature, width: 5, inputMode: 'decimal', error: errorOf(errors, 'bodyTemperature'), hint: '例 36.5' })}
      </div>
      ${buttonRow(button('接種前の確認をする', { look: 'filled', icon: 'check', name: 'step', value: 'check' }))}`,
  );
}

/** The products of the form's programme; one that was scanned and is none of them stands there too, to be refused. */
function productChoices({ state, rules, today }: ChairView, chosen: string): Choice[] {
  const products = listProductsInUse(rules, state.opened.ticket.programme, today);
  const all = chosen === '' || products.includes(chosen) ? products : [...products, chosen];
  return all.map((product) => ({ value: product, label: findProductName(rules, product) ?? product }));
}

function notGivenForm(
  view: ChairView,
  given: {
    readonly form: InjectionForm;
    readonly recordId: string;
    readonly physician: string;
    readonly notGiven: NotGivenFields | null;
  },
): Html {
  const { openingId, csrfToken } = view;
  const { recordId, physician, form } = given;
  const { outcome, reason, errors } = given.notGiven ?? { outcome: '', reason: '', errors: [] };
  return postForm(
    { action: recordingPath(openingId), csrfToken, label: '接種しなかった記録', class: 'stack keeps-nothing' },
    html`${hiddenField('recordId', wordOfReference(recordId))}
      ${radioGroup({
        name: 'outcome',
        id: notGivenId('outcome'),
        label: '結果',
        value: outcome,
        isRequired: true,
        choices: [
          { value: 'screeningOnly', label: '予診のみ', hint: '診察して、今日は見合わせた' },
          { value: 'notConsented', label: '同意なし', hint: '説明の後、接種に同意しなかった' },
        ],
        error: errorOf(errors, 'outcome'),
      })}
      <div class="chair-row">
      ${textField({ name: 'physician', label: '予診した医師', value: physician, width: 20, isRequired: true, id: notGivenId('physician'), error: errorOf(errors, 'physician') })}
      ${textField({ name: 'bodyTemperature', label: '体温（度）', value: form.bodyTemperature, width: 5, inputMode: 'decimal', id: notGivenId('bodyTemperature'), error: errorOf(errors, 'bodyTemperature') })}
      </div>
      ${textArea({ name: 'reason', label: '理由', value: reason, hint: '予診のみのときは必ず書きます（例 発熱、体調不良）。名前や住所は書きません。', id: notGivenId('reason'), error: errorOf(errors, 'reason') })}
      ${buttonRow(button('接種しなかったことを記録する'))}`,
  );
}

/** The answer to the check, and the record that follows it. */
export function checkedPage(
  view: ChairView,
  given: {
    readonly form: InjectionForm;
    readonly check: InjectionCheck;
    readonly recordId: string;
    readonly errors: readonly FormError[];
    readonly recording: RecordingFields;
  },
): Html {
  const { rules, state } = view;
  const { check, form } = given;
  const isRefused = check.findings.some(({ severity }) => severity === 'refuse');
  const isQuestioned = check.findings.some(({ severity }) => severity === 'question');
  const volumes = usualVolumes(view, form.product);
  const plan = dataList([
    ['ワクチン', html`<b>${findProductName(rules, form.product) ?? form.product}</b>`],
    ['ロット番号', form.lotNumber],
    ['有効期限', form.expiresOn === '' ? '未確認' : form.expiresOn],
    volumes === '' ? null : ['接種量', html`<b>${volumes}</b>（年齢と製品から）`],
    form.bodyTemperature === '' ? null : ['体温', `${form.bodyTemperature} 度`],
  ]);
  const record = recordForm(view, given, { isRefused, needsReason: isRefused || isQuestioned });
  const notGiven = { form, recordId: given.recordId, physician: given.recording.physician, notGiven: null };
  return html`${pageHead('接種前の確認の結果', { actions: backForm(view, form) })}
    ${verdictNotice(check.findings)}
    ${errorSummary(given.errors)}
    ${findingsList(check, view.findings)}
    ${chairPanel(state, rules, view.today)}
    ${panel({ title: '使うワクチン', icon: 'tag' }, plan)}
    ${isRefused ? null : panel({ title: '接種した後の記録', icon: 'check' }, record)}
    ${isRefused || isQuestioned ? disclosure('接種しないとき（予診のみ・同意なし）', notGivenForm(view, notGiven)) : null}
    ${isRefused ? disclosure('すでに接種してしまったとき', record, given.errors.length > 0) : null}`;
}

/** How much is given of the product at the person's age today; empty where no row of the rules says. */
function usualVolumes({ rules, state, today }: ChairView, product: string): string {
  const { ticket, patient } = state.opened;
  const rows = listDoseVolumes(rules.doseVolumes, {
    product,
    stage: ticket.stage,
    on: today,
    bornOn: patient.bornOn,
  });
  return [...new Set(rows.map(({ volumeMl }) => `${volumeMl} mL`))].join(' か ');
}

/** Back to the fields as they were: what was measured and read is not typed twice. */
function backForm({ openingId, csrfToken }: ChairView, form: InjectionForm): Html {
  return postForm(
    { action: checkPath(openingId), csrfToken, label: '入力に戻る', class: 'keeps-nothing' },
    html`${hiddenFields(form)}${button('入力に戻る', { name: 'step', value: 'back', icon: 'arrowLeft' })}`,
  );
}

function hiddenFields(form: InjectionForm): Html[] {
  return Object.entries(form).map(([name, value]) => hiddenField(name, value));
}

/** What is typed after the injection. */
export interface RecordingFields {
  readonly physician: string;
  readonly doseVolumeMl: string;
  readonly reason: string;
}

function recordForm(
  view: ChairView,
  given: {
    readonly form: InjectionForm;
    readonly recordId: string;
    readonly errors: readonly FormError[];
    readonly recording: RecordingFields;
  },
  { isRefused, needsReason }: { readonly isRefused: boolean; readonly needsReason: boolean },
): Html {
  const { errors, recording } = given;
  return postForm(
    {
      action: recordingPath(view.openingId),
      csrfToken: view.csrfToken,
      label: '接種の記録',
      class: 'stack keeps-nothing',
    },
    html`${hiddenFields(given.form)}${hiddenField('recordId', wordOfReference(given.recordId))}${hiddenField('outcome', 'administered')}
      ${isRefused ? html`${notice('warning', '間違い接種のおそれがあります', '起きたことをそのまま記録します。自治体に電話でも知らせてください。')}${hiddenField('isGivenAnyway', 'yes')}` : null}
      <div class="chair-row">
      ${textField({ name: 'physician', label: '接種した医師', value: recording.physician, width: 20, isRequired: true, error: errorOf(errors, 'physician') })}
      ${textField({ name: 'doseVolumeMl', label: '接種量（mL）', value: recording.doseVolumeMl, width: 5, isRequired: true, error: errorOf(errors, 'doseVolumeMl'), inputMode: 'decimal', hint: '例 0.25、0.5' })}
      </div>
      ${checkbox({ name: 'isConsented', label: '予診票の同意の署名を確かめた' })}
      ${needsReason ? textArea({ name: 'reason', label: '理由', value: recording.reason, isRequired: true, error: errorOf(errors, 'reason'), hint: '確かめたことと、接種した理由を書きます。名前や住所は書きません。' }) : null}
      ${buttonRow(button(isRefused ? '接種してしまったことを記録する' : '接種したことを記録する', { look: isRefused ? 'danger' : 'filled', icon: 'check' }))}`,
  );
}
