/** Whose data an item may be: people of the resident register, or 住登外者. */
export type ItemSubject = 'residents' | 'nonRegistered';

/** An item that the system can hold beside what it cannot work without, as a municipality may declare it or not. */
export interface CatalogueItem {
  /** `<group>.<name>`, as items.json, the database's policies and the rooms name it. */
  readonly item: string;
  readonly nameJa: string;
  readonly groupJa: string;
  /** The keys of layout columns that bring it. */
  readonly feedKeys: readonly string[];
}

/**
 * Every item that is switchable per municipality (CB-15). Not here, since nothing works without: 宛名番号, 氏名, カナ, 生年月日,
 * 性別, 住所, 住民期間, 死亡, 支援措置, and of a vaccination its day, kind, product and outcome, clinic and form number.
 */
export const catalogueItems: readonly CatalogueItem[] = [
  entry('persons.phone', '電話番号', '住民情報', ['phone']),
  entry('persons.householdNumber', '世帯番号', '住民情報', ['householdNumber']),
  entry('persons.relation', '続柄', '住民情報', ['relation']),
  entry('persons.changeReason', '異動の事由と日', '住民情報', ['changeReason', 'changedOn']),
  entry('persons.residencyChangeReason', '住民異動の事由と日', '住民情報', [
    'residencyChangeReason',
    'residencyChangedOn',
  ]),
  entry('persons.previousAddress', '転入前の住所', '住民情報', ['previousAddress', 'previousBuilding']),
  entry('persons.nextAddress', '転出先の住所', '住民情報', ['nextAddress', 'nextBuilding']),
  entry('persons.foreignName', '外国人本名', '住民情報', ['foreignName', 'foreignKana']),
  entry('persons.commonName', '通称', '住民情報', ['commonName']),
  entry('persons.formerFamilyName', '旧氏', '住民情報', ['formerFamilyName']),
  entry('persons.nationality', '国籍', '住民情報', ['nationality']),
  entry('persons.guardianNumber', '保護者の宛名番号（住民情報）', '住民情報', ['guardianNumber']),
  entry('persons.email', '電子メールアドレス（住民情報）', '住民情報', ['email']),
  entry('persons.mailing', '送付先', '住民情報'),
  entry('welfare.publicAssistance', '生活保護', '福祉・税', ['isPublicAssistance']),
  entry('welfare.disabled', '障害者', '福祉・税', ['isDisabled']),
  entry('welfare.taxCategory', '課税区分', '福祉・税', ['taxCategory']),
  entry('annotations.guardian', '保護者', '付記'),
  entry('annotations.adultGuardian', '成年後見人', '付記'),
  entry('annotations.relative', '親族', '付記'),
  entry('annotations.caution', '注意情報', '付記'),
  entry('annotations.email', '電子メール（本人の同意あり）', '付記'),
  entry('annotations.familyCircumstances', '家庭環境等', '付記'),
  entry('annotations.occupation', '職業・職歴', '付記'),
  entry('annotations.facilityUsed', '利用施設', '付記'),
  entry('annotations.travelHistory', '渡航歴', '付記'),
  entry('annotations.subsidyRecipient', '助成対象者', '付記'),
  entry('annotations.healthDamageParty', '健康被害関係者', '付記'),
  entry('annotations.physicianConcerned', '関係医師', '付記'),
  entry('annotations.evacuee', '被災避難者', '付記'),
  entry('annotations.unregisteredChild', '戸籍・住民票に記載のない児童', '付記'),
  entry('annotations.stayingHere', '里帰り・長期の滞在', '付記'),
  entry('annotations.facilityResident', '施設の入所者', '付記'),
  entry('annotations.relatedOnly', '保護者・後見人・親族としてだけ登録する人', '付記'),
  entry('facts.hadDisease', '罹患歴（かかった病気）', '接種のほかの事実'),
  entry('facts.antibodyTest', '抗体検査', '接種のほかの事実'),
  entry('facts.contraindication', '禁忌（接種不適当）', '接種のほかの事実'),
  entry('facts.pregnancy', '妊娠', '接種のほかの事実'),
  entry('facts.longTermIllness', '長期療養', '接種のほかの事実'),
  entry('facts.exceptionGranted', '長期療養特例の決定', '接種のほかの事実'),
  entry('facts.hbigAtBirth', '母子感染予防（出生時の免疫グロブリン）', '接種のほかの事実'),
  entry('facts.categoryBEligible60to64', '60歳から64歳の対象（内部障害）', '接種のほかの事実'),
  entry('facts.supplyShortage', '供給不足で受けられなかった', '接種のほかの事実'),
  entry('facts.doctorJudgedNecessary', '医師が必要と認めた', '接種のほかの事実'),
  entry('facts.startedProgramme', 'ほかで始めた接種', '接種のほかの事実'),
  entry('doses.vaccineName', '接種名称（送付元）', '接種の記録', ['vaccineName']),
  entry('doses.productName', '製品名（送付元）', '接種の記録', ['productName']),
  entry('doses.manufacturerCode', 'メーカーコード', '接種の記録', ['manufacturerCode']),
  entry('doses.manufacturerName', 'メーカー名', '接種の記録', ['manufacturerName']),
  entry('doses.lotNumber', 'ロット番号', '接種の記録', ['lotNumber']),
  entry('doses.expiresOn', '有効期限', '接種の記録', ['expiresOn']),
  entry('doses.doseVolumeMl', '接種量（mL）', '接種の記録', ['doseVolumeMl']),
  entry('doses.site', '接種部位', '接種の記録', ['site']),
  entry('doses.route', '接種方法', '接種の記録', ['route']),
  entry('doses.institutionOther', '医療機関その他', '接種の記録', ['institutionOther']),
  entry('doses.venueCode', '会場コード', '接種の記録', ['venueCode']),
  entry('doses.venueOther', '会場その他', '接種の記録', ['venueOther']),
  entry('doses.administeringPhysician', '接種医', '接種の記録', ['administeringPhysician']),
  entry('doses.administeringPhysicianCode', '接種医コード', '接種の記録', ['administeringPhysicianCode']),
  entry('doses.screeningClass', '予診区分', '接種の記録', ['screeningClass']),
  entry('doses.screeningInstitutionCode', '予診医療機関コード', '接種の記録', ['screeningInstitutionCode']),
  entry('doses.screeningPhysician', '予診医', '接種の記録', ['screeningPhysician']),
  entry('doses.screeningPhysicianCode', '予診医コード', '接種の記録', ['screeningPhysicianCode']),
  entry('doses.screeningReason', '予診理由', '接種の記録', ['screeningReason']),
  entry('doses.visitKind', '受診種別', '接種の記録', ['visitKind']),
  entry('doses.bodyTemperature', '体温', '接種の記録', ['bodyTemperature']),
  entry('doses.consent', '同意', '接種の記録', ['consent']),
  entry('doses.copaymentClass', '自己負担区分', '接種の記録', ['copaymentClass']),
  entry('doses.claimMonth', '請求月', '接種の記録', ['claimMonth']),
  entry('doses.projectNumber', '事業番号', '接種の記録', ['projectNumber']),
  entry('doses.fiscalYear', '年度', '接種の記録', ['fiscalYear']),
  entry('doses.branchNumber', '予防枝番', '接種の記録', ['branchNumber']),
  entry('doses.scheduleSequence', '事業予定連番', '接種の記録', ['scheduleSequence']),
  entry('doses.registeringWard', '登録区', '接種の記録', ['registeringWard']),
  entry('doses.registeredOn', '登録日（送付元）', '接種の記録', ['registeredOn']),
  entry('doses.formerMunicipality', '合併前市町村', '接種の記録', ['formerMunicipality']),
  entry('doses.secondMixedClass', '二混合区分', '接種の記録', ['secondMixedClass']),
  entry('doses.firstVaccineClass', '初回ワクチン区分', '接種の記録', ['firstVaccineClass']),
  entry('doses.tuberculinResult', 'ツベルクリン判定', '接種の記録', ['tuberculinResult']),
  entry('doses.tuberculinLengthMm', 'ツベルクリン判定（縦 mm）', '接種の記録', ['tuberculinLengthMm']),
  entry('doses.tuberculinWidthMm', 'ツベルクリン判定（横 mm）', '接種の記録', ['tuberculinWidthMm']),
  entry('doses.tuberculinState', 'ツベルクリン判定（状態）', '接種の記録', ['tuberculinState']),
  entry('doses.errorCode', 'エラーコード（送付元）', '接種の記録', ['errorCode']),
  entry('doses.printClass', '印刷区分', '接種の記録', ['printClass']),
  entry('doses.printedOn', '印刷日', '接種の記録', ['printedOn']),
  entry('doses.requestLetterNumber', '依頼書の発行番号', '接種の記録', ['requestLetterNumber']),
  entry('doses.certificateNumber', '証明書の発行番号', '接種の記録', ['certificateNumber']),
  entry('doses.couponNumber', '接種券番号', '接種の記録', ['couponNumber']),
  entry('doses.givenInLgCode', '接種した自治体コード', '接種の記録', ['givenInLgCode']),
  entry('doses.remarks', '備考', '接種の記録', ['remarks']),
];

function entry(item: string, nameJa: string, groupJa: string, feedKeys: readonly string[] = []): CatalogueItem {
  return { item, nameJa, groupJa, feedKeys };
}
