export {
  type IdentityFault,
  type IdentityProbe,
  identityFaults,
  makeIdentityGround,
} from './make-identity-probes.ts';
export {
  type DemonstrationFiles,
  type DemonstrationOrder,
  type DemonstrationPaths,
  writeDemonstration,
} from './write-demonstration.ts';
