import type { ExportRow, ExportSet } from '#common-base/oversight';
import { findIsoDay } from '#kernel';
import { findPartner, type Institutions, loadInstitutions, loadPartners, type Partner } from '#ledger/contracts';
import { readMutualRecords } from '#ledger/intake';
import { loadVaccineMap, type VaccineMap } from '#ledger/products';
import type { Tx } from '#platform/postgres';

/** The columns of the layout `mutual-records`, by which the partner reads the file. */
const columns = [
  { key: 'lgCode', nameJa: '住民の団体コード' },
  { key: 'givenInLgCode', nameJa: '接種した団体コード' },
  { key: 'addresseeNumber', nameJa: '宛名番号' },
  { key: 'kana', nameJa: '氏名カナ' },
  { key: 'birthDate', nameJa: '生年月日' },
  { key: 'sex', nameJa: '性別' },
  { key: 'vaccineCode', nameJa: '予防接種コード' },
  { key: 'vaccineName', nameJa: '予防接種の名前' },
  { key: 'doseNumber', nameJa: '回数' },
  { key: 'vaccinatedOn', nameJa: '接種年月日' },
  { key: 'outcome', nameJa: '実施区分' },
  { key: 'manufacturerCode', nameJa: 'メーカーコード' },
  { key: 'lotNumber', nameJa: 'ロット番号' },
  { key: 'doseVolumeMl', nameJa: '接種量' },
  { key: 'institutionCode', nameJa: '医療機関コード' },
  { key: 'institutionOther', nameJa: '医療機関名' },
  { key: 'administeringPhysician', nameJa: '医師名' },
] as const;

const sexCodes: Readonly<Record<string, string>> = { male: '1', female: '2', unknown: '9' };
const outcomeCodes: Readonly<Record<string, string>> = { administered: '1', screeningOnly: '2', notConsented: '3' };

/**
 * One set for each municipality of the mutual agreement (相互乗入): doses given here to its residents, and nobody else's, on
 * days on which the agreement held.
 */
export async function mutualSets(tx: Tx): Promise<readonly ExportSet[]> {
  const partners = await loadPartners(tx);
  const newest = new Map(partners.map((partner) => [partner.lgCode, partner]));
  return [...newest.values()].map((partner) => ({
    key: `mutual-${partner.lgCode}`,
    nameJa: `相互乗入の接種記録（${partner.name}の住民）`,
    dayNameJa: '接種年月日',
    columns,
    readPages: (inTx, span) => readPages(inTx, partner.lgCode, partners, span),
  }));
}

async function* readPages(
  tx: Tx,
  lgCode: string,
  partners: readonly Partner[],
  span: Parameters<ExportSet['readPages']>[1],
): AsyncGenerator<readonly ExportRow[]> {
  const institutions = await loadInstitutions(tx);
  const vaccines = await loadVaccineMap(tx);
  for await (const records of readMutualRecords(tx, { lgCode, ...span })) {
    const agreed = records.filter(({ fields }) => isAgreed(partners, lgCode, fields['vaccinatedOn'] ?? ''));
    yield agreed.map(({ fields }) => ({
      personId: null,
      values: valuesOf(tx.lgCode, fields, institutions, vaccines),
    }));
  }
}

function isAgreed(partners: readonly Partner[], lgCode: string, vaccinatedOn: string): boolean {
  const on = findIsoDay(vaccinatedOn);
  return on !== undefined && findPartner(partners, lgCode, on) !== undefined;
}

function valuesOf(
  ownCode: string,
  fields: Readonly<Record<string, string | null>>,
  institutions: Institutions,
  vaccines: VaccineMap,
): Readonly<Record<string, string | null>> {
  const vaccineCode = fields['vaccineCode'] ?? null;
  return {
    ...fields,
    givenInLgCode: ownCode,
    sex: sexCodes[fields['sex'] ?? ''] ?? null,
    outcome: outcomeCodes[fields['outcome'] ?? ''] ?? null,
    vaccineName: vaccines.get(vaccineCode ?? '')?.[0]?.name ?? null,
    institutionOther: institutions.get(fields['institutionCode'] ?? '')?.name ?? null,
  };
}
