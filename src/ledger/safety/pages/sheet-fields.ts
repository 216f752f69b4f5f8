import { parseIsoDay } from '#kernel';
import {
  checkboxGroup,
  dataList,
  dayField,
  disclosure,
  errorOf,
  type FormError,
  formatDay,
  type Html,
  html,
  selectField,
  textArea,
  textField,
} from '#platform/pages';
import { type Sheet, type SheetItem, sheetParts, wordsOfItem } from '../report-sheet.ts';

/** The fields of the official sheet, in its parts: most reports tell few of them, so that they open one by one. */
export function sheetFields(sheet: Sheet, errors: readonly FormError[]): Html {
  return html`${sheetParts.map(({ title, items }) => {
    const isOpen = items.some(({ key }) => sheet[key] !== undefined || errorOf(errors, key) !== null);
    const fields = items.map((item) => field(item, sheet, errors));
    return disclosure(`報告書の項目　${title}`, html`<div class="stack-tight">${fields}</div>`, isOpen);
  })}`;
}

/** What a report tells of the sheet, by its parts; parts of which nothing is told are left out. */
export function sheetLists(sheet: Sheet): Html {
  return html`${sheetParts.map(({ title, items }) => {
    const told = items.flatMap((item) => {
      const words = wordsOfItem(item, sheet, (iso) => formatDay(parseIsoDay(iso)));
      return words === null ? [] : [[item.label, words] as const];
    });
    return told.length === 0 ? null : html`<h3>${title}</h3>${dataList(told)}`;
  })}`;
}

function field(item: SheetItem, sheet: Sheet, errors: readonly FormError[]): Html {
  const value = sheet[item.key];
  const text = typeof value === 'string' ? value : '';
  const frame = {
    name: item.key,
    label: item.label,
    error: errorOf(errors, item.key),
    size: 'small' as const,
    ...(item.hint === undefined ? {} : { hint: item.hint }),
  };
  const choices = Object.entries(item.choices ?? {}).map(([key, label]) => ({ value: key, label }));
  switch (item.kind) {
    case 'choice':
      return selectField({ ...frame, value: text, choices: [{ value: '', label: '書かれていない' }, ...choices] });
    case 'choices':
      return checkboxGroup({ ...frame, values: typeof value === 'string' ? [value] : (value ?? []), choices });
    case 'long':
      return textArea({ ...frame, value: text, rows: 2 });
    case 'day':
      return dayField({ ...frame, value: text, width: 20 });
    case 'time':
      return textField({ ...frame, value: text, width: 10, placeholder: '14:05' });
    case 'grams':
      return textField({ ...frame, value: text, width: 10, inputMode: 'numeric' });
    case 'text':
      return textField({ ...frame, value: text });
  }
}
