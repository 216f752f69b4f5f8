import { derivePackage, type InjectionPlan } from '#clinic/check';
import type { ClinicMasters } from '#clinic/tickets';
import { type Day, type Finding, findTypedDay, formatIsoDay } from '#kernel';
import type { FormFields } from '#platform/http';
import type { FormError } from '#platform/pages';

/** What stands in the fields of the injection, as text. */
export interface InjectionForm {
  readonly product: string;
  readonly lotNumber: string;
  readonly expiresOn: string;
  readonly gtin: string;
  readonly manufacturerCode: string;
  readonly bodyTemperature: string;
}

/** The fields before anything was typed. */
export const emptyInjection: InjectionForm = {
  product: '',
  lotNumber: '',
  expiresOn: '',
  gtin: '',
  manufacturerCode: '',
  bodyTemperature: '',
};

/** The fields as they were sent. */
export function readInjectionForm(body: FormFields): InjectionForm {
  return {
    product: body.text('product'),
    lotNumber: body.text('lotNumber').normalize('NFKC'),
    expiresOn: body.text('expiresOn'),
    gtin: /^\d{14}$/u.exec(body.text('gtin'))?.[0] ?? '',
    manufacturerCode: body.text('manufacturerCode').slice(0, 20),
    bodyTemperature: body.text('bodyTemperature').normalize('NFKC'),
  };
}

/**
 * The fields after a package was scanned: what its barcode says stands over what was there. A package may have two
 * barcodes, one with its code and one with lot and last day: what the other told stays, unless the code is another's.
 */
export function fillFromPackage(
  form: InjectionForm,
  scanned: string,
  given: { readonly masters: ClinicMasters; readonly today: Day },
): { readonly form: InjectionForm; readonly trouble: Finding | null } {
  const found = derivePackage(scanned, given.masters, given.today);
  if ('severity' in found) return { form, trouble: found };
  const { product, lotNumber, lotDoubt, expiresOn, gtin, manufacturerCode } = found;
  const isOther = gtin !== null && form.gtin !== '' && gtin !== form.gtin;
  // A package that is on no list tells no product: the other one's must not stand beside its lot.
  const before = isOther ? { ...form, product: '', lotNumber: '', expiresOn: '' } : form;
  const filled = {
    ...before,
    product: product ?? before.product,
    lotNumber: lotDoubt === null ? (lotNumber ?? before.lotNumber) : '',
    expiresOn: expiresOn === null ? before.expiresOn : formatIsoDay(expiresOn),
    gtin: gtin ?? form.gtin,
    manufacturerCode: gtin === null ? form.manufacturerCode : (manufacturerCode ?? ''),
  };
  return { form: filled, trouble: lotDoubt };
}

/** The plan that the fields tell, or what is wrong with them. */
export function planOf(form: InjectionForm): { readonly plan: InjectionPlan } | { readonly errors: FormError[] } {
  const errors: FormError[] = [];
  if (form.product === '') errors.push({ field: 'product', message: 'ワクチンを選んでください。' });
  if (!/^[\u0021-\u007E]{1,20}$/u.test(form.lotNumber)) {
    errors.push({ field: 'lotNumber', message: 'ロット番号を、包装のとおりに20文字までの英数字で入力してください。' });
  }
  const expiresOn = form.expiresOn === '' ? null : findTypedDay(form.expiresOn);
  if (expiresOn === undefined) {
    errors.push({ field: 'expiresOn', message: '有効期限を 2027-06-30 や 20270630 の形で入力してください。' });
  }
  const bodyTemperature = readTemperature(form.bodyTemperature);
  if (bodyTemperature === undefined) {
    errors.push({ field: 'bodyTemperature', message: temperatureUnreadable });
  }
  if (errors.length > 0 || expiresOn === undefined || bodyTemperature === undefined) return { errors };
  const gtin = form.gtin === '' ? null : form.gtin;
  return { plan: { product: form.product, lotNumber: form.lotNumber, expiresOn, gtin, bodyTemperature } };
}

/** What is said of a temperature that is none. */
export const temperatureUnreadable = '体温を 36.5 の形で、34度から43度までで入力してください。';

/** Degrees between 34 and 43; null where nobody measured, undefined where it is no temperature. */
export function readTemperature(text: string): number | null | undefined {
  if (text === '') return null;
  if (!/^\d{2}(?:\.\d)?$/u.test(text)) return undefined;
  const degrees = Number(text);
  return degrees >= 34 && degrees <= 43 ? degrees : undefined;
}
