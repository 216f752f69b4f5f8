import type { ExplainedFinding } from '#platform/findings';
import {
  attributes,
  button,
  buttonLink,
  errorOf,
  errorSummary,
  type FormError,
  formatAge,
  formatWesternDay,
  type Html,
  hiddenField,
  html,
  icon,
  pageHead,
  panel,
  postForm,
  statusTag,
  textField,
} from '#platform/pages';
import type { KeyedDifference } from '../decide-differences.ts';
import { askForCode, type CheckedForm } from '../key-form.ts';
import { type Bundle, type KeyedFieldKey, type KeyedValues, type KeyingPass, keyedFields } from '../types.ts';
import { bundlePath, keyingPath } from './paths.ts';

/** The screen of one form being typed. */
export interface KeyingPageView {
  readonly bundle: Bundle;
  readonly institutionName: string;
  readonly pass: KeyingPass;
  readonly ordinal: number;
  /** The form is typed anew in its place. */
  readonly isAnew: boolean;
  /** How many forms were typed in this pass. */
  readonly typed: number;
  readonly values: KeyedValues;
  /** Where a third look decides: what two persons typed differently. Empty while a form is typed: nobody sees the other's. */
  readonly differences: readonly KeyedDifference[];
  readonly errors: readonly FormError[];
  readonly csrfToken: string;
  /** What was said of the form kept last, in one line. */
  readonly lastKept: string | null;
  /** Whether the municipality may hold an item (CB-15): the others have no field. */
  readonly mayHold: (item: string) => boolean;
  /** What the masters have for a field on the day before which is typed. */
  readonly suggestions: Partial<Readonly<Record<KeyedFieldKey, readonly string[]>>>;
}

const hints: Partial<Record<KeyedFieldKey, string>> = {
  formNumber: 'バーコードを読むと、人・予防接種・回数が入ります',
  birthDate: 'バーコードがないときだけ',
  addresseeNumber: 'バーコードがないときだけ',
  bodyTemperature: '366 は 36.6',
  outcome: '1 実施　2 予診のみ　3 未同意',
  consent: '1 あり　0 なし',
  administeringPhysician: '氏名か、マスタの医師コード',
  venueOther: '会場があるときだけ。名前か、マスタの会場コード',
  vaccinatedOn: '080415 は 令和8年4月15日',
};

const widths: Partial<Record<KeyedFieldKey, 5 | 10 | 20>> = {
  formNumber: 20,
  addresseeNumber: 20,
  lotNumber: 20,
  administeringPhysician: 20,
  venueOther: 20,
  screeningReason: 20,
};

const words: ReadonlySet<KeyedFieldKey> = new Set([
  'lotNumber',
  'administeringPhysician',
  'venueOther',
  'screeningReason',
]);

/** One form per screen, in the order of the paper; Enter goes on, and keeps the form once nothing is missing. */
export function keyingPage(view: KeyingPageView): Html {
  const { bundle, pass } = view;
  const count = bundle.receivedCount === null ? '' : ` / ${bundle.receivedCount}`;
  const differing = new Map(view.differences.map((each) => [each.field, each]));
  const focused = view.differences[0]?.field ?? 'formNumber';
  const fields = keyedFields
    .filter(({ key }) => view.mayHold(`doses.${key}`))
    .map(({ key, label, isCarried }) => {
      const hint = hintOf(key, differing.get(key));
      return textField({
        name: key,
        label,
        value: view.values[key],
        error: errorOf(view.errors, key),
        size: 'small',
        width: widths[key] ?? 10,
        inputMode: words.has(key) ? 'text' : 'numeric',
        suggestions: view.suggestions[key] ?? [],
        isFocused: key === focused,
        ...(hint === undefined ? {} : { hint }),
        ...(isCarried ? { autocomplete: 'off' } : {}),
      });
    });
  const form = postForm(
    {
      action: keyingPath(bundle.bundleId, pass, view.isAnew ? view.ordinal : null),
      csrfToken: view.csrfToken,
      id: 'keyed-form',
      label: '予診票の入力',
    },
    html`${hiddenField('ordinal', view.ordinal)}<div class="stack"><div class="columns columns-half">${fields}</div>${button('この予診票を登録して次へ', { look: 'filled', icon: 'check' })}</div>`,
  );
  const passName = pass === 1 ? '' : pass === 2 ? '（二人目）' : '（突き合わせて決める）';
  const tag = attributes({ target: 'form-check' });
  return html`${pageHead(
    html`${view.ordinal}枚目${passName} <span class="soft">${view.institutionName}　${bundle.claimMonth}　入力済み ${view.typed}${count}</span>`,
    {
      actions: buttonLink('束の画面へ', bundlePath(bundle.bundleId), { size: 'small', icon: 'arrowLeft' }),
    },
  )}${errorSummary(view.errors)}${view.lastKept !== null && html`<p class="small soft" role="status">${icon('check')}${view.lastKept}</p>`}<key-form ${tag}
    ><div class="columns columns-half"
      ><div class="stack">${panel({ title: '予診票', icon: 'keyboard', aside: keyHelp }, form)}</div
      ><div class="stack">${panel({ title: 'すぐにわかること', icon: 'info', id: 'instant' }, html`<div id="form-check" aria-live="polite"><p class="soft">バーコードか宛名番号を入れると、その人と気をつけることが出ます。</p></div>`)}</div></div
  ></key-form>`;
}

function hintOf(key: KeyedFieldKey, difference: KeyedDifference | undefined): string | undefined {
  if (difference === undefined) return hints[key];
  return `一人目「${difference.first}」　二人目「${difference.second}」`;
}

const keyHelp = html`<span class="small soft"><kbd>Enter</kbd> 次の空いた欄へ。なければ登録　<kbd>Shift</kbd>+<kbd>Tab</kbd> 前の欄へ</span>`;

/** What the server says of the form so far, for the place beside it; the attributes fill what the barcode knows. */
export function formCheck(checked: CheckedForm, findings: readonly ExplainedFinding[] | null): Html {
  const { person, form, values } = checked;
  const tag = attributes({
    'data-known': form === null ? 'no' : 'yes',
    'data-vaccine-code': form === null ? null : values.vaccineCode,
    'data-dose-number': form === null ? null : values.doseNumber,
    'data-person': person === null ? 'no' : 'yes',
  });
  const who =
    person === null
      ? html`<p class="soft">${values.formNumber !== '' && form === null ? 'この発行番号は、発行番号簿にありません。' : values.addresseeNumber !== '' && values.birthDate !== '' ? '宛名番号と生年月日の合う人がいません。予診票を確かめてください。' : '人がまだ決まっていません。'}</p>`
      : html`<p><b>${person.name === '' ? person.kana : person.name}</b><br><span class="small">${person.kana}　${person.bornOn !== null && `${formatWesternDay(person.bornOn)}生`}　宛名番号 ${person.addresseeNumber}</span></p>`;
  const bornOn = person?.bornOn ?? null;
  const age =
    bornOn !== null && checked.vaccinatedOn !== null
      ? html`<p class="small">接種日に ${formatAge(bornOn, checked.vaccinatedOn)}</p>`
      : null;
  const list = (findings ?? []).map(
    (finding) =>
      html`<li>${finding.severity === 'question' ? statusTag('確認', 'warning', 'question') : finding.severity === 'refuse' ? statusTag('直す', 'error', 'stop') : statusTag('注意', 'neutral', 'info')} ${finding.message}</li>`,
  );
  return html`<div ${tag}>${who}${age}${vaccineLine(checked)}${list.length > 0 ? html`<ul class="finding-list">${list}</ul>` : person !== null && findings !== null && html`<p>${icon('check')}気になることはありません。</p>`}</div>`;
}

/** Which vaccine the code stands for, or what is to be typed: to be held against the sticker on the paper. */
function vaccineLine(checked: CheckedForm): Html | null {
  const { form, values, vaccineName } = checked;
  if (values.vaccineCode === '') {
    return form === null ? null : html`<p>${statusTag('入力', 'warning', 'question')} ${askForCode(checked)}</p>`;
  }
  if (vaccineName === null) {
    // Once the form is checked, intake's own finding says it.
    if (checked.findings !== null) return null;
    return html`<p>${statusTag('直す', 'error', 'stop')} 予防接種コード ${values.vaccineCode} は対応表にありません。</p>`;
  }
  return html`<p class="small">予防接種　<b>${vaccineName}</b>${values.doseNumber !== '' && html`　${values.doseNumber}回目`}</p>`;
}
