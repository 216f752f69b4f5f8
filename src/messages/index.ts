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
  PatientItem,
  TicketItem,
  TicketsMessage,
  ToClinic,
} from './ledger-clinic/to-clinic.ts';
export type { ClinicRecord, RecordsMessage, ToLedger } from './ledger-clinic/to-ledger.ts';
export { ledgerClinicPath, ledgerClinicVersion } from './ledger-clinic/words.ts';
