/** SQL type of an item's column. */
export type ItemType = 'text' | 'date' | 'numeric' | 'integer';

/** One item of a vaccination record: its key in code and layouts, its column, its type. */
export interface RecordItem {
  readonly key: string;
  readonly column: string;
  readonly type: ItemType;
}

/**
 * The items that a sender may tell about one vaccination, beside what every entry has (person, day, outcome,
 * class, programme, stage, product): the union of the record items of the five municipalities' documents. A layout
 * that gives one of these keys needs no code.
 * @spec 特定個人情報保護評価書 別添 記録項目 (宝塚市, 品川区, 北九州市, 熊谷市, 町田市)
 */
export const recordItems = [
  { key: 'vaccineCode', column: 'vaccine_code', type: 'text' },
  { key: 'vaccineName', column: 'vaccine_name', type: 'text' },
  { key: 'doseNumber', column: 'dose_number_as_sent', type: 'text' },
  { key: 'productName', column: 'product_name', type: 'text' },
  { key: 'manufacturerCode', column: 'manufacturer_code', type: 'text' },
  { key: 'manufacturerName', column: 'manufacturer_name', type: 'text' },
  { key: 'lotNumber', column: 'lot_number', type: 'text' },
  { key: 'expiresOn', column: 'expires_on', type: 'date' },
  { key: 'doseVolumeMl', column: 'dose_volume_ml', type: 'numeric' },
  { key: 'site', column: 'site', type: 'text' },
  { key: 'route', column: 'route', type: 'text' },
  { key: 'institutionCode', column: 'institution_code', type: 'text' },
  { key: 'institutionOther', column: 'institution_other', type: 'text' },
  { key: 'venueCode', column: 'venue_code', type: 'text' },
  { key: 'venueOther', column: 'venue_other', type: 'text' },
  { key: 'administeringPhysician', column: 'administering_physician', type: 'text' },
  { key: 'administeringPhysicianCode', column: 'administering_physician_code', type: 'text' },
  { key: 'screeningClass', column: 'screening_class', type: 'text' },
  { key: 'screeningInstitutionCode', column: 'screening_institution_code', type: 'text' },
  { key: 'screeningPhysician', column: 'screening_physician', type: 'text' },
  { key: 'screeningPhysicianCode', column: 'screening_physician_code', type: 'text' },
  { key: 'screeningReason', column: 'screening_reason', type: 'text' },
  { key: 'visitKind', column: 'visit_kind', type: 'text' },
  { key: 'bodyTemperature', column: 'body_temperature', type: 'numeric' },
  { key: 'consent', column: 'consent', type: 'text' },
  { key: 'copaymentClass', column: 'copayment_class', type: 'text' },
  { key: 'claimMonth', column: 'claim_month', type: 'text' },
  { key: 'projectNumber', column: 'project_number', type: 'text' },
  { key: 'fiscalYear', column: 'fiscal_year', type: 'integer' },
  { key: 'branchNumber', column: 'branch_number', type: 'text' },
  { key: 'scheduleSequence', column: 'schedule_sequence', type: 'text' },
  { key: 'registeringWard', column: 'registering_ward', type: 'text' },
  { key: 'registeredOn', column: 'registered_on', type: 'date' },
  { key: 'formerMunicipality', column: 'former_municipality', type: 'text' },
  { key: 'secondMixedClass', column: 'second_mixed_class', type: 'text' },
  { key: 'firstVaccineClass', column: 'first_vaccine_class', type: 'text' },
  { key: 'tuberculinResult', column: 'tuberculin_result', type: 'text' },
  { key: 'tuberculinLengthMm', column: 'tuberculin_length_mm', type: 'numeric' },
  { key: 'tuberculinWidthMm', column: 'tuberculin_width_mm', type: 'numeric' },
  { key: 'tuberculinState', column: 'tuberculin_state', type: 'text' },
  { key: 'errorCode', column: 'error_code', type: 'text' },
  { key: 'printClass', column: 'print_class', type: 'text' },
  { key: 'printedOn', column: 'printed_on', type: 'date' },
  { key: 'formNumber', column: 'form_number', type: 'text' },
  { key: 'requestLetterNumber', column: 'request_letter_number', type: 'text' },
  { key: 'certificateNumber', column: 'certificate_number', type: 'text' },
  { key: 'couponNumber', column: 'coupon_number', type: 'text' },
  { key: 'givenInLgCode', column: 'given_in_lg_code', type: 'text' },
  { key: 'imageFileName', column: 'image_file_name', type: 'text' },
  { key: 'senderBatch', column: 'sender_batch', type: 'text' },
  { key: 'senderLine', column: 'sender_line', type: 'text' },
  { key: 'remarks', column: 'remarks', type: 'text' },
] as const satisfies readonly RecordItem[];

/** Key of an item. */
export type RecordItemKey = (typeof recordItems)[number]['key'];

/** The items of one record as text: days `YYYY-MM-DD`, numbers in decimal; what is absent is unknown. */
export type RecordItems = Readonly<Partial<Record<RecordItemKey, string | null>>>;
