import type { ActionContext, Actor } from '#common-base/access';
import { bytesSource, type FeedSource } from '#common-base/linkage';
import { type LgCode, parseIsoDay } from '#kernel';
import { importInstitutions } from '#ledger/contracts';
import type { Database } from '#platform/postgres';
import { testActor, testContext, textFeed } from './addressees.ts';

/** The day on which test months are judged. */
export const intakeAsOf = parseIsoDay('2026-11-21');

/** A clinic under contract since 2020; its last digit is its check digit. */
export const contractedClinic = '1311400046';

const clinicColumns = [
  'バッチ番号',
  '行番号',
  '団体コード',
  '整理番号',
  '氏名カナ',
  '生年月日',
  '性別',
  '予防接種コード',
  '回数',
  '接種年月日',
  '実施区分',
  'ワクチンメーカーコード',
  'ロット番号',
  '接種量',
  '医療機関コード',
  '医師名',
  '体温',
  '同意',
  '自己負担区分',
  '画像ファイル名',
] as const;

/** One form of a clinic's month by the sender's columns. */
export type ClinicRow = Partial<Record<(typeof clinicColumns)[number], string>>;

/** A first five-in-one dose of the usual test child, in every way right. */
const rightRow: ClinicRow = {
  バッチ番号: '202607-01',
  団体コード: '134996',
  整理番号: '0000000001',
  氏名カナ: 'シケン　ハナ',
  生年月日: '20260110',
  性別: '2',
  予防接種コード: '24',
  回数: '1',
  接種年月日: '20260415',
  実施区分: '1',
  ワクチンメーカーコード: '03',
  ロット番号: 'A726B',
  接種量: '0.50',
  医療機関コード: contractedClinic,
  医師名: '試験　医師',
  体温: '366',
  同意: '1',
  自己負担区分: '0',
};

/** The header of a clinic's month. */
export const clinicHeader = clinicColumns.join(',');

/** One line of a clinic's month; what is not said is that of a right row. */
export function clinicLine(row: ClinicRow, ordinal = 1): string {
  return clinicColumns
    .map((column) => row[column] ?? (column === '行番号' ? String(ordinal) : (rightRow[column] ?? '')))
    .join(',');
}

/** A clinic's month as the punch vendor sends it: UTF-8, CRLF, header. */
export function clinicFeed(rows: readonly ClinicRow[], name = 'clinic-records.csv'): FeedSource {
  return textFeed(name, [clinicHeader, ...rows.map((row, i) => clinicLine(row, i + 1))]);
}

/** Somebody of the office who may do everything about intake. */
export function intakeActor(lgCode: LgCode): Actor {
  return testActor(lgCode, [
    'intake.receive',
    'intake.view',
    'intake.answer',
    'intake.commit',
    'intake.undo',
    'institutions.import',
    'history.import',
    'vaccinations.view',
    'persons.import',
    'persons.view',
  ]);
}

/** The context of that actor. */
export function intakeContext(db: Database, lgCode: LgCode): ActionContext {
  return testContext(db, intakeActor(lgCode));
}

const institutionColumns =
  '医療機関コード,医療機関名,郵便番号,所在地,電話番号,契約開始,契約終了,振込銀行,支店,種別,口座番号,口座名義カナ';

/** The institutions file that has the clinic of the test rows under contract. */
export const contractedClinicLines = [institutionColumns, `${contractedClinic},試験医院,,,,20200401,99999999,,,,,`];

/** Puts that clinic under contract. */
export async function contractClinic(context: ActionContext): Promise<void> {
  await importInstitutions(context, textFeed('institutions.csv', contractedClinicLines), {});
}

/** The header of a file of the legacy ledger. */
export const historyHeader =
  '整理番号,予防接種コード,回数,接種年月日,医療機関コード,ロット番号,ワクチンメーカーコード,接種量,登録区,登録日,備考';

/** A file of exactly these bytes. */
export function rawFeed(name: string, bytes: string | Uint8Array): FeedSource {
  return bytesSource(name, typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes);
}
