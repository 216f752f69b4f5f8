export { listReportLinks } from './list-report-links.ts';
export { reportsPath } from './pages/paths.ts';
export { registerSafetyRoutes } from './routes.ts';
