/**
 * Whether a 12-digit individual number (個人番号) carries its own check digit.
 * @law 総務省令第85号第5条
 */
export function isIndividualNumber(text: string): boolean {
  return /^\d{12}$/u.test(text) && individualNumberCheckDigit(text.slice(0, 11)) === Number(text[11]);
}

/** The check digit of the first eleven digits of an individual number. */
export function individualNumberCheckDigit(firstEleven: string): number {
  const remainder = weightedSum(firstEleven, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  return remainder <= 1 ? 0 : 11 - remainder;
}

/** Whether a 6-digit code of a local government (全国地方公共団体コード) carries its own check digit. */
export function isLocalGovernmentCode(text: string): boolean {
  if (!/^\d{6}$/u.test(text)) return false;
  const check = 11 - (weightedSum(text.slice(0, 5), [6, 5, 4, 3, 2]) % 11);
  return check % 10 === Number(text[5]);
}

/** Whether a 13-digit corporate number (法人番号) carries its own check digit, which stands first. */
export function isCorporateNumber(text: string): boolean {
  if (!/^\d{13}$/u.test(text)) return false;
  const sum = weightedSum(text.slice(1), [2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]);
  return 9 - (sum % 9) === Number(text[0]);
}

/** Whether a 10-digit medical institution code (医療機関コード) carries its own check digit: Luhn over all ten. */
export function isMedicalInstitutionCode(text: string): boolean {
  return /^\d{10}$/u.test(text) && luhnSum(text) % 10 === 0;
}

/** The Luhn check digit that makes digits plus itself valid; used for our own form numbers. */
export function luhnCheckDigit(digits: string): number {
  return (10 - (luhnSum(`${digits}0`) % 10)) % 10;
}

function luhnSum(digits: string): number {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum;
}

function weightedSum(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, i) => sum + weight * (digits.charCodeAt(i) - 48), 0);
}
