export { openPortal, type PortalStandIn } from './open-portal.ts';
