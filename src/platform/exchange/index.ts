export { CallFailed, CallRefused, callSystem, readOrigin } from './call-system.ts';
export { addExchangeGate } from './exchange-gate.ts';
export { openSystemKey, readPeerKey } from './system-key.ts';
export type { PeerKey, SystemKey } from './types.ts';
