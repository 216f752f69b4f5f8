/** Why a person is called, in the words of the screen. */
const includedReasons = {
  overdue: '標準的な時期を過ぎている',
  due: '接種できる時期にある',
  upcoming: '期日までに接種できる時期になる',
  addedByHand: '職員が足した',
} as const;

/** Why a person is not called, or drops out between the list and the printing. */
export const excludedReasons = {
  dead: '死亡している',
  movedOut: '転出している',
  notResident: 'まだ住民でない、または住民登録がない',
  cancelled: '住民記録が取り消されている',
  birthDateUnknown: '生年月日が分からない',
  notEligible: '対象者でない（年齢・性別・経路など）',
  tooEarly: '期日までに接種できる時期にならない',
  completed: '接種が終わっている',
  closed: '接種できる期間を過ぎている',
  contraindicated: '禁忌（接種不適当）の記録がある',
  alreadyIssued: '使える予診票をすでに持っている',
  protected: '本人か同じ世帯の人が支援措置の対象で、送付先の登録がない',
  addressMissing: '宛先の住所がない',
  vaccinatedMeanwhile: '抽出の後に接種した',
  addressChanged: '印刷の後に宛先（宛名か住所）が変わった',
  optedOut: '通知を希望していない',
  returnedMail: '前の郵便がこの宛先から戻っている',
  alreadyCalled: '同じ回の同じお知らせをすでに受けている',
  byOtherChannel: '郵便でなく、電子メールかマイナポータルで届ける',
  removedByHand: '職員が外した',
  outsideConditions: '抽出の条件に合わない',
  numberCancelled: '印刷の後に発行番号が無効になった',
} as const;

/** The steps from everybody on record to those who are called, each with the reasons that take people out at it. */
export const funnelSteps: readonly { readonly label: string; readonly out: readonly ExcludedReason[] }[] = [
  { label: '抽出の条件に合う人', out: ['outsideConditions'] },
  { label: 'いま住んでいる人', out: ['dead', 'movedOut', 'notResident', 'cancelled'] },
  {
    label: '接種の時期にある人',
    out: [
      ...(['birthDateUnknown', 'notEligible', 'tooEarly', 'completed', 'closed'] as const),
      ...(['contraindicated', 'vaccinatedMeanwhile'] as const),
    ],
  },
  { label: 'まだ受け取っていない人', out: ['alreadyIssued', 'alreadyCalled'] },
  {
    label: '送る人（対象者）',
    out: [
      ...(['optedOut', 'returnedMail', 'protected', 'addressMissing'] as const),
      ...(['addressChanged', 'byOtherChannel', 'removedByHand', 'numberCancelled'] as const),
    ],
  },
];

/** A reason to call somebody. */
export type IncludedReason = keyof typeof includedReasons;
/** A reason not to call somebody. */
export type ExcludedReason = keyof typeof excludedReasons;

/** The words of a reason. */
export function labelOfReason(reason: IncludedReason | ExcludedReason): string {
  return reason in includedReasons
    ? includedReasons[reason as IncludedReason]
    : excludedReasons[reason as ExcludedReason];
}

/** Whether a reason puts a person in. */
export function isIncludedReason(reason: string): reason is IncludedReason {
  return reason in includedReasons;
}

/**
 * Reasons by which a person is only counted, not listed: they say that nothing is to be sent to most of the
 * population. The others are people who would get a letter, so staff sees who they are.
 */
export const countedOnly: ReadonlySet<string> = new Set<ExcludedReason>([
  'notEligible',
  'tooEarly',
  'completed',
  'closed',
  'dead',
  'movedOut',
  'notResident',
  'cancelled',
  'outsideConditions',
]);
