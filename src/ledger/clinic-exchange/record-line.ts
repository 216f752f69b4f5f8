import type { PersonOnRecord } from '#addressees/persons';
import { formatCsvLine } from '#formats';
import { formatCompactDay, type LgCode, parseIsoDay } from '#kernel';
import { findVaccineCode, type VaccineMap } from '#ledger/products';
import type { ClinicRecord } from '#messages';

/** The name of the layout in the municipality's settings that reads these lines. */
export const clinicWebLayout = 'clinic-web';

/** What a line needs beside the record. */
export interface LineKnowledge {
  readonly lgCode: LgCode;
  readonly vaccines: VaccineMap;
}

type Column = readonly [
  name: string,
  value: (record: ClinicRecord, person: PersonOnRecord | undefined) => string | number | null,
];

const sexCodes = { male: '1', female: '2', unknown: '9' } as const;
const outcomeCodes = { administered: '1', screeningOnly: '2', notConsented: '3' } as const;

/** The header and one line per record, as 受付 reads any other sender's file. */
export function makeClinicFile(
  records: readonly { readonly record: ClinicRecord; readonly person: PersonOnRecord | undefined }[],
  known: LineKnowledge,
): string {
  const columns = columnsOf(known);
  const lines = records.map(({ record, person }) => columns.map(([, value]) => String(value(record, person) ?? '')));
  return [columns.map(([name]) => name), ...lines].map((values) => `${formatCsvLine(values)}\r\n`).join('');
}

/** The columns of the layout `clinic-web`, in its order. */
function columnsOf({ lgCode, vaccines }: LineKnowledge): readonly Column[] {
  const coded = (record: ClinicRecord) => findVaccineCode(vaccines, record, parseIsoDay(record.vaccinatedOn));
  const isGiven = (record: ClinicRecord): boolean => record.outcome === 'administered';
  return [
    ['記録番号', (record) => `${record.recordId}/${record.revision}`],
    ['団体コード', () => lgCode],
    ['発行番号', (record) => record.formNumber],
    ['整理番号', (_record, person) => person?.addresseeNumber ?? null],
    ['氏名カナ', (_record, person) => person?.kana ?? null],
    ['生年月日', (_record, person) => birthDateOf(person)],
    ['性別', (_record, person) => (person === undefined ? null : sexCodes[person.sex])],
    ['予防接種コード', (record) => coded(record)?.code ?? record.programme],
    ['回数', (record) => coded(record)?.doseNumber ?? null],
    ['接種年月日', (record) => compact(record.vaccinatedOn)],
    ['実施区分', (record) => outcomeCodes[record.outcome]],
    ['ワクチンメーカーコード', (record) => record.manufacturerCode],
    ['ロット番号', (record) => record.lotNumber],
    ['有効期限', (record) => (record.expiresOn === null ? null : compact(record.expiresOn))],
    ['接種量', (record) => record.doseVolumeMl],
    ['医療機関コード', (record) => record.institutionCode],
    ['接種医', (record) => (isGiven(record) ? record.physician : null)],
    ['予診医', (record) => record.physician],
    ['予診理由', (record) => (record.outcome === 'screeningOnly' ? record.reason : null)],
    ['体温', (record) => record.bodyTemperature],
    ['同意', (record) => (record.outcome === 'notConsented' ? '0' : '1')],
    ['備考', remarksOf],
  ];
}

/** Days as eight digits, as every layout reads them. */
function compact(isoDay: string): string {
  return formatCompactDay(parseIsoDay(isoDay));
}

function birthDateOf(person: PersonOnRecord | undefined): string | null {
  const bornOn = person?.bornOn ?? null;
  return bornOn === null ? null : formatCompactDay(bornOn);
}

/** What the clinic wrote and what its check had said, for whoever answers the questions of 受付. */
function remarksOf(record: ClinicRecord): string {
  const parts = [
    record.isAgainstAdvice ? '接種前の確認は不可だった（間違い接種の疑い）' : null,
    record.outcome === 'screeningOnly' ? null : record.reason,
    record.revision > 1 ? `当日の訂正（${record.revision}版）` : null,
  ];
  return parts.filter((part) => part !== null && part !== '').join('。');
}
