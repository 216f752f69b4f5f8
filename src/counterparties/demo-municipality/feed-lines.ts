import { formatCsvLine } from '#formats';
import { addDays, type Day, earlierDay, formatCompactDay, formatIsoDay, individualNumberCheckDigit } from '#kernel';
import type { Random } from './random.ts';
import type { Calendar, ClinicRow, DemoDose, DemoPerson, DemoProfile, Institution } from './types.ts';
import { findMeantDose } from './vaccine-lines.ts';

/** Headers of the vendor's files, in the order of their columns. */
export const headers = {
  residents:
    '整理番号,氏名カナ,氏名漢字,生年月日,性別,町丁目,番地,枝,子枝,住所,方書,電話番号,世帯番号,郵便番号,続柄区分,取消,' +
    '住登外フラグ,外国人フラグ,外国人本名カナ,外国人本名漢字,住民となった日,住民でなくなった日,異動,異動年月日,住民異動,' +
    '住民異動年月日,転入前住所,転入前方書,転出後住所,転出後方書,支援措置,死亡年月日\r\n',
  numbers: '整理番号,個人番号,個人番号の枝番\r\n',
  welfare: '整理番号,生活保護,障害者,課税区分,有効開始,有効終了\r\n',
  institutions:
    '医療機関コード,医療機関名,郵便番号,所在地,電話番号,契約開始,契約終了,振込銀行,支店,種別,口座番号,口座名義カナ\r\n',
  history:
    '整理番号,予防接種コード,回数,接種年月日,医療機関コード,ロット番号,ワクチンメーカーコード,接種量,登録区,登録日,備考\r\n',
  clinic:
    'バッチ番号,行番号,団体コード,整理番号,氏名カナ,生年月日,性別,予防接種コード,回数,接種年月日,実施区分,' +
    'ワクチンメーカーコード,ロット番号,接種量,医療機関コード,医師名,体温,同意,自己負担区分,画像ファイル名\r\n',
  codes: '種別,コード,名称\r\n',
  formerRecords: '個人番号,団体コード,事業,期,回数,接種年月日,製品,ロット番号,医療機関\r\n',
  residentNetwork: '個人番号,氏名,生年月日,性別,住所,前の団体コード,変更前\r\n',
  planted: 'file,行番号,kind,answer\r\n',
} as const;

/** The vendor's codes of sex. */
export const sexCodes = { male: '1', female: '2', unknown: '9' } as const;

/** One line of the resident feed, full or daily. */
export function residentLine(person: DemoPerson, profile: DemoProfile): string {
  const { address } = person;
  const reason = profile.changeReasons[person.changeReason] ?? '';
  const changedOn = formatCompactDay(person.changedOn);
  return formatCsvLine([
    person.number,
    person.kana,
    person.name,
    formatCompactDay(person.bornOn),
    sexCodes[person.sex],
    address.town.machiazaId,
    address.block,
    address.branch,
    '',
    address.text,
    address.building,
    person.phone,
    person.householdNumber,
    address.town.postalCode,
    profile.relationships[person.relation] ?? '',
    '0',
    flag(person.isNonRegistered),
    flag(person.isForeigner),
    person.foreignKana,
    person.foreignName,
    formatCompactDay(person.becameResidentOn),
    optionalDay(person.ceasedResidentOn),
    reason,
    changedOn,
    reason,
    changedOn,
    person.previousAddress,
    '',
    person.nextAddress,
    '',
    flag(person.isProtected),
    optionalDay(person.diedOn),
  ]);
}

const numberSteps = 61_803_399;
const numberSpace = 100_000_000;

/**
 * One line of the number feed: a number with its check digit, different for every person of a seed. The three zeros in
 * front say that nobody was ever given it.
 */
export function numberLine(person: DemoPerson, seed: number): string {
  return formatCsvLine([person.number, individualNumberOf(person, seed), '01']);
}

/** The invented individual number of a person of a seed. */
function individualNumberOf(person: DemoPerson, seed: number): string {
  const place = (multiply(Number(person.number), numberSteps) + multiply(seed, 7_919) + 12_345_678) % numberSpace;
  const digits = String(place).padStart(11, '0');
  return `${digits}${individualNumberCheckDigit(digits)}`;
}

/** The product within the space of numbers, without losing digits. */
function multiply(a: number, b: number): number {
  return Number((BigInt(a) * BigInt(b)) % BigInt(numberSpace));
}

/** One line of the welfare feed: flags of the tax year that holds the clinic month. */
export function welfareLine(person: DemoPerson, taxYear: number, random: Random): string {
  const onAssistance = random.chance(0.05);
  const tax = onAssistance || random.chance(0.6) ? '2' : random.chance(0.75) ? '3' : '1';
  const disabled = random.chance(0.09);
  return formatCsvLine([
    person.number,
    flag(onAssistance),
    flag(disabled),
    tax,
    `${taxYear}0601`,
    `${taxYear + 1}0531`,
  ]);
}

/** One line of the list of contracted clinics. */
export function institutionLine(institution: Institution): string {
  return formatCsvLine([
    institution.code,
    institution.name,
    institution.postalCode,
    institution.address,
    institution.phone,
    formatCompactDay(institution.contractedFrom),
    optionalDay(institution.contractedTo),
    institution.account[0],
    institution.account[1],
    '1',
    institution.account[2],
    'ｲｼﾔｶｲ',
  ]);
}

/** One line of the old ledger; a dose given elsewhere has a day and a note, no clinic and no lot. */
export function historyLine(person: DemoPerson, dose: DemoDose, clinic: Institution, calendar: Calendar): string {
  const registeredOn = earlierDay(addDays(dose.on, 40), addDays(calendar.monthFrom, 10));
  return formatCsvLine([
    person.number,
    dose.code,
    dose.doseNumber,
    formatCompactDay(dose.on),
    dose.isElsewhere ? '' : clinic.code,
    dose.isElsewhere ? '' : lotOf(dose),
    dose.maker,
    dose.volumeMl,
    person.address.town.ward,
    formatCompactDay(laterOf(registeredOn, dose.on)),
    dose.isElsewhere ? '転入前の接種(母子健康手帳の写し)' : '',
  ]);
}

/** One line of the clinic month. */
export function clinicLine(row: ClinicRow, batch: string, ordinal: number): string {
  return formatCsvLine([
    batch,
    ordinal,
    row.lgCode,
    row.number,
    row.kana,
    row.birthDate,
    row.sex,
    row.code,
    row.doseNumber,
    row.vaccinatedOn,
    row.outcome,
    row.maker,
    row.lot,
    row.volumeMl,
    row.institutionCode,
    row.doctor,
    row.temperature,
    row.consent,
    row.copayment,
    row.image,
  ]);
}

/** What the municipality in which a dose was given before the move has of it; empty where no rule names the dose. */
export function formerRecordLine(person: DemoPerson, dose: DemoDose, profile: DemoProfile, seed: number): string {
  const former = findFormerMunicipality(person, profile);
  const meant = findMeantDose(profile.vaccineLines, dose.code, dose.doseNumber, dose.on);
  if (former === undefined || meant === undefined) return '';
  return formatCsvLine([
    individualNumberOf(person, seed),
    former.lgCode,
    meant.programme,
    meant.stage,
    meant.doseNumber,
    formatIsoDay(dose.on),
    meant.product,
    lotOf(dose),
    `${former.name}の医療機関`,
  ]);
}

const differingEvery = 40;

/**
 * What the national register has of a person. Of every forty one has moved within the town without our hearing of it, and
 * one has a new number: so that a confirmation has something to find.
 */
export function residentNetworkLine(person: DemoPerson, profile: DemoProfile, seed: number): string {
  const turn = Number(person.number) % differingEvery;
  const place = `${person.address.text}${person.address.building}`;
  return formatCsvLine([
    individualNumberOf(person, seed),
    person.name,
    formatIsoDay(person.bornOn),
    person.sex,
    turn === 7 ? `${place}の新しい家` : place,
    findFormerMunicipality(person, profile)?.lgCode ?? '',
    flag(turn === 11),
  ]);
}

function findFormerMunicipality({ previousAddress }: DemoPerson, { municipalityCodes }: DemoProfile) {
  for (const [name, lgCode] of municipalityCodes) if (previousAddress.startsWith(name)) return { lgCode, name };
  return undefined;
}

/** The lot that was in the refrigerators of that month: many people share one, so that a lot can be traced. */
export function lotOf(dose: Pick<DemoDose, 'code' | 'maker' | 'on'>): string {
  const period = Math.floor(dose.on / 24);
  const letter = 'ABCDEFGHJKLMNPRSTUVWXY'[(period + Number(dose.maker)) % 22] ?? 'A';
  return `${letter}${dose.code}${String((period * 37 + Number(dose.code)) % 1000).padStart(3, '0')}`;
}

function flag(value: boolean): string {
  return value ? '1' : '0';
}

function optionalDay(day: Day | null): string {
  return day === null ? '' : formatCompactDay(day);
}

function laterOf(a: Day, b: Day): Day {
  return a > b ? a : b;
}
