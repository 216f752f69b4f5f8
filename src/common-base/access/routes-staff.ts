import { type Day, findIsoDay, finding, formatIsoDay, NotFound, type StaffId } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { withMunicipality } from '#platform/postgres';
import { type Answer, answerWith, redirectTo } from './answers.ts';
import { hasApproverFor } from './approvals/find-one-behind-both.ts';
import { requestApproval } from './approvals/request-approval.ts';
import { explainErrors } from './explain-errors.ts';
import { addStaff, changeStaff, getStaff, resetPassword, revokeSessions, setStaffDisabled } from './manage-staff.ts';
import { approvalsPath } from './pages/paths.ts';
import { initialPasswordPage, newStaffPage, type StaffForm, staffListPage, staffPage } from './pages/staff-page.ts';
import { rankNames } from './permission-table.ts';
import { dutiesKind, dutiesSubject } from './permissions/duties-kind.ts';
import { mayDo } from './require-permission.ts';
import { resetSecondFactor } from './second-factor/manage-factors.ts';
import { listSessions } from './session.ts';
import { addStaffRoute, type StaffApp } from './staff-app.ts';
import { listStaffRecords, setStaffRecords } from './staff-records.ts';
import type { StaffContext } from './staff-route.ts';
import { listStaff } from './staff-store.ts';
import type { StaffMember } from './types.ts';

const emptyForm: StaffForm = {
  accountName: '',
  displayName: '',
  department: '',
  roles: [],
  rank: 'member',
  personStaffId: '',
  expiresOn: '',
};

/** Accounts: list, add, change, stop, new password. */
export function addStaffRoutes(app: StaffApp): void {
  addStaffRoute(app, {
    method: 'GET',
    url: '/staff',
    permission: 'staff.view',
    handler: async (context) => {
      const staff = await withMunicipality(context.db, context.lgCode, listStaff);
      const body = staffListPage(staff, today(context), mayDo(context.actor, 'staff.manage'));
      return context.page({ title: '職員', body });
    },
  });
  addStaffRoute(app, {
    method: 'GET',
    url: '/staff/new',
    permission: 'staff.manage',
    needsFreshSignIn: true,
    handler: (context) => showNewStaff(context, emptyForm, []),
  });
  addStaffRoute(app, {
    method: 'POST',
    url: '/staff/new',
    permission: 'staff.manage',
    needsFreshSignIn: true,
    handler: takeNewStaff,
  });
  addStaffRoute(app, {
    method: 'GET',
    url: '/staff/:staffId',
    permission: 'staff.manage',
    needsFreshSignIn: true,
    handler: async (context) => {
      const member = await loadMember(context);
      return await showMember(context, member, formOf(member), []);
    },
  });
  addStaffRoute(app, {
    method: 'POST',
    url: '/staff/:staffId',
    permission: 'staff.manage',
    needsFreshSignIn: true,
    handler: takeChange,
  });
  addStaffRoute(app, {
    method: 'POST',
    url: '/staff/:staffId/disabled',
    permission: 'staff.manage',
    needsFreshSignIn: true,
    handler: takeDisabled,
  });
  addStaffRoute(app, {
    method: 'POST',
    url: '/staff/:staffId/password',
    permission: 'staff.manage',
    needsFreshSignIn: true,
    handler: takeReset,
  });
  addStaffRoute(app, {
    method: 'POST',
    url: '/staff/:staffId/second-factor',
    permission: 'staff.manage',
    needsFreshSignIn: true,
    handler: takeFactorReset,
  });
  addStaffRoute(app, {
    method: 'POST',
    url: '/staff/:staffId/sessions/end',
    permission: 'staff.manage',
    needsFreshSignIn: true,
    handler: takeRevocation,
  });
  addRecordRoute(app);
}

/** The records of members and their families, where there is a register that knows 宛名番号. */
function addRecordRoute(app: StaffApp): void {
  const { findPersonIds } = app.options;
  if (findPersonIds === undefined) return;
  addStaffRoute(app, {
    method: 'POST',
    url: '/staff/:staffId/records',
    permission: 'staff.manage',
    needsFreshSignIn: true,
    handler: async (context: StaffContext) => await takeRecords(context, findPersonIds),
  });
}

async function showNewStaff(
  context: StaffContext,
  form: StaffForm,
  errors: Awaited<ReturnType<typeof explainErrors>>,
): Promise<ReturnType<StaffContext['page']>> {
  const { csrfToken, duties } = context;
  const body = newStaffPage(form, errors, { csrfToken, duties, hasApprover: await hasApprover(context) });
  return context.page({ title: '職員を登録する', body, current: '/staff' });
}

/** Whether anybody could approve today what the reader asks; where nothing needs approval nobody is missed. */
async function hasApprover(context: StaffContext): Promise<boolean> {
  const { staffId } = context.actor;
  if (staffId === null || !context.settings.dutiesNeedApproval) return true;
  const now = { at: context.clock.now(), today: today(context) };
  return await withMunicipality(context.db, context.lgCode, (tx) => hasApproverFor(tx, staffId, now));
}

async function takeNewStaff(context: StaffContext): Promise<Answer> {
  const form = readForm(context);
  const isPending = context.settings.dutiesNeedApproval;
  const expiresOn = readExpiry(form);
  const decision =
    expiresOn === undefined ? expiryUnreadable : await addStaff(context, { ...form, expiresOn }, { isPending });
  if (decision.answer === 'refused') {
    return answerWith(422, await showNewStaff(context, form, await explainErrors(decision.findings)));
  }
  if (isPending) {
    const member = { staffId: decision.value.staffId, roles: [], rank: 'member' } as const;
    await askForDuties(context, member, form);
  }
  const body = initialPasswordPage(decision.value, { isWaiting: isPending, hasApprover: await hasApprover(context) });
  return context.page({ title: '最初のパスワード', body, current: '/staff', width: 'narrow' });
}

/** What is taken away or stays holds at once; what is added waits for another person's approval. */
function splitChange(
  context: StaffContext,
  member: StaffMember,
  form: StaffForm,
): { readonly now: Pick<StaffForm, 'roles' | 'rank'>; readonly isWaiting: boolean } {
  const ranks = Object.keys(rankNames);
  const isRankRaised = ranks.indexOf(form.rank) > ranks.indexOf(member.rank);
  const added = form.roles.filter((role) => !member.roles.some((each) => each === role));
  if (!context.settings.dutiesNeedApproval || (added.length === 0 && !isRankRaised)) {
    return { now: form, isWaiting: false };
  }
  const kept = form.roles.filter((role) => !added.includes(role));
  return { now: { roles: kept, rank: isRankRaised ? member.rank : form.rank }, isWaiting: true };
}

async function askForDuties(
  context: StaffContext,
  member: Pick<StaffMember, 'staffId' | 'roles' | 'rank'>,
  form: StaffForm,
): Promise<void> {
  const asked = { subject: dutiesSubject(member, form), reason: '職員の登録・変更の画面から' };
  await requestApproval(context, dutiesKind, asked);
}

async function takeChange(context: StaffContext): Promise<Answer> {
  const member = await loadMember(context);
  const form = { ...readForm(context), accountName: member.accountName };
  const { now, isWaiting } = splitChange(context, member, form);
  const personStaffId = form.personStaffId === '' ? null : (Number(form.personStaffId) as StaffId);
  const expiresOn = readExpiry(form);
  const decision =
    expiresOn === undefined
      ? expiryUnreadable
      : await changeStaff(
          context,
          member.staffId,
          { ...form, ...now, expiresOn, personStaffId },
          { mayKeepNone: isWaiting },
        );
  if (decision.answer === 'refused') {
    return answerWith(422, await showMember(context, member, form, await explainErrors(decision.findings)));
  }
  if (!isWaiting) return redirectTo('/staff');
  await askForDuties(context, await loadMember(context), form);
  return redirectTo(approvalsPath);
}

async function takeDisabled(context: StaffContext): Promise<Answer> {
  const member = await loadMember(context);
  const decision = await setStaffDisabled(context, member.staffId, context.body.text('disabled') === 'yes');
  if (decision.answer === 'refused') {
    return answerWith(422, await showMember(context, member, formOf(member), await explainErrors(decision.findings)));
  }
  return redirectTo('/staff');
}

async function takeReset(context: StaffContext): Promise<Answer> {
  const member = await loadMember(context);
  const decision = await resetPassword(context, member.staffId);
  if (decision.answer === 'refused') {
    return answerWith(422, await showMember(context, member, formOf(member), await explainErrors(decision.findings)));
  }
  const body = initialPasswordPage(decision.value, { isWaiting: false, hasApprover: true });
  return context.page({ title: '最初のパスワード', body, current: '/staff', width: 'narrow' });
}

async function takeRevocation(context: StaffContext): Promise<Answer> {
  const member = await loadMember(context);
  await revokeSessions(context, member.staffId);
  return redirectTo(`/staff/${member.staffId}`);
}

async function takeFactorReset(context: StaffContext): Promise<Answer> {
  const member = await loadMember(context);
  const decision = await resetSecondFactor(context, member.staffId);
  if (decision.answer === 'refused') {
    return answerWith(422, await showMember(context, member, formOf(member), await explainErrors(decision.findings)));
  }
  return redirectTo(`/staff/${member.staffId}`);
}

async function takeRecords(
  context: StaffContext,
  findPersonIds: NonNullable<StaffApp['options']['findPersonIds']>,
): Promise<Answer> {
  const member = await loadMember(context);
  const numbers = context.body
    .text('numbers')
    .normalize('NFKC')
    .split(/[\s,、]+/u);
  const decision = await setStaffRecords(
    context,
    member.staffId,
    numbers.filter((number) => number !== ''),
    findPersonIds,
  );
  if (decision.answer === 'refused') {
    return answerWith(422, await showMember(context, member, formOf(member), await explainErrors(decision.findings)));
  }
  return redirectTo(`/staff/${member.staffId}`);
}

async function loadMember(context: StaffContext): Promise<StaffMember> {
  const id = context.params['staffId'] ?? '';
  if (!/^\d{1,15}$/u.test(id)) throw new NotFound('この職員は登録されていません。一覧から選び直してください。');
  return await withMunicipality(context.db, context.lgCode, async (tx) => await getStaff(tx, Number(id) as StaffId));
}

async function showMember(
  context: StaffContext,
  member: StaffMember,
  form: StaffForm,
  errors: Awaited<ReturnType<typeof explainErrors>>,
): Promise<ReturnType<StaffContext['page']>> {
  const { sessions, records } = await withMunicipality(context.db, context.lgCode, async (tx) => ({
    sessions: await listSessions(tx, member.staffId, context.clock.now(), context.settings),
    records: context.hasRegister ? (await listStaffRecords(tx, member.staffId)).length : null,
  }));
  const staff = await withMunicipality(context.db, context.lgCode, listStaff);
  const others = staff.filter((each) => each.staffId !== member.staffId && each.personStaffId === null);
  const { csrfToken, duties } = context;
  const around = { others, errors, csrfToken, duties, today: today(context), sessions, records };
  const body = staffPage(member, form, around);
  return context.page({ title: member.displayName, body, current: '/staff' });
}

function readForm({ body, duties }: StaffContext): StaffForm {
  return {
    accountName: body.text('accountName'),
    displayName: body.text('displayName'),
    department: body.text('department'),
    rank: body.text('rank') === '' ? 'member' : body.text('rank'),
    personStaffId: /^\d{1,15}$/u.exec(body.text('personStaffId'))?.[0] ?? '',
    // A duty of another system is none that could be given here.
    roles: body.list('roles').filter((role) => duties.some((duty) => duty === role)),
    expiresOn: body.day('expiresOn'),
  };
}

/** The last day of use, null for none; undefined where something was typed that is no day: none would be without end. */
function readExpiry(form: StaffForm): Day | null | undefined {
  return form.expiresOn === '' ? null : findIsoDay(form.expiresOn);
}

const expiryUnreadable = {
  answer: 'refused',
  findings: [finding('expiryUnreadable', 'refuse', 'expiresOn')],
} as const;

function formOf(member: StaffMember): StaffForm {
  const { personStaffId } = member;
  return {
    ...member,
    personStaffId: personStaffId === null ? '' : String(personStaffId),
    expiresOn: member.expiresOn ?? '',
  };
}

function today(context: StaffContext): string {
  return formatIsoDay(todayInTokyo(context.clock));
}
