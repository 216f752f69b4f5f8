export { formatFormNumber, readFormNumber } from '#formats';
export { cancelForm, cancelForms } from './cancel-form.ts';
export { giveCouponNumbers, loadCouponHolders } from './coupon-numbers.ts';
export {
  findForm,
  formHoldersSql,
  type LiveFormQuery,
  listLiveForms,
  loadFormHolders,
  loadFormsByNumber,
  loadFormsOfPeople,
} from './find-form.ts';
export { issueForms, markReissued, takeFormNumbers } from './issue-forms.ts';
export { lockRegister } from './store.ts';
export type { DosePaper, FormOnRecord, FormState, IssueReason, NewForm } from './types.ts';
