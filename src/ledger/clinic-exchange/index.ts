export { connectClinics } from './connect-clinics.ts';
export { deliverToIntake } from './deliver-to-intake.ts';
export { exchangeWithClinics } from './exchange-with-clinics.ts';
export { clinicNewsListener, clinicNewsTask, hearNews, markAllHolders } from './hear-news.ts';
export { countOpenClinicRecords } from './inbox-store.ts';
export { createDeliverTasks } from './order-tasks.ts';
export { clinicsPath } from './pages/paths.ts';
export { registerClinicExchangeRoutes } from './routes.ts';
export { replaceInIntake } from './settle-record.ts';
