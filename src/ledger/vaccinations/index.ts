export { appendEntries, appendSelected, type ExpectedVersions, type SelectedFacts } from './append-entries.ts';
export {
  countGivenByStage,
  entryOfRowSql,
  listChangedLedgers,
  loadFirstDosesFrom,
  type RowRange,
  retractBatch,
} from './batch-entries.ts';
export { correctEntry } from './correct-entry.ts';
export { couponNumberOf, decideCoupon } from './decide-coupon.ts';
export { decideItems, pickRecordItems } from './decide-items.ts';
export { classNamesJa, consentNames, type RecordWording } from './derive-changed-items.ts';

export { isKnownOn, listContraindicated } from './facts/facts-for-schedule.ts';
export { factsPanel } from './facts/pages.ts';
export { factWordingOf, registerFactRoutes } from './facts/routes.ts';
export { type KnownFacts, listFacts, listPeopleEverTold, loadFacts } from './facts/store.ts';
export type { FactOnRecord } from './facts/types.ts';
export { eachPage, takePages } from './forecast/each-page.ts';
export { countDueByStage } from './forecast/forecast-store.ts';
export { type PersonWithDoses, readPopulation } from './forecast/join-records.ts';
export { listKnownDoses } from './forecast/judge-open-stages.ts';
export { listPeoplePages, type PeopleRange, readGivenDoses } from './forecast/read-people.ts';
export { type HistoryResult, importHistory } from './import-history.ts';
export { findPersonCase, judgeDosesOf, listGivenDoses } from './judge-history.ts';
export { type JudgedEntry, judgePerson, type PersonJudgement } from './judge-person.ts';
export { loadLedgerSettings } from './ledger-settings.ts';
export { listCurrentEntries } from './list-current-entries.ts';
export { listDosesGivenIn } from './list-doses-given.ts';
export { listEntryHistory } from './list-entry-history.ts';
export { type CouponRecord, loadCouponRecords, loadOwnCoupons } from './load-coupon-records.ts';
export { type FormUse, formKeyOf, loadDosesByForm } from './load-doses-by-form.ts';
export { makerOf } from './maker-of.ts';
export { deriveLedgerView } from './pages/derive-ledger-view.ts';
export { duePanel, stageTitle } from './pages/due-panel.ts';
export { dosesPanel, timelinePanel } from './pages/ledger-panels.ts';
export { loadLedgerWording, recordWordingOf } from './pages/ledger-wording.ts';
export { changesPath, recordsPath } from './pages/paths.ts';
export type { PersonLedgerView, StageNames, StageView } from './pages/types.ts';
export { type ItemType, type RecordItem, type RecordItemKey, type RecordItems, recordItems } from './record-items.ts';
export { type RecordTools, registerRecordRoutes } from './routes.ts';
export { type ForecastResult, runForecast } from './run-forecast.ts';
export { type FactQuery, loadHistories, loadLedgerVersions } from './store.ts';
export { touchLedgers } from './touch-ledgers.ts';
export { countLot, type LotSpan, type TracedDose, traceLot } from './trace-lot.ts';
export type {
  DoseOnRecord,
  EntrySource,
  FactChanges,
  LedgerEntry,
  NewEntry,
  Outcome,
  VaccinationClass,
  VaccinationFact,
} from './types.ts';
export { type LedgerVerification, verifyLedger } from './verify-ledger.ts';
