export { createBundleTasks } from './order-tasks.ts';
export { bundlesPath } from './pages/paths.ts';
export type { BundleTools } from './route-tools.ts';
export { registerBundleRoutes } from './routes.ts';
export { countWaitingBundles } from './store.ts';
