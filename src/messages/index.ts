export {
  type HistoryAnswerLetter,
  type HistoryInquiryLetter,
  readHistoryAnswer,
  readHistoryInquiry,
  type ToldDose,
} from './between-municipalities/history-letter.ts';
export {
  type AddresseeCall,
  type AddresseeCallAnswer,
  businessSystemsPath,
  readAddresseeCall,
} from './business-systems/addressee-call.ts';
export {
  type AddresseeAnswer,
  type AddresseeInquiry,
  type InquiryRefusal,
  readAddresseeInquiry,
} from './business-systems/addressee-inquiry.ts';
export { readToClinic, readToLedger } from './ledger-clinic/read-message.ts';
export { findReference, wordOfReference } from './ledger-clinic/reference-word.ts';
export type {
  CollectMessage,
  MastersMessage,
  MastersOfVersion1,
  PatientItem,
  TicketItem,
  TicketsMessage,
  ToClinic,
} from './ledger-clinic/to-clinic.ts';
export type { ClinicRecord, RecordsMessage, ToLedger } from './ledger-clinic/to-ledger.ts';
export {
  type LedgerClinicVersion,
  ledgerClinicPath,
  ledgerClinicVersion,
  ledgerClinicVersions,
} from './ledger-clinic/words.ts';
export {
  ledgerPortalPath,
  ledgerPortalVersion,
  type PortalNotice,
  type PortalTaken,
  readFromPortal,
  readToPortal,
} from './ledger-portal/notice-message.ts';
export { readToIntermediate, readToNumbers } from './numbers-intermediate/read-message.ts';
export type { ToIntermediate } from './numbers-intermediate/to-intermediate.ts';
export type { IntermediateNotice, NotAccepted, ToNumbers } from './numbers-intermediate/to-numbers.ts';
export { numbersIntermediatePath, numbersIntermediateVersion } from './numbers-intermediate/words.ts';
export {
  type FromResidentNetwork,
  numbersResidentNetworkPath,
  numbersResidentNetworkVersion,
  type RegisterConfirmed,
  readFromResidentNetwork,
  readToResidentNetwork,
  type ToResidentNetwork,
} from './numbers-resident-network/messages.ts';
