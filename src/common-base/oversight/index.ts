export { importPersonnel } from './import-personnel.ts';
export { exportsPath, itemsPath, mediaPath, provisionsPath } from './pages/paths.ts';
export type { ProvisionDoor, ProvisionQuestion } from './provisions/parse-provisions.ts';
export { findProvisionBasis, recordProvisionRefused } from './provisions/require-basis.ts';
export { loadOversightSettings, registerOversightRoutes } from './routes.ts';
export { eraseLapsedFiles } from './take-export.ts';
export type { ExportRow, ExportSet, ExportSpan } from './types.ts';
