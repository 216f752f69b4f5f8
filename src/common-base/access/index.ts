export { type AccessSettings, defaultAccessSettings, parseAccessSettings } from './access-settings.ts';
export { asJob, asOperator, type OperatorOptions } from './as-operator.ts';
export {
  type DemonstrationAccount,
  demonstrationAccounts,
  ensureDemonstrationStaff,
  hasDemonstrationStaff,
} from './demonstration-staff.ts';
export {
  type AddedStaff,
  addStaff,
  changeStaff,
  type NewStaff,
  resetPassword,
  type StaffChange,
  setStaffDisabled,
} from './manage-staff.ts';
export { type Permission, permissionsOf, permissionTable, type Role, roleNames } from './permission-table.ts';
export { mayDo, NotPermitted, recordRefusal, requirePermission } from './require-permission.ts';
export type { ActionContext, Actor, SessionInfo, StaffMember } from './types.ts';
