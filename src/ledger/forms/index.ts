export { cancelForm } from './cancel-form.ts';
export { findForm, type LiveFormQuery, listFormsOfPerson, listLiveForms, loadFormsByNumber } from './find-form.ts';
export { formatFormNumber, readFormNumber } from './form-number.ts';
export { issueForms, markReissued, takeFormNumbers } from './issue-forms.ts';
export { lockRegister } from './store.ts';
export type { FormOnRecord, FormState, IssueReason, NewForm } from './types.ts';
