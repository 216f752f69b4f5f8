import { recordItems } from '#ledger/vaccinations';

/** What a row tells beside the items of a record: who, when, how, and what is claimed for it. Key and name in the office. */
const rowItems: readonly (readonly [string, string])[] = [
  ['lgCode', '団体コード'],
  ['addresseeNumber', '宛名番号'],
  ['kana', '氏名カナ'],
  ['birthDate', '生年月日'],
  ['sex', '性別（male・female・unknown）'],
  ['vaccinatedOn', '接種年月日'],
  ['outcome', '実施区分（administered・screeningOnly・notConsented）'],
  ['vaccinationClass', '接種区分（routine・voluntary・temporary）'],
  ['claimYen', '請求額（円）'],
  ['priceCode', '単価コード'],
];

/** Every key that a column of vaccination records may have, with its name in the office. */
export const layoutItems: readonly (readonly [string, string])[] = [
  ...rowItems,
  ...recordItems.map(({ key, label }) => [key, label] as const),
];
