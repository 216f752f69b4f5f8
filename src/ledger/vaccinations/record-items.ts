/** SQL type of an item's column. */
export type ItemType = 'text' | 'date' | 'numeric' | 'integer';

/** One item of a vaccination record: its key in code and layouts, its column, its type, its name in the office. */
export interface RecordItem {
  readonly key: string;
  readonly column: string;
  readonly type: ItemType;
  readonly label: string;
}

/**
 * The items that a sender may tell about one vaccination, beside what every entry has (person, day, outcome,
 * class, programme, stage, product): the union of the record items of the five municipalities' documents. A layout
 * that gives one of these keys needs no code.
 * @spec 特定個人情報保護評価書 別添 記録項目 (宝塚市, 品川区, 北九州市, 熊谷市, 町田市)
 */
export const recordItems = [
  { key: 'vaccineCode', column: 'vaccine_code', type: 'text', label: '予防接種コード（送付元）' },
  { key: 'vaccineName', column: 'vaccine_name', type: 'text', label: '接種名称（送付元）' },
  { key: 'doseNumber', column: 'dose_number_as_sent', type: 'text', label: '回数（送付元）' },
  { key: 'productName', column: 'product_name', type: 'text', label: '製品名（送付元）' },
  { key: 'manufacturerCode', column: 'manufacturer_code', type: 'text', label: 'メーカーコード' },
  { key: 'manufacturerName', column: 'manufacturer_name', type: 'text', label: 'メーカー名' },
  { key: 'lotNumber', column: 'lot_number', type: 'text', label: 'ロット番号' },
  { key: 'expiresOn', column: 'expires_on', type: 'date', label: '有効期限' },
  { key: 'doseVolumeMl', column: 'dose_volume_ml', type: 'numeric', label: '接種量（mL）' },
  { key: 'site', column: 'site', type: 'text', label: '接種部位' },
  { key: 'route', column: 'route', type: 'text', label: '接種方法' },
  { key: 'institutionCode', column: 'institution_code', type: 'text', label: '医療機関コード' },
  { key: 'institutionOther', column: 'institution_other', type: 'text', label: '医療機関その他' },
  { key: 'venueCode', column: 'venue_code', type: 'text', label: '会場コード' },
  { key: 'venueOther', column: 'venue_other', type: 'text', label: '会場その他' },
  { key: 'administeringPhysician', column: 'administering_physician', type: 'text', label: '接種医' },
  { key: 'administeringPhysicianCode', column: 'administering_physician_code', type: 'text', label: '接種医コード' },
  { key: 'screeningClass', column: 'screening_class', type: 'text', label: '予診区分' },
  { key: 'screeningInstitutionCode', column: 'screening_institution_code', type: 'text', label: '予診医療機関コード' },
  { key: 'screeningPhysician', column: 'screening_physician', type: 'text', label: '予診医' },
  { key: 'screeningPhysicianCode', column: 'screening_physician_code', type: 'text', label: '予診医コード' },
  { key: 'screeningReason', column: 'screening_reason', type: 'text', label: '予診理由' },
  { key: 'visitKind', column: 'visit_kind', type: 'text', label: '受診種別' },
  { key: 'bodyTemperature', column: 'body_temperature', type: 'numeric', label: '体温' },
  { key: 'consent', column: 'consent', type: 'text', label: '同意' },
  { key: 'copaymentClass', column: 'copayment_class', type: 'text', label: '自己負担区分' },
  { key: 'claimMonth', column: 'claim_month', type: 'text', label: '請求月' },
  { key: 'projectNumber', column: 'project_number', type: 'text', label: '事業番号' },
  { key: 'fiscalYear', column: 'fiscal_year', type: 'integer', label: '年度' },
  { key: 'branchNumber', column: 'branch_number', type: 'text', label: '予防枝番' },
  { key: 'scheduleSequence', column: 'schedule_sequence', type: 'text', label: '事業予定連番' },
  { key: 'registeringWard', column: 'registering_ward', type: 'text', label: '登録区' },
  { key: 'registeredOn', column: 'registered_on', type: 'date', label: '登録日（送付元）' },
  { key: 'formerMunicipality', column: 'former_municipality', type: 'text', label: '合併前市町村' },
  { key: 'secondMixedClass', column: 'second_mixed_class', type: 'text', label: '二混合区分' },
  { key: 'firstVaccineClass', column: 'first_vaccine_class', type: 'text', label: '初回ワクチン区分' },
  { key: 'tuberculinResult', column: 'tuberculin_result', type: 'text', label: 'ツベルクリン判定' },
  { key: 'tuberculinLengthMm', column: 'tuberculin_length_mm', type: 'numeric', label: 'ツベルクリン判定（縦 mm）' },
  { key: 'tuberculinWidthMm', column: 'tuberculin_width_mm', type: 'numeric', label: 'ツベルクリン判定（横 mm）' },
  { key: 'tuberculinState', column: 'tuberculin_state', type: 'text', label: 'ツベルクリン判定（状態）' },
  { key: 'errorCode', column: 'error_code', type: 'text', label: 'エラーコード（送付元）' },
  { key: 'printClass', column: 'print_class', type: 'text', label: '印刷区分' },
  { key: 'printedOn', column: 'printed_on', type: 'date', label: '印刷日' },
  { key: 'formNumber', column: 'form_number', type: 'text', label: '予診票の発行番号' },
  { key: 'requestLetterNumber', column: 'request_letter_number', type: 'text', label: '依頼書の発行番号' },
  { key: 'certificateNumber', column: 'certificate_number', type: 'text', label: '証明書の発行番号' },
  { key: 'couponNumber', column: 'coupon_number', type: 'text', label: '接種券番号' },
  { key: 'givenInLgCode', column: 'given_in_lg_code', type: 'text', label: '接種した自治体コード' },
  { key: 'imageFileName', column: 'image_file_name', type: 'text', label: '画像ファイル名' },
  { key: 'senderBatch', column: 'sender_batch', type: 'text', label: '送付元のバッチ番号' },
  { key: 'senderLine', column: 'sender_line', type: 'text', label: '送付元の行番号' },
  { key: 'remarks', column: 'remarks', type: 'text', label: '備考' },
] as const satisfies readonly RecordItem[];

/** Key of an item. */
export type RecordItemKey = (typeof recordItems)[number]['key'];

/** The items of one record as text: days `YYYY-MM-DD`, numbers in decimal; what is absent is unknown. */
export type RecordItems = Readonly<Partial<Record<RecordItemKey, string | null>>>;
