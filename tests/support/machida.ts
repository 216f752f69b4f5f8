import type { FormerRecord } from '#counterparties/intermediate-server';
import type { TestResident } from './addressees.ts';

/** 町田市, where the people of the tests of 番号連携 lived before. */
export const machida = '132098';

/** A dose as 町田市 tells it when it is asked. */
export const doseOfMachida: FormerRecord['dose'] = {
  programme: 'dpt-ipv-hib',
  stage: 'primary',
  doseNumber: 1,
  vaccinatedOn: '2024-07-20',
  outcome: 'administered',
  vaccinationClass: 'routine',
  product: '5in1',
  lotNumber: 'A1',
  institutionName: '町田医院',
};

/** The feed's row of a child that moved in from 町田市 on the first of November 2026. */
export function childFromMachida(n: number, more: Partial<TestResident> = {}): TestResident {
  return {
    整理番号: `000000000${n}`,
    氏名カナ: `ウツリ　コ${n}`,
    氏名漢字: `移　子${n}`,
    生年月日: '20240510',
    世帯番号: `00000000${n}`,
    住民となった日: '20261101',
    異動: '11',
    住民異動: '11',
    異動年月日: '20261101',
    住民異動年月日: '20261101',
    転入前住所: '東京都町田市森野２丁目２番２２号',
    ...more,
  };
}
