export { certificatesPath } from './pages/paths.ts';
export { registerCertificateRoutes } from './routes.ts';
