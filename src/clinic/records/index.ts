export { deliverRecords } from './deliver-records.ts';
export { recordsPath } from './pages/paths.ts';
export { openMasters, recalledNews, registerRecordRoutes } from './routes.ts';
