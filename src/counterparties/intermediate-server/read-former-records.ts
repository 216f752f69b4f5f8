import { parseCsvTable } from '#formats';
import { type ToldDose } from '#messages';
import type { FormerRecord } from './types.ts';

/** Reads `former-records.csv`: what other municipalities have of people who moved. Pure. */
export function readFormerRecords(text: string): readonly FormerRecord[] {
  if (text === '') return [];
  return parseCsvTable(text).map(({ values }) => {
    const orNull = (name: string): string | null =>
      values[name] === undefined || values[name] === '' ? null : values[name];
    const doseNumber = orNull('回数');
    const dose: ToldDose = {
      programme: values['事業'] ?? '',
      stage: orNull('期'),
      doseNumber: doseNumber === null ? null : Number(doseNumber),
      vaccinatedOn: values['接種年月日'] ?? '',
      outcome: 'administered',
      vaccinationClass: 'routine',
      product: orNull('製品'),
      lotNumber: orNull('ロット番号'),
      institutionName: orNull('医療機関'),
    };
    return { individualNumber: values['個人番号'] ?? '', lgCode: values['団体コード'] ?? '', dose };
  });
}
