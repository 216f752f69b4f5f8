import { checkbox, type Html } from '#platform/pages';

/** The field by which whoever sends a file lets numbers in its words be struck out; `yes` where it is ticked. */
export const strikeNumbersField = 'strikeNumbers';

/**
 * The box for a file that was refused because its words may hold a 個人番号. It stands before the file in its form: what
 * comes behind a file is not read before the file is kept.
 */
export function strikeNumbersBox(isChecked: boolean): Html {
  return checkbox({
    name: strikeNumbersField,
    label: '備考の番号を伏せて受け取る',
    isChecked,
    hint: '備考などに個人番号とみられる番号があると断られたファイルだけ。その番号を * に変え、どこにも残しません',
  });
}
