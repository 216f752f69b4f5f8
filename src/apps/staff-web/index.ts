export { createOfficeApp, type OfficeApp, type OfficeAppOptions } from './create-office-app.ts';
export { createImportTasks } from './import-routes.ts';
