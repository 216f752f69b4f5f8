import {
  button,
  type Choice,
  checkbox,
  checkboxGroup,
  dayField,
  dayValue,
  errorOf,
  type FormError,
  type Html,
  hiddenField,
  html,
  panel,
  postForm,
  textField,
} from '#platform/pages';
import type { ContractVersion } from '../types.ts';

/** What stands in the form of a contract, as text. */
export interface ContractForm {
  readonly institutionCode: string;
  readonly name: string;
  readonly postalCode: string;
  readonly address: string;
  readonly phone: string;
  readonly contractedFrom: string;
  readonly contractedTo: string;
  readonly bankCode: string;
  readonly branchCode: string;
  readonly accountKind: string;
  readonly accountNumber: string;
  readonly accountHolderKana: string;
  readonly programmes: readonly string[];
  readonly isRetired: boolean;
  readonly reason: string;
}

/** The form of a contract as it stands; of a new one of an institution that is known: its name, place and account. */
export function formOfContract(known: ContractVersion | null, isNew: boolean): ContractForm {
  return {
    institutionCode: known?.institutionCode ?? '',
    name: known?.name ?? '',
    postalCode: known?.postalCode ?? '',
    address: known?.address ?? '',
    phone: known?.phone ?? '',
    contractedFrom: isNew ? '' : dayValue(known?.contractedFrom),
    contractedTo: isNew ? '' : dayValue(known?.contractedTo),
    bankCode: known?.bankCode ?? '',
    branchCode: known?.branchCode ?? '',
    accountKind: known?.accountKind ?? '',
    accountNumber: known?.accountNumber ?? '',
    accountHolderKana: known?.accountHolderKana ?? '',
    programmes: known?.programmes ?? [],
    isRetired: known?.isRetired ?? false,
    reason: '',
  };
}

/** The form of a contract: a new institution, a new contract of a known one, or a new version of a contract. */
export function contractFormPanel(view: {
  readonly action: string;
  readonly csrfToken: string;
  readonly form: ContractForm;
  readonly errors: readonly FormError[];
  /** Every programme that can be entrusted. */
  readonly programmes: readonly Choice[];
  /** The version that is changed; null for a new contract. */
  readonly replaces: ContractVersion | null;
  readonly isKnown: boolean;
}): Html {
  const { form, errors, replaces, isKnown } = view;
  const field = (
    name: Exclude<keyof ContractForm, 'programmes' | 'isRetired'>,
    label: string,
    more: { width?: 5 | 10 | 20 | 40; hint?: string; isRequired?: boolean; inputMode?: 'numeric' | 'tel' } = {},
  ) => textField({ name, label, value: form[name], error: errorOf(errors, name), size: 'small', width: 20, ...more });
  const day = (name: 'contractedFrom' | 'contractedTo', label: string, hint: string) =>
    dayField({ name, label, value: form[name], error: errorOf(errors, name), size: 'small', hint });
  const code = isKnown
    ? html`${hiddenField('institutionCode', form.institutionCode)}<p>医療機関コード <b class="mono">${form.institutionCode}</b></p>`
    : field('institutionCode', '医療機関コード', {
        isRequired: true,
        hint: '10桁。ない会場などは、市町村のコード（英数字）',
      });
  // What a contract is known by does not change: another first day is another contract.
  const from =
    replaces === null
      ? day('contractedFrom', '契約の始まり', '空は始めから')
      : html`${hiddenField('contractedFrom', form.contractedFrom)}${hiddenField('replaces', replaces.versionId)}<p>契約の始まり <b>${form.contractedFrom === '' ? '始めから' : form.contractedFrom}</b><br><span class="small soft">始まりの日が誤りなら、取り下げて、新しい契約を登録します。</span></p>`;
  const programmes = checkboxGroup({
    name: 'programmes',
    label: '契約の範囲（予防接種）',
    hint: '一つも選ばなければ、委託しているすべての予防接種です',
    choices: view.programmes,
    values: form.programmes,
    isInline: true,
  });
  const account = html`<fieldset class="stack-tight"><legend>振込先</legend><div class="form-grid"
    >${field('bankCode', '銀行コード', { width: 5, inputMode: 'numeric' })}${field('branchCode', '支店コード', { width: 5, inputMode: 'numeric' })}${field('accountKind', '預金の種別', { width: 5, hint: '例　1 普通、2 当座' })}${field('accountNumber', '口座番号', { width: 10, inputMode: 'numeric' })}${field('accountHolderKana', '口座名義（カナ）')}</div></fieldset>`;
  const change =
    replaces !== null &&
    html`${checkbox({ name: 'isRetired', label: '取り下げる（誤って登録した契約で、なかったことにする）', isChecked: form.isRetired })}${field('reason', '変更の理由', { width: 40, isRequired: true })}`;
  const title = replaces === null ? (isKnown ? '新しい契約を登録する' : '医療機関と契約を登録する') : '契約を変える';
  return panel(
    { title, icon: 'file', id: 'contract-form', class: 'no-print' },
    postForm(
      { action: view.action, csrfToken: view.csrfToken, class: 'stack', label: title },
      html`${code}<div class="form-grid">${field('name', '名前', { isRequired: true, width: 40 })}${field('postalCode', '郵便番号', { width: 10 })}${field('address', '所在地', { width: 40 })}${field('phone', '電話番号', { inputMode: 'tel' })}</div
      ><div class="form-grid">${from}${day('contractedTo', '契約の終わり', 'その日まで有効。空は続いている')}</div>${programmes}${account}${change}<div class="button-row">${button(replaces === null ? '登録する' : '新しい版を登録する', { look: 'filled', icon: 'check' })}</div>`,
    ),
  );
}
