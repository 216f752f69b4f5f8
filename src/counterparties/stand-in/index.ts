export { openStandIn, type StandIn, type StandInOptions } from './open-stand-in.ts';
