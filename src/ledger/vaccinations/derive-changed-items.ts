import { formatIsoDay } from '#kernel';
import { type RecordItemKey, type RecordItems, recordItems } from './record-items.ts';
import type { EntrySource, Outcome, VaccinationClass, VaccinationFact } from './types.ts';

/** Names for what a fact holds as codes. */
export interface RecordWording {
  stage(programme: string | null, stage: string | null): string;
  product(product: string): string;
  /** What the code in an item stands for; null where nobody knows or the item is no code. */
  readonly nameOfCode: NameOfCode;
}

/** Looks up the name of the code in an item of a record. */
export type NameOfCode = (key: RecordItemKey, items: RecordItems) => string | null;

/** An item that two versions of a record tell differently, in the office's words; null = empty. */
export interface ChangedItem {
  readonly label: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** 実施区分 in words. */
export const outcomeNames: Readonly<Record<Outcome, string>> = {
  administered: '実施',
  screeningOnly: '予診のみ（見合せ）',
  notConsented: '未同意',
};

/** 接種区分 in words. */
export const classNamesJa: Readonly<Record<VaccinationClass, string>> = {
  routine: '定期',
  voluntary: '任意',
  temporary: '臨時',
};

/** 記録の出所 in words. */
export const sourceNames: Readonly<Record<EntrySource, string>> = {
  clinic: '委託医療機関',
  elsewhere: 'ほかの市区町村',
  handbookCopy: '母子健康手帳の写し',
  abroad: '国外',
  inquiry: '情報照会',
  legacyLedger: '旧台帳',
};

/** 確かさ in words. */
export const certaintyNames: Readonly<Record<VaccinationFact['certainty'], string>> = {
  documented: '書面で確かめた',
  reported: '本人・保護者の申告',
};

/** 同意 in words, by the code that is kept; what a sender wrote otherwise is none of them. */
export const consentNames: ReadonlyMap<string, string> = new Map([
  ['given', 'あり'],
  ['notGiven', 'なし'],
]);

/** An item with its code and, beside it, what the code stands for. */
interface ToldItem {
  readonly label: string;
  readonly told: string;
  readonly name: string | null;
}

/** An item as the office reads it: 同意 is kept as a code, and as it came where a sender wrote something else. */
function wordOf(key: RecordItemKey, value: string | null | undefined): string | null | undefined {
  return key === 'consent' && value ? (consentNames.get(value) ?? value) : value;
}

/** Everything a record tells, item by item in the office's words; what is empty is left out. */
export function listFactItems(fact: VaccinationFact, words: RecordWording): readonly (readonly [string, string])[] {
  return tellItems(fact, words).map((item) => [item.label, shownOf(item)] as const);
}

function shownOf({ told, name }: ToldItem): string {
  return name === null ? told : `${told}　${name}`;
}

function tellItems(fact: VaccinationFact, words: RecordWording): readonly ToldItem[] {
  const told: (readonly [string, string | null | undefined, RecordItemKey?])[] = [
    ['予防接種', fact.programme === null ? null : words.stage(fact.programme, fact.stage)],
    ['製品', fact.product === null ? null : words.product(fact.product)],
    ['接種年月日', formatIsoDay(fact.vaccinatedOn)],
    ['実施区分', outcomeNames[fact.outcome]],
    ['接種区分', classNamesJa[fact.vaccinationClass]],
    ['記録の出所', sourceNames[fact.source]],
    ['確かさ', certaintyNames[fact.certainty]],
    ...recordItems.map(({ key, label }) => [label, wordOf(key, fact.items[key]), key] as const),
  ];
  return told.flatMap(([label, value, key]) => {
    if (value === null || value === undefined || value === '') return [];
    return [{ label, told: value, name: key === undefined ? null : words.nameOfCode(key, fact.items) }];
  });
}

/** What two versions of a record tell differently. */
export function deriveChangedItems(
  before: VaccinationFact,
  after: VaccinationFact,
  words: RecordWording,
): readonly ChangedItem[] {
  const was = new Map(tellItems(before, words).map((item) => [item.label, item]));
  const is = new Map(tellItems(after, words).map((item) => [item.label, item]));
  const shown = (item: ToldItem | undefined): string | null => (item === undefined ? null : shownOf(item));
  // What is told is compared: another institution may give the same code of a doctor another name.
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((label) => was.get(label)?.told !== is.get(label)?.told)
    .map((label) => ({ label, before: shown(was.get(label)), after: shown(is.get(label)) }));
}
