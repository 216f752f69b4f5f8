import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countAdministrators } from './count-administrators.ts';
import type { StaffMember } from './types.ts';

test('使える管理者だけを数え、日常の役割も持つアカウントを挙げる', () => {
  const member = (accountName: string, roles: StaffMember['roles'], more: Partial<StaffMember> = {}): StaffMember =>
    ({ accountName, roles, disabledAt: null, expiresOn: null, ...more }) as StaffMember;
  const staff = [
    member('kanri', ['administrator']),
    member('ryouhou', ['administrator', 'clerk']),
    member('tomatta', ['administrator'], { disabledAt: new Date('2026-11-01') }),
    member('owatta', ['administrator', 'chief'], { expiresOn: '2026-11-20' }),
    member('kyoumade', ['administrator'], { expiresOn: '2026-11-21' }),
    member('tantou', ['clerk']),
  ];
  assert.deepEqual(countAdministrators(staff, '2026-11-21'), { all: 3, daily: ['ryouhou'] });
  assert.deepEqual(countAdministrators([], '2026-11-21'), { all: 0, daily: [] });
});
