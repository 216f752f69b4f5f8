export { createAccuracyTasks } from './accuracy-task.ts';
export { type LinksChanged, linkPersons, unlinkPersons } from './link-persons.ts';
export type { RegistrationTools } from './link-routes.ts';
export { annotationsPanel, cautionNotices } from './pages/annotations-page.ts';
export { linkedRecordsPanel } from './pages/link-pages.ts';
export { accuracyPath, numberQuestionsPath, registrationPath } from './pages/paths.ts';
export { registerRegistrationRoutes } from './routes.ts';
