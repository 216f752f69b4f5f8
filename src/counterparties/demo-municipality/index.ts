export {
  type DemonstrationFiles,
  type DemonstrationOrder,
  type DemonstrationPaths,
  writeDemonstration,
} from './write-demonstration.ts';
