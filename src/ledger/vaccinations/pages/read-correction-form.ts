import { findTypedDay, formatIsoDay } from '#kernel';
import type { FormFields } from '#platform/http';
import type { FormError } from '#platform/pages';
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
  };
}

/** The form as it was sent. */
export function readCorrectionForm(body: FormFields): CorrectionForm {
  return {
    which: 'correction',
    ...body.texts(['stage', 'product', 'vaccinatedOn', 'outcome', 'vaccinationClass', 'source', 'certainty', 'reason']),
    items: body.texts(recordItems.map(({ key }) => key)),
  };
}

/** What the form changes of a fact; what it leaves as it was is no change. Faults name their fields. */
export function deriveChanges(
  fact: VaccinationFact,
  form: CorrectionForm,
): { readonly changes: FactChanges; readonly errors: readonly FormError[] } {
  const errors: FormError[] = [];
  const day = findTypedDay(form.vaccinatedOn);
  if (day === undefined) {
    errors.push({ field: 'vaccinatedOn', message: '接種年月日を 2026-04-15 や R8.4.15 のように書いてください。' });
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
  return { changes, errors };
}

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
