import { codeInSentence, type Finding, findIsoDay, finding } from '#kernel';
import { type ItemType, type RecordItemKey, type RecordItems, recordItems } from './record-items.ts';

/** What a text must look like to be stored as each type. */
const isReadable: Record<ItemType, (text: string) => boolean> = {
  text: () => true,
  date: (text) => findIsoDay(text) !== undefined,
  numeric: (text) => /^-?\d{1,9}(?:\.\d{1,6})?$/u.test(text),
  integer: (text) => /^-?\d{1,9}$/u.test(text),
};

const itemKeys: ReadonlySet<string> = new Set(recordItems.map(({ key }) => key));
const typedItems = recordItems.filter(({ type }) => type !== 'text');

function isItemKey(key: string): key is RecordItemKey {
  return itemKeys.has(key);
}

/** Takes the record items out of a row's fields; what is empty or no record item stays out. */
export function pickRecordItems(fields: Readonly<Record<string, string | null>>): RecordItems {
  const items: Partial<Record<RecordItemKey, string>> = {};
  for (const key in fields) {
    const value = fields[key];
    if (value !== undefined && value !== null && value !== '' && isItemKey(key)) items[key] = value;
  }
  return items;
}

/** Refuses items whose text is no day or number although their column is one. */
export function decideItems(items: RecordItems): Finding[] {
  const findings: Finding[] = [];
  for (const { key, type } of typedItems) {
    const value = items[key];
    if (value !== undefined && value !== null && !isReadable[type](value)) {
      findings.push(finding('recordItemUnreadable', 'refuse', key, { value: codeInSentence(value) }));
    }
  }
  return findings;
}
