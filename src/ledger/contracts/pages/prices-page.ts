import type { Day } from '#kernel';
import {
  button,
  type Choice,
  checkbox,
  dayField,
  dayText,
  dayValue,
  emptyState,
  errorOf,
  errorSummary,
  type FormError,
  formatCount,
  type Html,
  hiddenField,
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
import type { PriceOnRecord } from '../types.ts';
import { pricesPath } from './paths.ts';

/** What stands in the form of a price, as text. */
export interface PriceForm {
  readonly priceCode: string;
  readonly programme: string;
  readonly product: string;
  readonly outcome: string;
  readonly institutionCode: string;
  readonly ageFromYears: string;
  readonly ageToYears: string;
  readonly unitPriceYen: string;
  readonly validFrom: string;
  readonly validTo: string;
  readonly note: string;
  readonly isRetired: boolean;
}

/** The form of a price as it stands. */
export function formOfPrice(price: PriceOnRecord | null): PriceForm {
  const text = (value: number | null | undefined): string =>
    value === null || value === undefined ? '' : String(value);
  return {
    priceCode: price?.priceCode ?? '',
    programme: price?.programme ?? '',
    product: price?.product ?? '',
    outcome: price?.outcome ?? 'administered',
    institutionCode: price?.institutionCode ?? '',
    ageFromYears: text(price?.ageFromYears),
    ageToYears: text(price?.ageToYears),
    unitPriceYen: text(price?.unitPriceYen),
    validFrom: dayValue(price?.validFrom),
    validTo: dayValue(price?.validTo),
    note: price?.note ?? '',
    isRetired: price?.isRetired ?? false,
  };
}

/** What the page of prices shows. */
export interface PricesPageView {
  readonly prices: readonly PriceOnRecord[];
  readonly today: Day;
  readonly programmes: readonly Choice[];
  readonly products: readonly Choice[];
  readonly mayUpdate: boolean;
  /** The price being changed; null for a new one. */
  readonly price: PriceOnRecord | null;
  readonly form: PriceForm;
  readonly errors: readonly FormError[];
  readonly csrfToken: string;
}

const outcomes: readonly Choice[] = [
  { value: 'administered', label: '接種' },
  { value: 'screeningOnly', label: '予診のみ（見合せ）' },
];

/** What the contracts pay, and the form of one price. */
export function pricesPage(view: PricesPageView): Html {
  const nameOf = (choices: readonly Choice[], value: string) =>
    choices.find((one) => one.value === value)?.label ?? value;
  const lead =
    '契約の単価です。受付は、請求額と単価コードをその接種の日の単価と比べます。一つもなければ、金額は確かめません。';
  return html`${pageHead('契約の単価', { lead })}${errorSummary(view.errors)}${panel(
    { title: '単価', icon: 'list', isFlush: true },
    table<PriceOnRecord>({
      caption: '契約の単価',
      density: 'dense',
      rows: view.prices,
      whenEmpty: emptyState('単価はまだ登録されていません'),
      columns: [
        {
          label: '単価コード',
          isRowHeader: true,
          cell: (one) =>
            view.mayUpdate
              ? html`<a class="mono" href="${pricesPath}?price=${one.versionId}#price-form">${one.priceCode}</a>`
              : html`<span class="mono">${one.priceCode}</span>`,
        },
        {
          label: '予防接種',
          cell: (one) =>
            html`${nameOf(view.programmes, one.programme)}${one.product !== null && html`<br><span class="small soft">${nameOf(view.products, one.product)}</span>`}`,
        },
        { label: '区分', isNoWrap: true, cell: (one) => nameOf(outcomes, one.outcome) },
        { label: '年齢', isNoWrap: true, cell: (one) => ageText(one) },
        { label: '医療機関', cell: (one) => one.institutionCode ?? 'すべて' },
        { label: '単価（円）', isNumber: true, cell: (one) => formatCount(one.unitPriceYen) },
        {
          label: '有効期間（接種日）',
          cell: (one) =>
            html`${one.validFrom !== null && dayText(one.validFrom, { isShort: true })}～${one.validTo !== null && dayText(one.validTo, { isShort: true })}`,
        },
        { label: '今日', isNoWrap: true, cell: (one) => validityTag(one, view.today) },
        { label: '登録', cell: (one) => html`${one.recordedByName}<br>${instantText(one.recordedAt)}` },
      ],
    }),
  )}${view.mayUpdate && formPanel(view)}`;
}

function ageText({ ageFromYears: from, ageToYears: to }: PriceOnRecord): string {
  if (from === null && to === null) return 'すべて';
  return `${from === null ? '' : `${from}歳`}～${to === null ? '' : `${to}歳`}`;
}

function validityTag(one: PriceOnRecord, today: Day): Html {
  if (one.isRetired) return statusTag('取り下げ', 'neutral', 'cross');
  const isValid = (one.validFrom === null || one.validFrom <= today) && (one.validTo === null || today <= one.validTo);
  return isValid ? statusTag('有効', 'success', 'check') : statusTag('期間の外', 'warning', 'clock');
}

function formPanel(view: PricesPageView): Html {
  const { price, form, errors } = view;
  const field = (
    name: Exclude<keyof PriceForm, 'isRetired' | 'programme' | 'product' | 'outcome'>,
    label: string,
    more: { width?: 5 | 10 | 20; hint?: string; isRequired?: boolean; inputMode?: 'numeric' } = {},
  ) => textField({ name, label, value: form[name], error: errorOf(errors, name), size: 'small', width: 10, ...more });
  const select = (name: 'programme' | 'product' | 'outcome', label: string, choices: readonly Choice[]) =>
    selectField({ name, label, choices, value: form[name], error: errorOf(errors, name), size: 'small' });
  const day = (name: 'validFrom' | 'validTo', label: string, hint: string) =>
    dayField({ name, label, value: form[name], error: errorOf(errors, name), size: 'small', hint });
  // What a price is known by does not change: another code or first day is another price.
  const known =
    price === null
      ? html`${field('priceCode', '単価コード', { isRequired: true, width: 20 })}${day('validFrom', '有効の始まり', '接種日。空は始めから')}`
      : html`${hiddenField('replaces', price.versionId)}${hiddenField('priceCode', form.priceCode)}${hiddenField('validFrom', form.validFrom)}<p>単価コード <b class="mono">${form.priceCode}</b>　有効の始まり <b>${form.validFrom === '' ? '始めから' : form.validFrom}</b></p>`;
  const title = price === null ? '単価を登録する' : '単価を変える';
  return panel(
    { title, icon: 'file', id: 'price-form', class: 'no-print' },
    postForm(
      { action: pricesPath, csrfToken: view.csrfToken, class: 'stack-tight', label: title },
      html`${known}<div class="form-grid">${select('programme', '予防接種', [{ value: '', label: '選んでください' }, ...view.programmes])}${select('product', '製品', [{ value: '', label: 'すべての製品' }, ...view.products])}${select('outcome', '区分', outcomes)}${field('unitPriceYen', '単価（円、税込）', { isRequired: true, inputMode: 'numeric' })}${field('ageFromYears', '年齢の始まり', { width: 5, inputMode: 'numeric', hint: '接種日の満年齢。空は0歳から' })}${field('ageToYears', '年齢の終わり', { width: 5, inputMode: 'numeric', hint: 'その年齢まで。空は上限なし' })}${field('institutionCode', '医療機関コード', { width: 20, hint: '一つだけの単価のとき' })}${day('validTo', '有効の終わり', 'その日まで。空は続いている')}${field('note', 'メモ', { width: 20 })}</div>${price !== null && checkbox({ name: 'isRetired', label: '取り下げる（誤って登録した単価で、なかったことにする）', isChecked: form.isRetired })}<div class="button-row">${button(price === null ? '登録する' : '新しい版を登録する', { look: 'filled', icon: 'check' })}</div>`,
    ),
  );
}
