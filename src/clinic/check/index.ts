export { decideInjection, decideTicket, findRecall } from './decide-injection.ts';
export { derivePackage } from './derive-package.ts';
export type { InjectionCheck, InjectionPlan } from './types.ts';
