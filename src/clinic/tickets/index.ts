export {
  type ClinicContext,
  closedTicket,
  forgetOldTraces,
  getOpenTicket,
  getOpenTicketOfRecord,
  holdOpenTickets,
} from './open-ticket.ts';
export { receptionPath, ticketPath } from './pages/paths.ts';
export { describePatients, findPatientNumbers, findPersonsOfLog, listNumbersOf } from './patient-numbers.ts';
export { clinicContextOf, registerTicketRoutes } from './routes.ts';
export { findPatientName, isoOrNull, loadMasters } from './store.ts';
export { takeMasters } from './take-masters.ts';
export { getLastSequence, takeTickets } from './take-tickets.ts';
export type { ClinicContract, ClinicInstitution, ClinicMasters, OpenTicket, Patient, Ticket } from './types.ts';
