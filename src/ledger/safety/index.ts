export { listReportLinks } from './list-report-links.ts';
export { lotTraceOf, reportsPath } from './pages/paths.ts';
export { registerSafetyRoutes, type SafetyTools } from './routes.ts';
