import { type Day, findTypedDay, findTypedPastDay, formatIsoDay } from '#kernel';
import type { FormFields } from '#platform/http';
import { dayHelp, type FormError } from '#platform/pages';
import { certaintyNames, classNamesJa, outcomeNames, sourceNames } from '../derive-changed-items.ts';
import { type ItemType, type RecordItemKey, recordItems } from '../record-items.ts';
import type { FactChanges, VaccinationFact } from '../types.ts';

/** What stands in the correction form, as text. */
export interface CorrectionForm {
  /** Which of the two forms was sent; null while none was. */
  readonly which: 'correction' | 'retraction' | null;
  /** `programme/stage`; empty where the vaccine is not known. */
  readonly stage: string;
  readonly product: string;
  readonly vaccinatedOn: string;
  readonly outcome: string;
  readonly vaccinationClass: string;
  readonly source: string;
  readonly certainty: string;
  readonly items: Readonly<Partial<Record<RecordItemKey, string>>>;
  readonly reason: string;
  /** Whoever changed product or lot looked at the maker, and it is the same. */
  readonly keepsMaker: boolean;
}

/** The form as it stands before anything is changed. */
export function formOfFact(fact: VaccinationFact): CorrectionForm {
  return {
    which: null,
    stage: fact.programme === null ? '' : `${fact.programme}/${fact.stage ?? ''}`,
    product: fact.product ?? '',
    vaccinatedOn: formatIsoDay(fact.vaccinatedOn),
    outcome: fact.outcome,
    vaccinationClass: fact.vaccinationClass,
    source: fact.source,
    certainty: fact.certainty,
    items: Object.fromEntries(Object.entries(fact.items).map(([key, value]) => [key, value ?? ''])),
    reason: '',
    keepsMaker: false,
  };
}

/** The form as it was sent. */
export function readCorrectionForm(body: FormFields): CorrectionForm {
  return {
    which: 'correction',
    ...body.texts(['stage', 'product', 'vaccinatedOn', 'outcome', 'vaccinationClass', 'source', 'certainty', 'reason']),
    items: body.texts(recordItems.map(({ key }) => key)),
    keepsMaker: body.has('keepsMaker'),
  };
}

/** What the form changes of a fact by today; what it leaves as it was is no change. Faults name their fields. */
export function deriveChanges(
  fact: VaccinationFact,
  form: CorrectionForm,
  today: Day,
): { readonly changes: FactChanges; readonly errors: readonly FormError[] } {
  const errors: FormError[] = [];
  const day = findTypedPastDay(form.vaccinatedOn, today);
  if (day === undefined) {
    const message = dayHelp('接種年月日', '今日までの日で');
    errors.push({ field: 'vaccinatedOn', message });
  }
  const [programme = '', stage = ''] = form.stage.split('/');
  const items: Partial<Record<RecordItemKey, string | null>> = {};
  for (const { key, type, label } of recordItems) {
    const told = readItem(form.items[key] ?? '', type);
    if (told === undefined) {
      errors.push({ field: key, message: `${label}を${type === 'date' ? '日付' : '数'}で書いてください。` });
    } else if (told !== (fact.items[key] ?? null)) items[key] = told;
  }
  const changes: FactChanges = {
    ...changed('programme', fact.programme, programme === '' ? null : programme),
    ...changed('stage', fact.stage, stage === '' ? null : stage),
    ...changed('product', fact.product, form.product === '' ? null : form.product),
    ...(day === undefined || day === fact.vaccinatedOn ? {} : { vaccinatedOn: day }),
    ...changed('outcome', fact.outcome, keyOf(outcomeNames, form.outcome)),
    ...changed('vaccinationClass', fact.vaccinationClass, keyOf(classNamesJa, form.vaccinationClass)),
    ...changed('source', fact.source, keyOf(sourceNames, form.source)),
    ...changed('certainty', fact.certainty, keyOf(certaintyNames, form.certainty)),
    ...(Object.keys(items).length === 0 ? {} : { items }),
  };
  if (!form.keepsMaker) errors.push(...askMaker(fact, changes));
  return { changes, errors };
}

const makerItems = ['manufacturerCode', 'manufacturerName'] as const;

/** Another product or lot may be another maker's, and code and name are of one: what stands of the former maker is asked. */
function askMaker(fact: VaccinationFact, { product, items = {} }: FactChanges): FormError[] {
  const isOther = (key: RecordItemKey): boolean => Boolean(fact.items[key]) && items[key] !== undefined;
  const isOtherProduct = product !== undefined && fact.product !== null;
  if (!isOtherProduct && !isOther('lotNumber') && !makerItems.some(isOther)) return [];
  return makerItems
    .filter((field) => Boolean(fact.items[field]) && items[field] === undefined)
    .map((field) => ({ field, message: makerMayDiffer }));
}

const makerMayDiffer =
  '製品・ロット・メーカーのどれかを変えました。ここも変わるなら直し、同じなら「メーカーは前のまま」に印を付けてください。';

function changed<Key extends string, Value>(key: Key, before: Value, after: Value | undefined): { [K in Key]?: Value } {
  return after === undefined || after === before ? {} : ({ [key]: after } as { [K in Key]: Value });
}

function keyOf<Key extends string>(names: Readonly<Record<Key, string>>, text: string): Key | undefined {
  return (Object.keys(names) as Key[]).find((key) => key === text);
}

/** An item as stored: null when empty, undefined when it cannot be read. */
function readItem(text: string, type: ItemType): string | null | undefined {
  if (text === '') return null;
  if (type === 'text') return text.slice(0, 400);
  if (type === 'date') {
    const day = findTypedDay(text);
    return day === undefined ? undefined : formatIsoDay(day);
  }
  const narrow = text.normalize('NFKC');
  const form = type === 'integer' ? /^-?\d{1,9}$/u : /^-?\d{1,9}(?:\.\d{1,6})?$/u;
  return form.test(narrow) ? narrow : undefined;
}
