export { decideLot, foldLotNumber } from './decide-lot.ts';
export { masterPath } from './pages/masters-page.ts';
export { registerMasterRoutes } from './routes.ts';
export { loadLots } from './store.ts';
