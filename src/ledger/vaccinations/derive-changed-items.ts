import { formatIsoDay } from '#kernel';
import { recordItems } from './record-items.ts';
import type { EntrySource, Outcome, VaccinationClass, VaccinationFact } from './types.ts';

/** Names of the rules for what a fact holds as codes. */
export interface RecordWording {
  stage(programme: string | null, stage: string | null): string;
  product(product: string): string;
}

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

/** An item as the office reads it: 同意 is kept as a code, and as it came where a sender wrote something else. */
function wordOf(key: string, value: string | null | undefined): string | null | undefined {
  return key === 'consent' && value ? (consentNames.get(value) ?? value) : value;
}

/** Everything a record tells, item by item in the office's words; what is empty is left out. */
export function listFactItems(fact: VaccinationFact, words: RecordWording): readonly (readonly [string, string])[] {
  const told: (readonly [string, string | null | undefined])[] = [
    ['予防接種', fact.programme === null ? null : words.stage(fact.programme, fact.stage)],
    ['製品', fact.product === null ? null : words.product(fact.product)],
    ['接種年月日', formatIsoDay(fact.vaccinatedOn)],
    ['実施区分', outcomeNames[fact.outcome]],
    ['接種区分', classNamesJa[fact.vaccinationClass]],
    ['記録の出所', sourceNames[fact.source]],
    ['確かさ', certaintyNames[fact.certainty]],
    ...recordItems.map(({ key, label }) => [label, wordOf(key, fact.items[key])] as const),
  ];
  return told.flatMap(([label, value]) =>
    value === null || value === undefined || value === '' ? [] : [[label, value] as const],
  );
}

/** What two versions of a record tell differently. */
export function deriveChangedItems(
  before: VaccinationFact,
  after: VaccinationFact,
  words: RecordWording,
): readonly ChangedItem[] {
  const was = new Map(listFactItems(before, words));
  const is = new Map(listFactItems(after, words));
  return [...new Set([...was.keys(), ...is.keys()])]
    .map((label) => ({ label, before: was.get(label) ?? null, after: is.get(label) ?? null }))
    .filter((item) => item.before !== item.after);
}
