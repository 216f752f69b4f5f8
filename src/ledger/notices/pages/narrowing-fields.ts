import { type Day, findTypedDay, formatIsoDay } from '#kernel';
import {
  checkboxGroup,
  dayField,
  dayHelp,
  disclosure,
  errorOf,
  type FormError,
  type Html,
  hiddenField,
  html,
  selectField,
  textArea,
  textField,
} from '#platform/pages';
import { type CohortNarrowing, gradeNames } from '../narrow-people.ts';
import { languageNames } from '../record-wish.ts';

/** What is read from a sent form: one text, or all of a name. */
export interface SentFields {
  text(name: string): string;
  list(name: string): readonly string[];
}

const bornFromLabel = '生年月日（この日から）';
const bornToLabel = '生年月日（この日まで）';
const nothingSent: SentFields = { text: () => '', list: () => [] };

const narrowingNames = [
  ...['bornFrom', 'bornTo', 'sex', 'doseNumber', 'monthsLeft', 'isPublicAssistance', 'isDisabled', 'isForeigner'],
  ...['language', 'areas', 'grades', 'statuses'],
];

const yesNo = [
  { value: '', label: '問わない' },
  { value: 'yes', label: 'はい' },
  { value: 'no', label: 'いいえ' },
];
const statusChoices = [
  { value: 'overdue', label: '標準的な時期を過ぎている' },
  { value: 'due', label: '接種できる時期にある' },
  { value: 'upcoming', label: '期日までに接種できる時期になる' },
];

/** The conditions beside the law, folded away: most cohorts need none. What was sent stays in sight as it was typed. */
export function narrowingDisclosure(sent: SentFields | undefined, errors: readonly FormError[]): Html {
  const isSent = sent !== undefined && narrowingNames.some((name) => sent.list(name).some((text) => text !== ''));
  const summary = '条件を足す（生年月日、学年、地区、区分、言語、回、残りの期間）';
  return disclosure(summary, narrowingFields(sent, errors), isSent);
}

function narrowingFields(sent: SentFields = nothingSent, errors: readonly FormError[]): Html {
  const text = (name: string) => ({ name, value: sent.text(name), error: errorOf(errors, name) });
  const grades = [...gradeNames].map(([grade, label]) => ({ value: String(grade), label }));
  const languages = Object.entries(languageNames).map(([value, label]) => ({ value, label }));
  return html`<div class="stack-tight"><div class="form-grid form-grid-even"
    >${dayField({ ...text('bornFrom'), label: bornFromLabel })}${dayField({ ...text('bornTo'), label: bornToLabel })}${selectField(
      {
        ...text('sex'),
        label: '性別',
        choices: [
          { value: '', label: '問わない' },
          { value: 'male', label: '男' },
          { value: 'female', label: '女' },
        ],
      },
    )}${textField({ ...text('doseNumber'), label: '何回目', inputMode: 'numeric', width: 3 })}${textField({ ...text('monthsLeft'), label: '対象期間の残り（か月以内）', inputMode: 'numeric', width: 3 })}${selectField({ ...text('isPublicAssistance'), label: '生活保護を受けている', choices: yesNo })}${selectField({ ...text('isDisabled'), label: '障害の区分がある', choices: yesNo })}${selectField({ ...text('isForeigner'), label: '外国人住民', choices: yesNo })}${selectField({ ...text('language'), label: '希望する言語', choices: [{ value: '', label: '問わない' }, ...languages] })}</div
  >${textArea({ ...text('areas'), label: '地区（住所の始まり。1行に一つ）', rows: 2, hint: '例　若葉台市緑町。支援措置の対象者とその世帯は、地区では選ばれません（地区を空にした抽出か、「加える」で）' })}${checkboxGroup({ name: 'grades', label: '学年', choices: grades, values: sent.list('grades'), isInline: true })}${checkboxGroup({ name: 'statuses', label: '接種の状態', choices: statusChoices, values: sent.list('statuses'), isInline: true })}</div>`;
}

/** The same conditions carried on, unseen, from the preview to the freezing. */
export function hiddenNarrowing(narrowing: CohortNarrowing): Html {
  return html`${narrowingTexts(narrowing).map(([name, value]) => hiddenField(name, value))}`;
}

/** Conditions as a form would send them, to be shown in its fields again. */
export function sentNarrowing(narrowing: CohortNarrowing): SentFields {
  const texts = narrowingTexts(narrowing);
  const list = (name: string) => texts.filter(([field]) => field === name).map(([, value]) => value);
  return { list, text: (name) => list(name)[0] ?? '' };
}

function narrowingTexts(narrowing: CohortNarrowing): readonly (readonly [string, string])[] {
  const { bornFrom, bornTo, grades, areas, statuses } = narrowing;
  const texts: [string, string | undefined][] = [
    ['bornFrom', bornFrom === undefined ? undefined : formatIsoDay(bornFrom)],
    ['bornTo', bornTo === undefined ? undefined : formatIsoDay(bornTo)],
    ['sex', narrowing.sex],
    ['doseNumber', narrowing.doseNumber?.toString()],
    ['monthsLeft', narrowing.monthsLeft?.toString()],
    ['isPublicAssistance', flagText(narrowing.isPublicAssistance)],
    ['isDisabled', flagText(narrowing.isDisabled)],
    ['isForeigner', flagText(narrowing.isForeigner)],
    ['language', narrowing.language],
    ['areas', areas?.join('\n')],
    ...(grades ?? []).map((grade): [string, string] => ['grades', String(grade)]),
    ...(statuses ?? []).map((status): [string, string] => ['statuses', status]),
  ];
  return texts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}

function flagText(value: boolean | undefined): string | undefined {
  return value === undefined ? undefined : value ? 'yes' : 'no';
}

/** The conditions in words, as a frozen cohort tells them. */
export function narrowingLines(narrowing: CohortNarrowing): readonly (readonly [string, string])[] {
  const lines: [string, string][] = [];
  const say = (label: string, value: string | undefined) => {
    if (value !== undefined && value !== '') lines.push([label, value]);
  };
  const { bornFrom, bornTo } = narrowing;
  if (bornFrom !== undefined || bornTo !== undefined) {
    const span = `${bornFrom === undefined ? '' : formatIsoDay(bornFrom)}～${bornTo === undefined ? '' : formatIsoDay(bornTo)}`;
    say('生年月日', span);
  }
  say('学年', narrowing.grades?.map((grade) => gradeNames.get(grade) ?? String(grade)).join('、'));
  say('性別', narrowing.sex === undefined ? undefined : narrowing.sex === 'male' ? '男' : '女');
  say('地区', narrowing.areas?.join('、'));
  say('何回目', narrowing.doseNumber?.toString());
  const { monthsLeft } = narrowing;
  say('対象期間の残り', monthsLeft === undefined ? undefined : `${monthsLeft}か月以内に終わる`);
  const flag = (value: boolean | undefined) => (value === undefined ? undefined : value ? 'はい' : 'いいえ');
  say('生活保護を受けている', flag(narrowing.isPublicAssistance));
  say('障害の区分がある', flag(narrowing.isDisabled));
  say('外国人住民', flag(narrowing.isForeigner));
  const language = Object.entries(languageNames).find(([code]) => code === narrowing.language)?.[1];
  say('希望する言語', language);
  const { reminderMonths } = narrowing;
  say(
    '再勧奨の人',
    reminderMonths === undefined ? undefined : `標準的な時期を過ぎたか、対象期間の残りが${reminderMonths}か月以内`,
  );
  const statuses = narrowing.statuses?.map(
    (status) => statusChoices.find(({ value }) => value === status)?.label ?? '',
  );
  say('接種の状態', statuses?.join('、'));
  return lines;
}

/** The conditions that a sent form means, or what is wrong with it. */
export function readNarrowingFields(
  sent: SentFields,
): { readonly narrowing: CohortNarrowing } | { readonly errors: readonly FormError[] } {
  const errors: FormError[] = [];
  const day = (name: string, label: string): Day | undefined => {
    const text = sent.text(name);
    if (text === '') return undefined;
    const read = findTypedDay(text);
    if (read === undefined) errors.push({ field: name, message: dayHelp(label) });
    return read;
  };
  const flag = (name: string): boolean | undefined => {
    const text = sent.text(name);
    return text === '' ? undefined : text === 'yes';
  };
  const [bornFrom, bornTo] = [day('bornFrom', bornFromLabel), day('bornTo', bornToLabel)];
  if (bornFrom !== undefined && bornTo !== undefined && bornTo < bornFrom) {
    errors.push({ field: 'bornTo', message: '始まりの日と同じか、それより後の日にしてください。' });
  }
  const dose = sent.text('doseNumber').normalize('NFKC');
  if (dose !== '' && !/^[1-9]$/u.test(dose))
    errors.push({ field: 'doseNumber', message: '1から9までの数にしてください。' });
  const monthsLeft = sent.text('monthsLeft').normalize('NFKC');
  if (monthsLeft !== '' && !/^[1-9]\d?$/u.test(monthsLeft))
    errors.push({ field: 'monthsLeft', message: '1から99までの数にしてください。' });
  const sex = sent.text('sex');
  const grades = sent
    .list('grades')
    .map(Number)
    .filter((grade) => gradeNames.has(grade));
  const statuses = sent
    .list('statuses')
    .filter((status) => status === 'overdue' || status === 'due' || status === 'upcoming');
  const areas = sent
    .text('areas')
    .split(/\r?\n/u)
    .map((area) => area.trim())
    .filter((area) => area !== '');
  if (errors.length > 0) return { errors };
  const narrowing = {
    ...{ bornFrom, bornTo, isPublicAssistance: flag('isPublicAssistance') },
    ...{ isDisabled: flag('isDisabled'), isForeigner: flag('isForeigner') },
    sex: sex === 'male' || sex === 'female' ? sex : undefined,
    doseNumber: dose === '' ? undefined : Number(dose),
    monthsLeft: monthsLeft === '' ? undefined : Number(monthsLeft),
    language: sent.text('language') === '' ? undefined : sent.text('language'),
    grades: grades.length === 0 ? undefined : grades,
    statuses: statuses.length === 0 ? undefined : statuses,
    areas: areas.length === 0 ? undefined : areas,
  };
  return { narrowing: Object.fromEntries(Object.entries(narrowing).filter(([, value]) => value !== undefined)) };
}
