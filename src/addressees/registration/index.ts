export { type LinksChanged, linkPersons, unlinkPersons } from './link-persons.ts';
export type { RegistrationTools } from './link-routes.ts';
export { linkedRecordsPanel } from './pages/link-pages.ts';
export { registerRegistrationRoutes } from './routes.ts';
