import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRole, permissionsOf, permissionTable, roleNames } from './permission-table.ts';

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
      [...permissionsOf([role])].filter((permission) => personal.test(permission)),
      [],
      roleNames[role],
    );
  }
});

test('保護された住所と個人番号は、担当職員には見えない', () => {
  const clerk = permissionsOf(['clerk']);
  assert.equal(clerk.has('persons.viewProtected'), false);
  assert.equal(clerk.has('numbers.view'), false);
  assert.equal(clerk.has('persons.view'), true);
});

test('監査担当は何も変えられない', () => {
  const auditor = permissionsOf(['auditor']);
  const changes = permissionTable.filter((row) => row.access === 'update' && auditor.has(row.permission));
  assert.deepEqual(
    changes.map((row) => row.permission),
    ['audit.checkpoint'],
  );
});

test('役割は足し合わされ、知らない役割は何も許さない', () => {
  const both = permissionsOf(['clerk', 'auditor']);
  assert.equal(both.has('audit.view') && both.has('persons.view'), true);
  assert.equal(permissionsOf(['superuser', 'toString']).size, 0);
  assert.equal(isRole('toString'), false);
});
