import type { PersonOnRecord } from '#addressees/persons';
import { bytesSource, type FeedSource, type Layout } from '#common-base/linkage';
import { formatCsvLine } from '#formats';
import { formatIsoDay } from '#kernel';
import type { Bundle, KeyedValues } from './types.ts';

/** The layout of what was typed on our own screen; it comes with the program. */
export const keyedLayoutName = 'keyed-forms';

/** One form about to be handed over: what was typed, and the person it proved to be (null: nobody for certain). */
export interface FormToHandOver {
  readonly ordinal: number;
  readonly values: KeyedValues;
  readonly person: PersonOnRecord | null;
}

/**
 * Writes typed forms as a file of the layout, so that they go the same way through intake as every other file. Name and
 * birth date are those of the register where the form proved to be the person's; else what was typed stands alone, and
 * intake asks.
 */
export function feedOfForms(layout: Layout, bundle: Bundle, forms: readonly FormToHandOver[]): FeedSource {
  const lines = forms.map(({ ordinal, values, person }) => {
    const bornOn = person?.bornOn ?? null;
    const fields: Readonly<Record<string, string>> = {
      ...values,
      senderBatch: String(bundle.bundleId),
      senderLine: String(ordinal),
      addresseeNumber: person?.addresseeNumber ?? values.addresseeNumber,
      kana: person?.kana ?? '',
      birthDate: bornOn === null ? values.birthDate : formatIsoDay(bornOn),
      institutionCode: bundle.institutionCode,
      claimMonth: bundle.claimMonth,
      registeringWard: bundle.ward,
    };
    return formatCsvLine(layout.columns.map((column) => fields[column.key] ?? ''));
  });
  const text = [formatCsvLine(layout.columns.map((column) => column.name)), ...lines].join('');
  return bytesSource(`入力 ${bundle.claimMonth} ${bundle.institutionCode} 束${bundle.bundleId}.csv`, Buffer.from(text));
}
