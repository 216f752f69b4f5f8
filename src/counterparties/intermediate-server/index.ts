export { type IntermediateStandIn, openIntermediateServer } from './open-intermediate-server.ts';
export { readFormerRecords } from './read-former-records.ts';
export type { FormerRecord } from './types.ts';
