import { messageReader } from '../message-reader.ts';
import { type ToClinic, toClinic } from './to-clinic.ts';
import { type ToLedger, toLedger } from './to-ledger.ts';

const clinicReader = messageReader(toClinic);
const ledgerReader = messageReader(toLedger);

/** What the office says, read from the bytes of a call; throws UnreadableInput for whatever no schema names. */
export function readToClinic(text: string): ToClinic {
  return clinicReader(text);
}

/** What the clinics' system answers; throws UnreadableInput for whatever no schema names. */
export function readToLedger(text: string): ToLedger {
  return ledgerReader(text);
}
