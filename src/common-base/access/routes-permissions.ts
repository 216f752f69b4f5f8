import { recordAct } from '#common-base/audit';
import { type Finding, finding, formatIsoDay, NotFound } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { type Tx, withMunicipality } from '#platform/postgres';
import { type Answer, answerWith, redirectTo } from './answers.ts';
import { requestApproval } from './approvals/request-approval.ts';
import { explainErrors } from './explain-errors.ts';
import { approvalsPath } from './pages/paths.ts';
import {
  type Department,
  departmentsPage,
  lentPermissionsPage,
  type OwnPermissionsPage,
  ownPermissionsPage,
} from './pages/permission-request-pages.ts';
import { isLendable, permissionTable } from './permission-table.ts';
import { dutiesKind } from './permissions/duties-kind.ts';
import { permissionGrantKind, takeBackPermission } from './permissions/grant-kind.ts';
import { listGrants } from './permissions/grant-store.ts';
import { addApprovalKind, addStaffRoute, type StaffApp } from './staff-app.ts';
import type { StaffContext } from './staff-route.ts';
import { findStaff } from './staff-store.ts';

const emptyForm = { permission: '', expiresOn: '', reason: '' };

/** Permissions for a time: asking for one, taking one back; and which departments may use individual numbers. */
export function addPermissionRoutes(app: StaffApp): void {
  const grantKind = permissionGrantKind(app.options.clock);
  addApprovalKind(app, grantKind);
  addApprovalKind(app, dutiesKind);
  const asking = { url: '/account/permissions', permission: 'permissions.request' } as const;
  addStaffRoute(app, {
    method: 'GET',
    ...asking,
    handler: async (context: StaffContext) => await showOwn(context, emptyForm, []),
  });
  addStaffRoute(app, {
    method: 'POST',
    ...asking,
    handler: async (context: StaffContext) => {
      const form = readForm(context);
      const subject = { staffId: context.actor.staffId, permission: form.permission, expiresOn: form.expiresOn };
      const decision = await requestApproval(context, grantKind, { subject, reason: form.reason });
      if (decision.answer === 'refused') return await showOwn(context, form, decision.findings);
      return redirectTo(approvalsPath);
    },
  });
  const lent = { url: '/permissions/lent', permission: 'permissions.revoke' } as const;
  addStaffRoute(app, { method: 'GET', ...lent, handler: async (context: StaffContext) => await showLent(context, []) });
  addStaffRoute(app, {
    method: 'POST',
    url: '/permissions/lent/take-back',
    permission: 'permissions.revoke',
    handler: async (context) => {
      const given = context.body.text('grantId');
      const decision = await takeBackPermission(context, /^\d{1,15}$/u.test(given) ? Number(given) : 0);
      return decision.answer === 'refused'
        ? await showLent(context, decision.findings)
        : redirectTo('/permissions/lent');
    },
  });
  const departments = { url: '/departments', permission: 'staff.manage' } as const;
  addStaffRoute(app, {
    method: 'GET',
    ...departments,
    handler: async (context: StaffContext) => await showDepartments(context, []),
  });
  addStaffRoute(app, { method: 'POST', ...departments, needsFreshSignIn: true, handler: takeDepartment });
}

async function showOwn(
  context: StaffContext,
  form: OwnPermissionsPage['form'],
  findings: readonly Finding[],
): Promise<Answer> {
  const { actor } = context;
  const staff = await withMunicipality(context.db, context.lgCode, async (tx) => {
    return actor.staffId === null ? undefined : await findStaff(tx, actor.staffId);
  });
  if (staff === undefined) throw new NotFound('この職員は登録されていません。');
  const today = formatIsoDay(todayInTokyo(context.clock));
  const body = ownPermissionsPage({
    csrfToken: context.csrfToken,
    held: [...actor.permissions],
    lent: staff.grants.filter((each) => each.expiresOn >= today),
    lendable: permissionTable
      .filter((row) => isLendable(row, staff.roles) && !actor.permissions.has(row.permission))
      .map((row) => row.permission),
    form,
    errors: await explainErrors(findings),
  });
  const page = context.page({ title: '自分の権限', body, current: '/account' });
  return findings.length === 0 ? page : answerWith(422, page);
}

async function showLent(context: StaffContext, findings: readonly Finding[]): Promise<Answer> {
  const today = formatIsoDay(todayInTokyo(context.clock));
  const grants = await withMunicipality(context.db, context.lgCode, async (tx) => await listGrants(tx, today));
  const body = lentPermissionsPage({ grants, csrfToken: context.csrfToken, errors: await explainErrors(findings) });
  const page = context.page({ title: '期限つきの権限', body });
  return findings.length === 0 ? page : answerWith(409, page);
}

async function showDepartments(context: StaffContext, findings: readonly Finding[]): Promise<Answer> {
  const departments = await withMunicipality(context.db, context.lgCode, listDepartments);
  const errors = await explainErrors(findings);
  const body = departmentsPage({ departments, csrfToken: context.csrfToken, errors });
  const page = context.page({ title: '所属', body, current: '/staff' });
  return findings.length === 0 ? page : answerWith(422, page);
}

async function takeDepartment(context: StaffContext): Promise<Answer> {
  const name = context.body.text('name').slice(0, 100);
  const usesNumbers = context.body.has('usesNumbers');
  if (name === '') return await showDepartments(context, [finding('departmentMissing', 'refuse', 'name')]);
  await withMunicipality(context.db, context.lgCode, async (tx) => {
    await tx.client.query(
      `INSERT INTO departments (lg_code, name, uses_numbers) VALUES ($1, $2, $3)
       ON CONFLICT (lg_code, name) DO UPDATE SET uses_numbers = EXCLUDED.uses_numbers`,
      [tx.lgCode, name, usesNumbers],
    );
    await recordAct(tx, context.actor, { act: 'access.departmentSet', details: { department: name, usesNumbers } });
  });
  return redirectTo('/departments');
}

async function listDepartments(tx: Tx): Promise<Department[]> {
  const { rows } = await tx.client.query<Department>(
    `SELECT name, uses_numbers AS "usesNumbers" FROM departments WHERE lg_code = $1 ORDER BY name LIMIT 1000`,
    [tx.lgCode],
  );
  return rows;
}

function readForm({ body }: StaffContext): OwnPermissionsPage['form'] {
  return { permission: body.text('permission'), expiresOn: body.day('expiresOn'), reason: body.text('reason') };
}
