import { findIsoDay } from '#kernel';
import { formatWesternDay } from '#platform/pages';

/**
 * A day of a rule in the words of the law: `m(2)` 生後2月, `fy(12)s` 12歳となる日の属する年度の初日, then
 * `-1` の前日, `-22` の22日前, `-1y` の1年前.
 */
export function dayWords(text: string): string {
  const fixed = findIsoDay(text);
  if (fixed !== undefined) return formatWesternDay(fixed);
  const week = pregnancyWords(text);
  if (week !== undefined) return week;
  const match = /^(.*?)([+-]\d{1,4}y)?([+-]\d{1,4})?$/u.exec(text);
  const head = match?.[1] ?? text;
  const years = match?.[2] === undefined ? '' : `の${distance(match[2].slice(0, -1), '年')}`;
  const days = match?.[3] === undefined ? '' : match[3] === '-1' ? 'の前日' : `の${distance(match[3], '日')}`;
  return `${originWords(head)}${years}${days}`;
}

/** Delivery is expected when 40 weeks are complete: `due-84` is 28 weeks and no day. */
function pregnancyWords(text: string): string | undefined {
  const before = /^due-(\d{1,3})$/u.exec(text)?.[1];
  if (before === undefined || Number(before) >= 280) return undefined;
  return `妊娠${weeksWords(280 - Number(before))}（出産予定日の${before}日前）`;
}

function weeksWords(days: number): string {
  return `${Math.floor(days / 7)}週${days % 7}日`;
}

function distance(offset: string, unit: string): string {
  return `${offset.slice(1)}${unit}${offset.startsWith('-') ? '前' : '後'}`;
}

function originWords(head: string): string {
  const fixed: Readonly<Record<string, string>> = {
    birth: '生まれた日',
    school: '小学校就学の始期',
    due: '出産予定日',
    opens: '接種期間の初日',
    closes: '接種期間の末日',
  };
  const known = fixed[head];
  if (known !== undefined) return known;
  const call = /^(m|y|d|fy)\((\d+|n)\)([se])?$/u.exec(head);
  if (call === null) return head;
  const [, kind = '', amount = '', end = ''] = call;
  if (kind === 'm') return `生後${amount}月`;
  if (kind === 'd') return `出生${weeksWords(Number(amount))}後`;
  if (kind === 'y') return `${amount}歳`;
  return `${yearsOf(amount)}となる日の属する年度の${end === 's' ? '初日' : '末日'}`;
}

/** `n` stands for the ages that the row lists beside it. */
function yearsOf(amount: string): string {
  return amount === 'n' ? '次の年齢' : `${amount}歳`;
}

/** A span of a rule: `生後2月から生後60月に至るまで`, `65歳となる日の属する年度の間`. */
export function spanWords(opens: string, closes: string): string {
  const year = /^fy\((\d+|n)\)s$/u.exec(opens);
  if (year !== null && closes === `fy(${year[1]})e`) return `${yearsOf(year[1] ?? '')}となる日の属する年度の間`;
  const from = opens === '' ? '' : `${dayWords(opens)}から`;
  if (closes === '') return from === '' ? '定めなし' : from;
  return `${from}${dayWords(closes)}${/^(?:m|y)\(\d+\)$/u.test(closes) ? 'に至るまで' : 'まで'}`;
}

/** An interval in the words of the law: `27日` 27日以上の間隔, `139日@1回目` 1回目から139日以上の間隔. */
export function intervalWords(text: string): string {
  return text
    .split(/\s+/u)
    .filter((part) => part !== '')
    .map((part) => {
      const [amount = '', anchor] = part.split('@');
      return `${anchor === '1回目' ? '1回目から' : ''}${amount}以上`;
    })
    .join('、かつ');
}

/** The recommended interval: `20日..56日` 20日から56日まで. */
export function standardWords(text: string): string {
  const [from = '', to = ''] = text.split('..');
  const [amount = '', anchor] = from.split('@');
  const start = amount === '' ? '' : `${anchor === '1回目' ? '1回目から' : ''}${amount}${to === '' ? '以上' : 'から'}`;
  return `${start}${to === '' ? '' : `${to.replace('未満', '')}${to.endsWith('未満') ? '未満' : 'まで'}`}`;
}

const factWords: Readonly<Record<string, string>> = {
  hbigAtBirth: '出生時にHBグロブリンを受けた人',
  pregnancy: '妊娠している人',
  noDose: 'まだ1回も受けていない人',
  supplyShortage: 'ワクチンの不足のため期間内に受けられなかった人',
  doctorJudgedNecessary: '医師が必要と認めた人',
  heart: '心臓',
  kidney: '腎臓',
  respiratory: '呼吸器',
  hiv: 'ヒト免疫不全ウイルスによる免疫',
  sufficient: '十分',
  insufficient: '不十分',
};

/** A condition on a person in words; `diseaseName` gives the Japanese name of a disease. */
export function factConditionWords(text: string, diseaseName: (disease: string) => string): string {
  return text
    .split(';')
    .map((part) => oneFact(part.trim(), diseaseName))
    .filter((part) => part !== '')
    .join('。かつ、');
}

function oneFact(text: string, diseaseName: (disease: string) => string): string {
  const match = /^(\w+)(?:\(([^()]*)\))?$/u.exec(text);
  const terms = (match?.[2] ?? '').split(/\s+/u).filter((term) => term !== '');
  const [first = '', second = '', third] = terms;
  switch (match?.[1]) {
    case 'hadDisease':
      return `${diseaseName(first)}にかかったことがある人`;
    case 'antibodyTest':
      return `${diseaseName(first)}の抗体が${factWords[second] ?? second}と確かめられた人${third === undefined ? '' : `（${dayWords(third)}まで）`}`;
    case 'categoryBEligible60to64':
      return `${terms.map((term) => factWords[term] ?? term).join('・')}の機能に重い障害がある人`;
    case 'dose':
      return `${dayWords(first)}から${dayWords(second)}までに1回以上受けた人`;
    default:
      return factWords[match?.[1] ?? ''] ?? text;
  }
}
