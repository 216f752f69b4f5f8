import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Actor, Permission } from '#common-base/access';
import type { LgCode } from '#kernel';
import { navigationFor } from './navigation.ts';

function actor(permissions: readonly Permission[]): Actor {
  return {
    lgCode: '134996' as LgCode,
    staffId: null,
    staffName: '試験',
    via: 'web',
    from: '127.0.0.1',
    osUser: null,
    reason: null,
    roles: [],
    permissions: new Set(permissions),
  };
}

const clerk = actor([
  ...(['start.view', 'persons.search', 'intake.view', 'bundles.view', 'notices.view', 'vaccinations.view'] as const),
  ...(['safety.view', 'jobs.view', 'persons.register', 'numbers.confirm', 'rules.view', 'institutions.view'] as const),
  ...(['masters.view', 'intake.receive', 'exports.view'] as const),
]);
const auditor = actor(['start.view', 'audit.view', 'audit.reviewAnomalies', 'permissions.view']);

test('a clerk sees the daily work open and everything else folded until the page is one of it', () => {
  const folded = (current: string): (string | null)[] =>
    navigationFor(clerk, current).flatMap(({ label, isFolded }) => (isFolded === true ? [label] : []));
  assert.deepEqual(folded('/'), ['宛名と番号', 'きまりとマスタ', '持ち出しと提供']);
  assert.deepEqual(folded('/rules'), ['宛名と番号', '持ち出しと提供']);
  assert.deepEqual(folded('/rules/texts'), ['宛名と番号', '持ち出しと提供']);
});

test('whoever may open little sees all of it, and nothing that is not theirs', () => {
  const groups = navigationFor(auditor, '/');
  assert.deepEqual(
    groups.map(({ label, items, isFolded }) => [label, items.map((item) => item.label), isFolded]),
    [
      [null, ['ホーム'], false],
      ['権限と監査', ['閲覧と操作の記録', '異常な利用の点検', '役割と権限'], false],
    ],
  );
});

test('one entry is marked as the page, and the start page is no ancestor of the others', () => {
  const current = (path: string): string[] =>
    navigationFor(clerk, path).flatMap(({ items }) => items.flatMap((item) => (item.isCurrent ? [item.label] : [])));
  assert.deepEqual(current('/'), ['ホーム']);
  assert.deepEqual(current('/intake/5'), ['記録の受付']);
});
