export { listReportLinks } from './list-report-links.ts';
export { lotTraceOf, lotTracePath, reportsPath } from './pages/paths.ts';
export { registerSafetyRoutes, type SafetyTools } from './routes.ts';
