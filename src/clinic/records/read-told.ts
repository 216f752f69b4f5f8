import type { FormFields } from '#platform/http';
import type { FormError } from '#platform/pages';
import { planOf, readInjectionForm, readTemperature, temperatureUnreadable } from './read-injection-form.ts';
import type { Outcome, OutcomeTold } from './types.ts';

const outcomes: readonly Outcome[] = ['administered', 'screeningOnly', 'notConsented'];

/** What a form tells of an outcome, or what is wrong with it. */
export function readTold(body: FormFields): { readonly told: OutcomeTold } | { readonly errors: FormError[] } {
  const errors: FormError[] = [];
  const outcome = outcomes.find((each) => each === body.text('outcome'));
  if (outcome === undefined) errors.push({ field: 'outcome', message: '結果を選んでください。' });
  const physician = body.text('physician').slice(0, 100);
  if (physician === '') errors.push({ field: 'physician', message: '医師の名前を入力してください。' });
  const reason = body.text('reason').slice(0, 500);
  const form = readInjectionForm(body);
  const isGiven = outcome === 'administered';
  const read = isGiven ? planOf(form) : null;
  if (read !== null && 'errors' in read) errors.push(...read.errors);
  const volume = isGiven ? readVolume(body.text('doseVolumeMl')) : null;
  if (volume === undefined) errors.push({ field: 'doseVolumeMl', message: '接種量を 0.5 の形で入力してください。' });
  const degrees = readTemperature(form.bodyTemperature);
  if (!isGiven && degrees === undefined) errors.push({ field: 'bodyTemperature', message: temperatureUnreadable });
  if (errors.length > 0 || outcome === undefined || volume === undefined) return { errors };
  return {
    told: {
      outcome,
      plan: read !== null && 'plan' in read ? read.plan : null,
      manufacturerCode: isGiven && form.manufacturerCode !== '' ? form.manufacturerCode : null,
      doseVolumeMl: volume,
      physician,
      bodyTemperature: typeof degrees === 'number' ? degrees.toFixed(1) : null,
      reason: reason === '' ? null : reason,
      isGivenAnyway: body.has('isGivenAnyway'),
    },
  };
}

/** Millilitres as decimal text, above 0 and up to 2; undefined where it is no volume. */
function readVolume(text: string): string | undefined {
  const narrow = text.normalize('NFKC');
  if (!/^\d(?:\.\d{1,3})?$/u.test(narrow)) return undefined;
  const millilitres = Number(narrow);
  return millilitres > 0 && millilitres <= 2 ? narrow : undefined;
}
