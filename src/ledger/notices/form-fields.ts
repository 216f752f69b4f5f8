/**
 * The fields that a form's texts may name as `${field}`, with what they mean. A layout that names another is
 * refused before anything is printed.
 */
export const formFields = {
  formNumber: '発行番号（12桁）',
  formNumberSpaced: '発行番号（4桁ごとに区切り）',
  issuedOn: '発行日（和暦）',
  issuedOnWestern: '発行日（英語）',
  recipientName: '宛名（敬称つき）',
  recipientNote: 'だれの分か（宛名が本人でないとき）',
  recipientPostalCode: '送付先の郵便番号',
  recipientAddress: '送付先の住所',
  recipientBuilding: '送付先の方書',
  customerBarcode: 'カスタマバーコード（四種の高さのバー）',
  postalCode: '本人の郵便番号',
  address: '本人の住所',
  building: '本人の方書',
  name: '氏名',
  kana: 'フリガナ',
  sex: '性別',
  sexCode: '性別（male, female, unknown）',
  bornOn: '生年月日（和暦）',
  bornOnWestern: '生年月日（西暦）',
  ageYears: '発行日の満年齢',
  ageMonths: '満年齢の月数',
  doseNumber: '回数',
  doseLabel: '回数（何回目）',
  validFrom: '接種できる最初の日（和暦）',
  validTo: '接種できる最後の日（和暦）',
  programmeName: '予防接種の名前',
  stageName: '期の名前',
  exceptionNote: '長期療養特例のときの注記',
  page: 'ページ',
  pages: '全ページ数',
  listCount: '一覧の件数',
  listTitle: '一覧の題',
  listNote: '一覧の説明',
  copaymentCode: '自己負担区分（コード）',
  copaymentLabel: '自己負担区分',
  couponNumber: '接種券の券番号（10桁。人ごとに同じ）',
} as const;

/** A field of a form. */
export type FormField = keyof typeof formFields;

/** What a translation sheet says, as `${translation.title}`; filled in the language of the person. */
export const translationFields = {
  title: '「○○語訳」',
  lead: '使い方',
  number: '見出し（番号）',
  question: '見出し（質問）',
  answers: '見出し（答え）',
  ofForm: '「日本語の予診票」',
  authority: '日本語が優先すること',
  unchecked: '確認がまだであること',
  language: '言語の日本語名',
  heading: '予診票の名前の訳',
  headingJa: '予診票の名前',
  consentAsk: '同意の問いの訳',
  consentChoices: '同意の答えの訳',
  consentSubmission: '提出への同意の訳',
  signature: '署名欄の訳',
  proxySignature: '代筆の説明の訳',
  notice: '注意書きの訳',
} as const;

/** Prefix of the fields of a translation sheet. */
export const translationPrefix = 'translation.';

/** The lists of rows that a form may print, with the fields of a row. */
export const formLists = {
  pastDoses: ['label', 'day', 'product'],
  records: ['programme', 'label', 'day', 'dayIso', 'product', 'lot', 'volume', 'place', 'note', 'disease', 'maker'],
  letters: ['number', 'ordinal', 'page', 'formNumberSpaced', 'postalCode', 'name', 'reason', 'title'],
  institutions: ['name', 'code', 'address', 'phone'],
  translation: ['number', 'ask', 'answers'],
} as const;

/** A list of a form. */
export type FormList = keyof typeof formLists;

/** Prefix of what staff types for one printing (`input.addressedTo`). */
export const inputPrefix = 'input.';

/** Prefix of the municipality's own texts (`office.phone`), filled when the layout is read. */
export const officePrefix = 'office.';

const placeholder = /\$\{([A-Za-z.]+)\}/gu;

/** The fields that a text names. */
export function fieldsOf(text: string): string[] {
  return text.includes('${') ? Array.from(text.matchAll(placeholder), (match) => match[1] ?? '') : [];
}

/** The text with its fields filled; a field without a value is left empty. */
export function fillText(text: string, values: Readonly<Record<string, string>>): string {
  return text.includes('${') ? text.replaceAll(placeholder, (_, field: string) => values[field] ?? '') : text;
}
