export { importReservations } from './import-reservations.ts';
export { listReservationsOf } from './list-of-person.ts';
export { reservationsPath } from './pages/paths.ts';
export { reservationsPanel } from './pages/reservations-page.ts';
export { registerReservationRoutes } from './routes.ts';
