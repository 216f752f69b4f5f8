import type { PersonOnRecord } from '#addressees/persons';
import { customerBars, encodeCustomerBarcode } from '#formats';
import { ageAsSpoken, type Day, dayParts, formatJapaneseEra, laterDay, type Sex } from '#kernel';
import type { NextDose, StageForecast } from '#schedule';
import { type FormField, inputPrefix } from './form-fields.ts';
import type { CopaymentClass } from './layout-schema.ts';
import type { FormLayout, FormValues } from './layout-types.ts';

/** Where the letter goes, as resolved at the moment of printing. */
export interface Destination {
  /** Whose name stands in the window: the person, the guardian, or the name of a 送付先. */
  readonly recipientName: string;
  /** The householder (世帯主) where that is another than the person; never beside a 送付先. */
  readonly householderName?: string | null;
  readonly postalCode: string | null;
  readonly address: string;
  readonly building: string | null;
}

/** What decides who pays: 生活保護, 障害, 課税区分. */
export interface Welfare {
  readonly isPublicAssistance: boolean;
  readonly isDisabled: boolean;
  readonly taxCategory: string | null;
}

/** A dose of the stage's programme as it is printed among the past ones. */
export interface PastDose {
  readonly on: Day;
  readonly doseNumber: number | null;
  readonly productName: string;
}

/** Everything that one sheet says of one person. */
export interface SheetFacts {
  readonly formNumber: string;
  /** The number in groups of four digits, for people. */
  readonly formNumberSpaced: string;
  readonly issuedOn: Day;
  readonly person: Pick<PersonOnRecord, 'name' | 'kana' | 'bornOn' | 'birthDatePrecision' | 'sex'>;
  readonly destination: Destination;
  readonly welfare: Welfare | null;
  readonly forecast: StageForecast;
  readonly next: NextDose;
  readonly pastDoses: readonly PastDose[];
  /** What the programme and its stage are called. */
  readonly programmeName: string;
  readonly stageName: string;
  /** 券番号 of a 接種券, ten digits; where the layout prints one. */
  readonly couponNumber?: string | undefined;
  /** What staff typed for this printing, by the layout's names of it. */
  readonly inputs: Readonly<Record<string, string>>;
}

const sexNames = { male: '男', female: '女', unknown: '' } as const satisfies Record<Sex, string>;

/** The values of a sheet's fields and lists. */
export function deriveFormValues(layout: FormLayout, facts: SheetFacts): FormValues {
  const { person, destination, issuedOn, next } = facts;
  const age = person.bornOn === null ? null : ageAsSpoken(person.bornOn, issuedOn);
  const copayment = findCopayment(layout.copaymentClasses, facts.welfare);
  const validTo = next.latestOn ?? facts.forecast.eligibleTo;
  const texts: Record<FormField, string> = {
    formNumber: facts.formNumber,
    formNumberSpaced: facts.formNumberSpaced,
    issuedOn: formatJapaneseEra(issuedOn),
    issuedOnWestern: formatWesternDay(issuedOn),
    ...nameRecipient(layout, facts),
    recipientPostalCode: formatPostalCode(destination.postalCode),
    recipientAddress: destination.address,
    recipientBuilding: destination.building ?? '',
    customerBarcode: barcodeOf(destination),
    postalCode: formatPostalCode(destination.postalCode),
    address: destination.address,
    building: destination.building ?? '',
    name: person.name,
    kana: person.kana,
    sex: sexNames[person.sex],
    sexCode: person.sex,
    bornOn: formatBirth(person, formatJapaneseEra),
    bornOnWestern: formatBirth(person, formatWesternDay),
    ageYears: age === null ? '' : String(age.years),
    ageMonths: age === null ? '' : String(age.months),
    doseNumber: String(next.doseNumber),
    doseLabel: formatDose(next.doseNumber),
    validFrom: formatJapaneseEra(laterDay(next.earliestOn, issuedOn)),
    validTo: validTo === null ? '' : formatJapaneseEra(validTo),
    programmeName: facts.programmeName,
    stageName: facts.stageName,
    exceptionNote: isByException(facts.forecast) ? '（長期療養特例）' : '',
    page: '1',
    pages: '1',
    listCount: String(facts.pastDoses.length),
    listTitle: layout.title,
    listNote: '',
    copaymentCode: copayment?.code ?? '',
    copaymentLabel: copayment?.label ?? '',
    couponNumber: facts.couponNumber ?? '',
  };
  const pastDoses = facts.pastDoses.map((dose) => ({
    label: dose.doseNumber === null ? '' : formatDose(dose.doseNumber),
    day: formatJapaneseEra(dose.on),
    product: dose.productName,
  }));
  const inputs = Object.entries(facts.inputs).map(([name, text]) => [inputPrefix + name, text]);
  return { texts: { ...texts, ...Object.fromEntries(inputs) }, lists: { pastDoses } };
}

/** The first class of the layout all of whose conditions hold; without any welfare record nothing special holds. */
export function findCopayment(classes: readonly CopaymentClass[], welfare: Welfare | null): CopaymentClass | undefined {
  const known = welfare ?? { isPublicAssistance: false, isDisabled: false, taxCategory: null };
  return classes.find(
    ({ when }) =>
      (when.isPublicAssistance === undefined || when.isPublicAssistance === known.isPublicAssistance) &&
      (when.isDisabled === undefined || when.isDisabled === known.isDisabled) &&
      (when.taxCategory === undefined || when.taxCategory === known.taxCategory),
  );
}

/** 〒-form of a postcode, `299-0012`; what is not seven digits is printed as it came. */
export function formatPostalCode(postalCode: string | null): string {
  return (postalCode ?? '').replace(/^(\d{3})-?(\d{4})$/u, '$1-$2');
}

/** Whether the stage is open by a granted long-term illness exception (長期療養特例). */
function isByException({ trace }: StageForecast): boolean {
  return trace.some(({ rule }) => rule.startsWith('exceptions:'));
}

/** The bars of the address; empty where the postcode is not seven digits, since the post then sorts by eye. */
function barcodeOf({ postalCode, address, building }: Destination): string {
  const digits = (postalCode ?? '').normalize('NFKC').replaceAll(/[^0-9]/gu, '');
  return digits.length === 7 ? customerBars(encodeCustomerBarcode(digits, `${address} ${building ?? ''}`)) : '';
}

/** The name in the window; where it is another's, a note says for whom the letter is. */
export function nameRecipient(
  { isForGuardian, isToHouseholder }: Pick<FormLayout, 'isForGuardian' | 'isToHouseholder'>,
  { destination, person }: { readonly destination: Destination; readonly person: Pick<PersonOnRecord, 'name'> },
): { recipientName: string; recipientNote: string } {
  // A child's letter goes to the registered guardian before the householder: that is decided with the address.
  const householder = isToHouseholder === true && !isForGuardian ? (destination.householderName ?? null) : null;
  if (householder !== null) {
    return { recipientName: `世帯主　${householder} 様`, recipientNote: `（${person.name} 様の分）` };
  }
  const isOwn = destination.recipientName === person.name;
  if (isOwn)
    return { recipientName: isForGuardian ? `${person.name} 様の保護者様` : `${person.name} 様`, recipientNote: '' };
  const note = isForGuardian ? `（${person.name} 様の保護者）` : `（${person.name} 様の分）`;
  return { recipientName: `${destination.recipientName} 様`, recipientNote: note };
}

function formatDose(doseNumber: number): string {
  return `${String.fromCodePoint(0xff10 + (doseNumber % 10))}回目`;
}

function formatBirth(
  person: Pick<PersonOnRecord, 'bornOn' | 'birthDatePrecision'>,
  format: (day: Day) => string,
): string {
  if (person.bornOn === null || person.birthDatePrecision === 'unknown') return '不詳';
  // A year alone may lie in two eras, so it is printed in western form.
  if (person.birthDatePrecision === 'year') return `${dayParts(person.bornOn).year}年月日不詳`;
  const text = format(person.bornOn);
  return person.birthDatePrecision === 'month' ? text.replace(/\d+日$/u, '日不詳') : text;
}

function formatWesternDay(day: Day): string {
  const { year, month, dayOfMonth } = dayParts(day);
  return `${year}年${month}月${dayOfMonth}日`;
}
