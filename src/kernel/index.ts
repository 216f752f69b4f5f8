export {
  individualNumberCheckDigit,
  isIndividualNumber,
  isLocalGovernmentCode,
  isMedicalInstitutionCode,
  luhnCheckDigit,
} from './check-digit.ts';
export { codeInSentence } from './code-in-sentence.ts';
export {
  addDays,
  type Day,
  type DayParts,
  dayParts,
  daysInMonth,
  earlierDay,
  findCompactDay,
  findDay,
  findIsoDay,
  formatCompactDay,
  formatIsoDay,
  getDay,
  laterDay,
  parseIsoDay,
  weekday,
} from './day.ts';
export {
  type Answer,
  answerOf,
  type Decision,
  decide,
  type Finding,
  type FindingSeverity,
  finding,
} from './decision.ts';
export { Conflict, NotFound, UnreadableInput } from './errors.ts';
export { fiscalYear, fiscalYearEndOn, fiscalYearStartOn } from './fiscal-year.ts';
export { hasNul } from './has-nul.ts';
export type { BatchId, EntryId, LgCode, PersonId, StaffId } from './ids.ts';
export {
  hasIndividualNumber,
  hasWrittenIndividualNumber,
  isReasonField,
  refuseNumberInText,
  strikeWrittenIndividualNumbers,
  withoutIndividualNumbers,
} from './individual-numbers-in-text.ts';
export { afterClearDays, afterMonths, afterMonthsAndHalf } from './interval.ts';
export {
  findJapaneseEraDay,
  formatJapaneseEra,
  type JapaneseEra,
  japaneseEras,
  spellEraCode,
} from './japanese-era.ts';
export { ageAsSpoken, ageInYears, reachesMonthsOn, reachesYearsOn, schoolEntryOn } from './legal-age.ts';
export type { Sex } from './sex.ts';
export { findTypedDay, findTypedPastDay } from './typed-day.ts';
