import { findIsoDay } from '#kernel';
import { dayHelp } from '#platform/pages';

/** How an item of the sheet is written down. */
type SheetKind = 'text' | 'long' | 'day' | 'time' | 'grams' | 'choice' | 'choices';

/** An item of the official sheet that no column of a report holds. */
export interface SheetItem {
  readonly key: string;
  /** The item's name on the sheet. */
  readonly label: string;
  readonly kind: SheetKind;
  readonly choices?: Readonly<Record<string, string>>;
  readonly hint?: string;
}

/** What a report tells beside its columns: text by key, a list where any number of choices may be told. */
export type Sheet = Readonly<Record<string, string | readonly string[]>>;

const yesNo = { yes: '有', no: '無' } as const;

/**
 * The items of 予防接種後副反応疑い報告書 (別紙様式1, 健発0330第3号, as of 29 March 2024) that the ledger cannot know by
 * itself, in the order of the sheet; `docs/specs/report-items.csv` says of every item of the sheet where it stands.
 */
export const sheetParts: readonly { readonly title: string; readonly items: readonly SheetItem[] }[] = [
  {
    title: '接種の状況',
    items: [
      { key: 'vaccinatedTime', label: '接種の時刻', kind: 'time', hint: '4時間や30分の報告基準は、時刻で決まります' },
      { key: 'birthWeight', label: '出生体重（グラム）', kind: 'grams', hint: '乳幼児のとき' },
      { key: 'familyNote', label: '家族歴', kind: 'long' },
      { key: 'hasScreeningNote', label: '予診票での留意点', kind: 'choice', choices: yesNo },
      {
        key: 'screeningNote',
        label: '留意点の内容',
        kind: 'long',
        hint: '基礎疾患、アレルギー、服薬、過去の副作用など',
      },
    ],
  },
  {
    title: '症状',
    items: [
      { key: 'symptomName', label: '症状名', kind: 'text', hint: 'その他の反応や、報告基準にない症状のとき' },
      { key: 'occurredTime', label: '発生の時刻', kind: 'time' },
      {
        key: 'causality',
        label: '本剤との因果関係',
        kind: 'choice',
        choices: { related: '関連あり', unrelated: '関連なし', unassessable: '評価不能' },
      },
      { key: 'hasOtherCause', label: '他要因（他の疾患等）の可能性', kind: 'choice', choices: yesNo },
      { key: 'otherCauseNote', label: '他要因の内容', kind: 'text' },
      { key: 'isMakerInformed', label: '製造販売業者への情報提供', kind: 'choice', choices: yesNo },
      {
        key: 'severity',
        label: '症状の程度',
        kind: 'choices',
        choices: {
          died: '死亡',
          disability: '障害',
          mayDie: '死亡につながるおそれ',
          mayDisable: '障害につながるおそれ',
          hospitalized: '入院',
          equivalent: 'これらに準じて重い',
          nextGeneration: '後世代における先天性の疾病又は異常',
          notSerious: '重くない',
        },
      },
      { key: 'hospitalName', label: '入院した病院名', kind: 'text' },
      { key: 'hospitalPhysician', label: '入院先の医師名', kind: 'text' },
      { key: 'admittedOn', label: '入院日', kind: 'day' },
      { key: 'dischargedOn', label: '退院日', kind: 'day' },
      { key: 'outcomeOn', label: '転帰日', kind: 'day' },
      { key: 'sequelaeNote', label: '後遺症の症状', kind: 'text' },
      { key: 'opinionNote', label: '報告者意見', kind: 'long' },
    ],
  },
  {
    title: '報告者',
    items: [
      {
        key: 'reporterKind',
        label: '報告者の区分',
        kind: 'choice',
        choices: {
          vaccinatingPhysician: '接種者（医師）',
          vaccinatingOther: '接種者（医師以外）',
          attendingPhysician: '主治医',
          other: 'その他',
        },
      },
      { key: 'reporterInstitution', label: '報告者の医療機関名', kind: 'text' },
      { key: 'reporterPhone', label: '報告者の電話番号', kind: 'text' },
      { key: 'reporterPlace', label: '報告者の住所', kind: 'text' },
      {
        key: 'reportCount',
        label: '報告回数',
        kind: 'choice',
        choices: { first: '第1報', second: '第2報', later: '第3報以後' },
      },
    ],
  },
];

/** Every item of the sheet. */
export const sheetItems: readonly SheetItem[] = sheetParts.flatMap(({ items }) => items);

/** What is wrong with a told item, as a sentence for the clerk; null where nothing is. */
export function findSheetFault(item: SheetItem, value: string | readonly string[]): string | null {
  const texts = typeof value === 'string' ? [value] : value;
  switch (item.kind) {
    case 'day':
      return texts.every((text) => findIsoDay(text) !== undefined) ? null : dayHelp('日');
    case 'time':
      return texts.every((text) => minuteOf(text) !== null) ? null : '時刻を 9:30 や 14:05 のように書いてください。';
    case 'grams':
      return texts.every((text) => /^[1-9]\d{2,3}$/u.test(text))
        ? null
        : 'グラムの数を 3120 のように3けたか4けたで書いてください。';
    case 'choice':
    case 'choices':
      if (!texts.every((text) => Object.hasOwn(item.choices ?? {}, text))) return `${item.label}を選び直してください。`;
      return texts.length > 1 && texts.includes('notSerious')
        ? '「重くない」と、ほかの程度のどちらかだけを選んでください。'
        : null;
    case 'text':
    case 'long':
      return null;
  }
}

/** The minute of the day of `9:30`, `09:30` or full-width digits; null for anything else. */
export function minuteOf(text: string): number | null {
  const found = /^(\d{1,2}):(\d{2})$/u.exec(text.normalize('NFKC'));
  if (found === null) return null;
  const [hour, minute] = [Number(found[1]), Number(found[2])];
  return hour < 24 && minute < 60 ? hour * 60 + minute : null;
}

/** An item's value as the sheet words it; null where nothing was told. */
export function wordsOfItem(item: SheetItem, sheet: Sheet, dayText: (iso: string) => string): string | null {
  const value = sheet[item.key];
  if (value === undefined) return null;
  const texts = typeof value === 'string' ? [value] : value;
  const words = texts.map((text) => {
    if (item.choices !== undefined) return item.choices[text] ?? text;
    return item.kind === 'day' ? dayText(text) : text;
  });
  return words.join('、') || null;
}
