export { listReportLinks } from './list-report-links.ts';
export { lotTraceOf, reportsPath } from './pages/paths.ts';
export { registerSafetyRoutes } from './routes.ts';
