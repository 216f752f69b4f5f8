import type { Day, PersonId } from '#kernel';
import type { CategoryBReason } from '#schedule';

/** What of a fact is told beside its kind. */
export type FactPart = 'disease' | 'programme' | 'ground' | 'result' | 'from' | 'to';

/**
 * The kinds of facts with their names, what each needs, and what its days are called. What the schedule reads of them is
 * `Fact` of #schedule; 禁忌 is no rule of the schedule: a person looks at it.
 */
export const factKinds = {
  hadDisease: { name: '罹患歴（かかった病気）', parts: ['disease', 'from'], from: 'かかった日' },
  antibodyTest: { name: '抗体検査', parts: ['disease', 'from', 'result'], from: '検査の日' },
  contraindication: { name: '禁忌（接種不適当）', parts: ['programme', 'from'], from: 'わかった日' },
  pregnancy: { name: '妊娠', parts: ['from'], from: '出産予定日' },
  longTermIllness: { name: '長期療養', parts: ['from', 'to'], from: '療養の始まり' },
  exceptionGranted: { name: '長期療養特例の決定', parts: ['programme', 'from', 'to'], from: '特例の始まり' },
  hbigAtBirth: { name: '母子感染予防（出生時の免疫グロブリン）', parts: [], from: '' },
  categoryBEligible60to64: { name: '60歳から64歳の対象（内部障害）', parts: ['ground'], from: '' },
  supplyShortage: { name: '供給不足で受けられなかった', parts: ['programme'], from: '' },
  doctorJudgedNecessary: { name: '医師が必要と認めた', parts: ['programme', 'from'], from: '判断の日' },
  startedProgramme: { name: 'ほかで始めた接種', parts: ['programme', 'from'], from: '始めた日' },
} as const satisfies Readonly<
  Record<string, { readonly name: string; readonly parts: readonly FactPart[]; readonly from: string }>
>;

/** Kind of a fact. */
export type FactKind = keyof typeof factKinds;

/** 内部障害 that opens category B to people of 60 to 64. */
export const groundNames: Readonly<Record<CategoryBReason, string>> = {
  heart: '心臓の機能の障害',
  kidney: 'じん臓の機能の障害',
  respiratory: '呼吸器の機能の障害',
  hiv: 'ヒト免疫不全ウイルスによる免疫の機能の障害',
};

/** What is told of a fact; parts that its kind does not have are null. */
export interface FactTold {
  readonly kind: FactKind;
  readonly disease: string | null;
  readonly programme: string | null;
  readonly ground: CategoryBReason | null;
  readonly result: 'sufficient' | 'insufficient' | null;
  readonly from: Day | null;
  readonly to: Day | null;
  readonly certainty: 'documented' | 'reported';
  readonly note: string | null;
}

/** A fact as the ledger holds it. */
export interface FactOnRecord extends FactTold {
  readonly factId: number;
  readonly personId: PersonId;
  readonly change: 'entry' | 'correction' | 'retraction';
  readonly replaces: number | null;
  readonly reason: string | null;
  readonly recordedAt: Date;
  readonly recordedByName: string;
  readonly isCurrent: boolean;
}
