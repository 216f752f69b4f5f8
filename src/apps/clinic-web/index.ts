export { type ClinicApp, createClinicApp } from './create-clinic-app.ts';
export { ensureClinicStaff } from './prepare-clinic.ts';
