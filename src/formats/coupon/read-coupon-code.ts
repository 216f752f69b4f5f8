/** What a 接種券 tells: the number of ten digits, and from the OCR line or QR of 18 digits the rest. */
export interface CouponCode {
  /** 券番号: ten digits, unique only inside its municipality, fixed per person. */
  readonly couponNumber: string;
  /** 券種, one digit; null where only the number was given. */
  readonly couponKind: string | null;
  /** 回数, from 1. */
  readonly doseNumber: number | null;
  /** 市町村コード, six digits. */
  readonly lgCode: string | null;
}

/**
 * Reads a 券番号 of ten digits, or the 18 of the OCR line and the QR: 券種 1, 回数 1, 市町村コード 6, 券番号 10. Blanks,
 * hyphens and width do not matter. The line has no check digit of its own: only the last digit of the municipality's code
 * checks anything, which is the caller's to hold. Undefined where it is neither.
 * @spec 新型コロナワクチン接種 接種券 OCRライン (18桁)
 */
export function readCouponCode(text: string): CouponCode | undefined {
  const digits = text.normalize('NFKC').replaceAll(/[\s-]/gu, '');
  if (/^\d{10}$/u.test(digits)) return { couponNumber: digits, couponKind: null, doseNumber: null, lgCode: null };
  const parts = /^(\d)(\d)(\d{6})(\d{10})$/u.exec(digits);
  if (parts === null) return undefined;
  const [, couponKind = '', dose = '', lgCode = '', couponNumber = ''] = parts;
  return { couponNumber, couponKind, doseNumber: dose === '0' ? null : Number(dose), lgCode };
}
