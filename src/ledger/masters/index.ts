export { decideLot } from './decide-lot.ts';
export { decideNames, isValidOn, nameOfTyped } from './decide-names.ts';
export { importMasters } from './import-masters.ts';
export { keepMaster } from './keep-master.ts';
export { masterPath } from './pages/masters-page.ts';
export { registerMasterRoutes } from './routes.ts';
export { loadLots, loadManufacturerNames, loadNames } from './store.ts';
export type { KnownNames } from './types.ts';
