import type { FastifyInstance } from 'fastify';
import { addAccountRoutes } from './routes-account.ts';
import { addApprovalRoutes } from './routes-approvals.ts';
import { addAuditRoutes } from './routes-audit.ts';
import { addConfirmRoutes } from './routes-confirm.ts';
import { addOpenIdRoutes } from './routes-openid.ts';
import { addPermissionRoutes } from './routes-permissions.ts';
import { addPersonReportRoutes } from './routes-person-report.ts';
import { addReviewRoutes } from './routes-reviews.ts';
import { addSecondFactorRoutes } from './routes-second-factor.ts';
import { addSignInRoutes } from './routes-sign-in.ts';
import { addStaffRoutes } from './routes-staff.ts';
import { addVendorRoutes } from './routes-vendors.ts';
import { prepareDecoy } from './sign-in.ts';
import { makeStaffApp, type StaffApp } from './staff-app.ts';
import type { StaffAppOptions } from './staff-route.ts';

/**
 * The staff's web application with the pages that belong to access itself: sign-in with its second step,
 * 処理事由, one's own account, the staff, the log and the permission table. The rooms' routes are added by `addStaffRoute`.
 */
export async function createStaffApp(server: FastifyInstance, options: StaffAppOptions): Promise<StaffApp> {
  const app = makeStaffApp(server, options);
  await prepareDecoy();
  addSignInRoutes(app);
  addOpenIdRoutes(app);
  addSecondFactorRoutes(app);
  addConfirmRoutes(app);
  addAccountRoutes(app);
  addStaffRoutes(app);
  addApprovalRoutes(app);
  addPermissionRoutes(app);
  addReviewRoutes(app);
  addPersonReportRoutes(app);
  addVendorRoutes(app);
  addAuditRoutes(app);
  return app;
}
