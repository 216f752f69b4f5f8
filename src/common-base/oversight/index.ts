export { importPersonnel } from './import-personnel.ts';
export { exportsPath, mediaPath } from './pages/paths.ts';
export { loadOversightSettings, registerOversightRoutes } from './routes.ts';
export { eraseLapsedFiles } from './take-export.ts';
export type { ExportRow, ExportSet, ExportSpan } from './types.ts';
