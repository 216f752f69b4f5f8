import { type Day, dayParts, type Sex } from '#kernel';
import { dayText, eraYear, type Html, html, statusTag, type TagWords, tagOf } from '#platform/pages';
import type { BirthDatePrecision } from '../birth-date.ts';
import type { ResidenceState } from '../types.ts';

const sexWords: Readonly<Record<Sex, string>> = { female: '女', male: '男', unknown: '不明' };

const states: Readonly<Record<ResidenceState, TagWords>> = {
  resident: { word: '住民', tone: 'success', icon: 'home' },
  notYetResident: { word: '転入予定', tone: 'info', icon: 'calendar' },
  movedOut: { word: '転出', tone: 'warning', icon: 'arrowRight' },
  dead: { word: '死亡', tone: 'neutral', icon: 'dash' },
  nonRegistered: { word: '住登外', tone: 'info', icon: 'info' },
  cancelled: { word: '消除', tone: 'neutral', icon: 'cross' },
};

const relations: Readonly<Record<string, string>> = {
  householder: '世帯主',
  husband: '夫',
  wife: '妻',
  child: '子',
  parent: '父母',
  grandchild: '孫',
  grandparent: '祖父母',
  sibling: '兄弟姉妹',
  other: 'その他',
};

const changes: Readonly<Record<string, string>> = {
  birth: '出生',
  movedIn: '転入',
  movedOut: '転出',
  died: '死亡',
  movedWithin: '転居',
  nameChanged: '氏名等の変更',
};

const taxWords: Readonly<Record<string, string>> = {
  taxed: '市民税 課税',
  exempt: '市民税 非課税',
  perCapitaOnly: '市民税 均等割のみ',
};

/** 異動事由 in words; what the settings did not map is shown as it came. */
export function changeWord(reason: string): string {
  return changes[reason] ?? reason;
}

/** 課税区分 in words. */
export function taxWord(category: string): string {
  return taxWords[category] ?? category;
}

/** 女, 男 or 不明. */
export function sexWord(sex: Sex): string {
  return sexWords[sex];
}

/** What a person is to the municipality, as a tag. */
export function residenceTag(state: ResidenceState): Html {
  return tagOf(states[state]);
}

/** The mark of a protected person: their address is shown nowhere. */
export const protectionTag: Html = statusTag('支援措置', 'strong', 'lock');

/** 続柄 in words; what the settings did not map is shown as it came. */
export function relationWord(relation: string | null): string {
  return relation === null ? '' : (relations[relation] ?? relation);
}

/** A birth date with what is unknown of it said: `1950年（昭和25年）月日は不詳`. */
export function birthDateText(bornOn: Day | null, precision: BirthDatePrecision): Html {
  if (bornOn === null) return html`<span class="soft">生年月日は不詳</span>`;
  if (precision === 'day') return dayText(bornOn);
  const { year, month } = dayParts(bornOn);
  const known = precision === 'month' ? `${year}年${month}月` : `${year}年`;
  const unknown = precision === 'month' ? '日は不詳' : '月日は不詳';
  return html`<span class="day">${known}<span class="era">（${eraYear(bornOn)}）</span> <span class="soft">${unknown}</span></span>`;
}
