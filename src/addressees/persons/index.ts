export { countAbsences, type PersonAbsence } from './absences.ts';
export {
  type AccuracyCount,
  type AccuracyRuleCode,
  accuracyRules,
  countAccuracy,
  findLastAccuracyCount,
  listInaccurate,
} from './accuracy-store.ts';
export { addressKey as makeAddressKey, phoneKey } from './address-key.ts';
export { type AlikeProbe, type AlikeRecord, listAlikeRecords } from './alike-store.ts';
export {
  type Annotation,
  type AnnotationKind,
  annotationKinds,
  discloseAnnotations,
  findAnnotationKind,
  insertAnnotation,
  isAnnotationValid,
  listAnnotations,
  type NewAnnotation,
} from './annotations.ts';
export { type BirthDatePrecision, type DayRange, findBirthDate, findBirthDateRange } from './birth-date.ts';
export { decideLink, decideUnlink, type LinkCase } from './decide-link.ts';
export type { Mailing, Undeliverable } from './decide-mailing.ts';
export { decideResidentRow } from './decide-resident-row.ts';
export { listFilledItems } from './declared-register-items.ts';
export { findNextPresenceChange, isHereOn } from './derive-presence.ts';
export { deriveSearchKeys } from './derive-search-keys.ts';
export { foldName } from './fold-name.ts';
export {
  getPerson,
  listHousehold,
  type PersonPage,
  type ProtectedPlace,
} from './get-person.ts';
export { importResidents, type ResidentImportOptions } from './import-residents.ts';
export { importWelfare } from './import-welfare.ts';
export { type JudgingFacts, judgingFactsColumns, judgingFactsSql, readJudgingFacts } from './judging-facts.ts';
export {
  everLinkedSql,
  everyRecordOf,
  type LinkedRecord,
  type LinkedRecords,
  type LinkFact,
  type LinkFrame,
  linkedRecordsSql,
  listAllLinkedRecords,
  listLinkedRecords,
  listLinkFacts,
  listRecordsOf,
  recordsIn,
  writeLink,
} from './link-store.ts';
export { type Arrival, listArrivals } from './list-arrivals.ts';
export { listPersonIdsBornIn } from './list-born-in.ts';
export type { MailingAddress } from './mailing-store.ts';
export { kanaWords, normalizeKana } from './normalize-kana.ts';
export { absencesPath, personPath, personSearchPath, protectedPlacePath } from './pages/paths.ts';
export { personColumns, personLink, recordColumns } from './pages/person-columns.ts';
export {
  basicsPanel,
  householdPanel,
  identityBanner,
  personCrumbs,
  personNotices,
} from './pages/person-panels.ts';
export { residenceTag, sexWord } from './pages/person-words.ts';
export { headSearch } from './pages/search-page.ts';
export {
  countPeopleAlike,
  countPeopleToCall,
  findLastPersonId,
  listLinkedPeople,
  listMailingExceptions,
  type PeopleAsked,
  type PeopleFilter,
  type PersonAtSight,
  readPeopleAtSight,
} from './people-to-call.ts';
export {
  type CandidateKey,
  findPersonIdByAddresseeNumber,
  listMatchCandidates,
  listPersonSummaries,
  loadPersonsForJudging,
  lockPersons,
  type PersonSelection,
} from './person-store.ts';
export { hasProtectedSince } from './protected-places.ts';
export type { CriterionKind, PersonQuery } from './read-query.ts';
export { mailingNameAndAddress, registerMailingAddress, withdrawMailingAddress } from './resolve-mailing.ts';
export { readPersonId, registerPersonRoutes } from './routes.ts';
export { type SearchAnswer, searchPersons } from './search-persons.ts';
export { insertByHand } from './stage-residents.ts';
export type {
  PersonOnRecord,
  PersonSummary,
  RegisterItems,
  ResidenceState,
  ResidencyPeriod,
  ResidentRow,
} from './types.ts';
export type { PersonVersion } from './version-store.ts';
export { loadWelfareFlags, type WelfareFlag } from './welfare-store.ts';
