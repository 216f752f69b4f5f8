import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  isRole,
  type Permission,
  type PermissionHolder,
  permissionsOf,
  permissionTable,
  roleNames,
} from './permission-table.ts';

const clerk: PermissionHolder = { roles: ['clerk'], rank: 'member', isInCharge: true, lent: [] };

/** What duties give at the highest rank, in a department in charge of numbers, with nothing lent. */
function byDuty(roles: readonly string[]): ReadonlySet<Permission> {
  return permissionsOf({ roles, rank: 'manager', isInCharge: true, lent: [] });
}

test('権限の名は一度だけ現れ、どの行にも役割がある', () => {
  const names = permissionTable.map((row) => row.permission);
  assert.equal(new Set(names).size, names.length);
  for (const row of permissionTable) {
    assert.ok(row.roles.length > 0, row.permission);
    assert.ok(row.roles.every(isRole), row.permission);
    assert.match(row.permission, /^[a-z]+\.[a-zA-Z]+$/u);
  }
});

test('システム管理者と監査担当は、住民の情報を見る権限を持たない', () => {
  const personal = /^(?:persons|numbers|welfare|vaccinations|intake|notices|forms|history|institutions)\./u;
  for (const role of ['administrator', 'auditor'] as const) {
    assert.deepEqual(
      [...byDuty([role])].filter((permission) => personal.test(permission)),
      [],
      roleNames[role],
    );
  }
});

test('保護された住所と個人番号は、担当職員には見えない', () => {
  const held = byDuty(['clerk']);
  assert.equal(held.has('persons.viewProtected'), false);
  assert.equal(held.has('numbers.view'), false);
  assert.equal(held.has('persons.view'), true);
});

test('監査担当は何も変えられない', () => {
  const auditor = byDuty(['auditor']);
  const changes = permissionTable.filter((row) => row.access === 'update' && auditor.has(row.permission));
  assert.deepEqual(
    changes.map((row) => row.permission),
    ['audit.reviewAnomalies', 'audit.checkpoint'],
  );
});

test('役割は足し合わされ、知らない役割は何も許さない', () => {
  const both = byDuty(['clerk', 'auditor']);
  assert.equal(both.has('audit.view') && both.has('persons.view'), true);
  assert.equal(byDuty(['superuser', 'toString']).size, 0);
  assert.equal(isRole('toString'), false);
});

test('承認と棚卸しと個人番号の表示は、役割があっても係長以上でなければできない', () => {
  for (const permission of ['permissions.approve', 'permissions.review', 'numbers.view'] as const) {
    const chief = { ...clerk, roles: ['chief'] };
    assert.equal(permissionsOf({ ...chief, rank: 'member' }).has(permission), false, permission);
    assert.equal(permissionsOf({ ...chief, rank: 'chief' }).has(permission), true, permission);
    assert.equal(permissionsOf({ ...chief, rank: 'manager' }).has(permission), true, permission);
  }
});

test('個人番号利用事務を行わない所属の職員は、役割・職位・貸出があっても個人番号を扱えない', () => {
  const numbers = permissionTable.filter((row) => row.permission.startsWith('numbers.')).map((row) => row.permission);
  assert.deepEqual(numbers, [
    'numbers.import',
    'numbers.view',
    'numbers.confirm',
    'numbers.requestLinkCode',
    'numbers.askRegister',
    'numbers.approveRegisterQuestion',
    'numbers.enter',
    'numbers.approveEntry',
  ]);
  const outside = permissionsOf({ roles: ['clerk', 'chief'], rank: 'manager', isInCharge: false, lent: numbers });
  assert.deepEqual(
    numbers.filter((permission) => outside.has(permission)),
    [],
  );
  assert.ok(outside.has('persons.view'));
  const operator = permissionsOf({ roles: ['operator'], rank: 'member', isInCharge: false, lent: [] });
  assert.ok(operator.has('numbers.import') && !operator.has('numbers.view'));
});

test('借りた権限は表が許す役割にだけ働き、システム管理者と監査担当には何も貸せない', () => {
  const all = permissionTable.map((row) => row.permission);
  const held = byDuty(['clerk']);
  const withLent = [...permissionsOf({ ...clerk, lent: all })];
  const lentToClerk = new Set(withLent.filter((permission) => !held.has(permission)));
  assert.ok(lentToClerk.has('persons.viewProtected') && lentToClerk.has('intake.undo'));
  for (const never of ['permissions.approve', 'staff.manage', 'audit.view', 'restore.run', 'keys.rotate'] as const) {
    assert.equal(lentToClerk.has(never), false, never);
  }
  for (const role of ['administrator', 'auditor']) {
    const held = permissionsOf({ roles: [role], rank: 'manager', isInCharge: true, lent: all });
    assert.deepEqual([...held], [...byDuty([role])], role);
  }
});
