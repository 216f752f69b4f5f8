import type { StaffApp } from '#common-base/access';
import { type RegistrationTools, registerLinkRoutes } from './link-routes.ts';

/** The pages of this room. */
export function registerRegistrationRoutes(app: StaffApp, tools: RegistrationTools): void {
  registerLinkRoutes(app, tools);
}
