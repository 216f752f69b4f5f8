export { type AccessSettings, defaultAccessSettings } from './access-settings.ts';
export {
  type Answer,
  answerWith,
  type FileAnswer,
  type PageAnswer,
  type Redirect,
  redirectTo,
  sendFile,
} from './answers.ts';
export { applyPersonnelChange, type PersonnelChange, type PersonnelOutcome } from './apply-personnel-change.ts';
export { findOneBehindBoth } from './approvals/find-one-behind-both.ts';
export { requestApproval } from './approvals/request-approval.ts';
export type { ApprovalKind, ApprovalSubject, ApprovedBy } from './approvals/types.ts';
export { asJob, asOperator, type OperatorOptions } from './as-operator.ts';
export { breachedPasswordsPath, openBreachedPasswords } from './breached-passwords.ts';
export { createStaffApp } from './create-staff-app.ts';
export {
  type DemonstrationAccount,
  demonstrationAccount,
  demonstrationAccounts,
  ensureDemonstrationStaff,
  hasDemonstrationStaff,
} from './demonstration-staff.ts';
export { explainErrors } from './explain-errors.ts';
export { type Colleague, listColleagues } from './list-colleagues.ts';
export { mailAccountNotices } from './mail-account-notices.ts';
export {
  type AddedStaff,
  addStaff,
  type NewStaff,
  type StaffChange,
} from './manage-staff.ts';
export { accountNoticeStrip } from './pages/account-notice-pages.ts';
export { approvalPath, approvalsPath } from './pages/paths.ts';
export { signedInPerson } from './pages/signed-in-person.ts';
export { vendorsPath, worksPath } from './pages/vendor-pages.ts';
export {
  clinicDuties,
  type Permission,
  permissionsOf,
  permissionTable,
  type Role,
  roleNames,
} from './permission-table.ts';
export { mayDo, NotPermitted, recordRefusal, requirePermission } from './require-permission.ts';
export { countApprovalsToDecide } from './routes-approvals.ts';
export { rewrapSecondFactors } from './second-factor/rewrap-factors.ts';
export { addApprovalKind, addStaffRoute, listStaffRoutes, renderStaffError, type StaffApp } from './staff-app.ts';
export type {
  Frame,
  FrameRenderer,
  Office,
  PageOptions,
  PublicRoute,
  SignedInRoute,
  StaffAppOptions,
  StaffContext,
  StaffRoute,
  UploadedFile,
  VisitorContext,
} from './staff-route.ts';
export { isSamePerson } from './staff-store.ts';
export type { ActionContext, Actor, SessionInfo, StaffMember } from './types.ts';
export { type PermissionWatch, watchPermissions } from './watch-permissions.ts';
export { createOrderTask, type OrderedTask, type OrderWork, progressInto, type WorkOrder } from './work-order.ts';
