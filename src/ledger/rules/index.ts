export { rulesPath, versionPath as rulesVersionPath } from './pages/paths.ts';
export { type RuleTools, registerRuleRoutes } from './routes.ts';
export { createTrialTask } from './run-trial.ts';
export { startTrial } from './start-trial.ts';
