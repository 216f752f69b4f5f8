import type { StaffApp } from '#common-base/access';
import { registerAccuracyRoutes } from './accuracy-routes.ts';
import { registerAnnotationRoutes } from './annotation-routes.ts';
import { registerDraftRoutes } from './draft-routes.ts';
import { type RegistrationTools, registerLinkRoutes } from './link-routes.ts';
import { registerNumberQuestionRoutes } from './number-question-routes.ts';

/** The pages of this room. */
export function registerRegistrationRoutes(app: StaffApp, tools: RegistrationTools): void {
  registerLinkRoutes(app, tools);
  registerDraftRoutes(app);
  registerAnnotationRoutes(app);
  registerAccuracyRoutes(app, tools.orderWork);
  registerNumberQuestionRoutes(app, tools.findings);
}
