export { createBundleTasks } from './order-tasks.ts';
export { bundlesPath } from './pages/paths.ts';
export { type BundleTools, registerBundleRoutes } from './routes.ts';
