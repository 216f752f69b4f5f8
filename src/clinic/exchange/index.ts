export { addOfficeGate } from './add-gate.ts';
export { connectOffice } from './connect-office.ts';
