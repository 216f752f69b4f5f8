export { rulesPath, versionPath as rulesVersionPath } from './pages/paths.ts';
export { type RuleTools, registerRuleRoutes } from './routes.ts';
export { runTrialTask } from './run-trial.ts';
export { startTrial, trialTask } from './start-trial.ts';
