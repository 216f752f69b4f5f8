export { listDiseases } from './disease-names.ts';
export { type DoseVolumes, listDoseVolumes, type VolumeQuestion } from './dose-volumes.ts';
export { findLastGrantableDay, listProgrammesOfFact, type ProgrammeFactKind } from './fact-limits.ts';
export { formatScheduleAnswer, type ScheduleAnswer } from './format-schedule-answer.ts';
export { judge } from './judge.ts';
export { judgeDoses, judgeSomeDoses } from './judge-doses.ts';
export {
  findProductName,
  listProductNames,
  listProductsInUse,
  listStages,
  nameOfProgramme,
  nameOfStage,
  type StageName,
} from './names.ts';
export { findNextChange } from './next-change.ts';
export { type BirthsBySex, listOpenBirths } from './open-births.ts';
export { type CaseOfPerson, createOpenStagesJudge, type OpenStages } from './open-stages.ts';
export { parseRules } from './parse-rules.ts';
export { parseScheduleLine, type ScheduleLine, type ScheduleLineError } from './parse-schedule-line.ts';
export {
  listReportableReactions,
  reactionPeriodWords,
} from './reportable-reactions.ts';
export type { ReactionPeriod, ReportableReaction, RuleRowInForce, RuleSet } from './rule-set.ts';
export { ScheduleAnswerBytes } from './schedule-answer-bytes.ts';
export type {
  CategoryBReason,
  DoseKind,
  Fact,
  GivenDose,
  JudgedDose,
  Judgement,
  NextDose,
  PersonCase,
  StageForecast,
  StageStatus,
  TargetDose,
  TraceStep,
  Verdict,
} from './types.ts';
