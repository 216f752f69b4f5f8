import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UnreadableInput } from '#kernel';
import { parseAccessSettings } from './access-settings.ts';
import { decidePlace, type PlaceQuestion } from './decide-place.ts';

const settingsOf = (...placeRules: object[]) =>
  parseAccessSettings(JSON.stringify({ closedDays: ['2026-11-23'], placeRules }));
/** Friday, 20 November 2026, noon in Tokyo. */
const noon = new Date('2026-11-20T12:00:00+09:00');
const clerk: PlaceQuestion = {
  of: 'signIn',
  department: '健康推進課',
  roles: ['clerk'],
  from: '10.1.2.3',
  terminal: null,
  at: noon,
};

function ask(rule: object, question: Partial<PlaceQuestion> = {}): string | null {
  const { placeRules, closedDays } = settingsOf(rule);
  return decidePlace(placeRules, closedDays, { ...clerk, ...question });
}

const at = (text: string): { at: Date } => ({ at: new Date(`${text}+09:00`) });

test('決まりがなければ、いつでもどこからでも使える', () => {
  assert.equal(decidePlace(parseAccessSettings('{}').placeRules, [], { ...clerk, ...at('2026-11-22T03:00:00') }), null);
});

test('時間は始まりの時から終わりの時の前まで、東京の時刻で数える', () => {
  const hours = { fromHour: 7, toHour: 22 };
  assert.equal(ask(hours, at('2026-11-20T06:59:59')), 'outsideHours');
  assert.equal(ask(hours, at('2026-11-20T07:00:00')), null);
  assert.equal(ask(hours, at('2026-11-20T21:59:59')), null);
  assert.equal(ask(hours, at('2026-11-20T22:00:00')), 'outsideHours');
  assert.equal(ask({ toHour: 24 }, at('2026-11-20T23:59:59')), null);
});

test('閉庁日は、土曜・日曜と設定の日で、使わせないと書けば使えない', () => {
  const closed = { isOpenOnClosedDays: false };
  for (const day of ['2026-11-21', '2026-11-22', '2026-11-23']) {
    assert.equal(ask(closed, at(`${day}T12:00:00`)), 'outsideHours', day);
    assert.equal(ask({}, at(`${day}T12:00:00`)), null, day);
  }
  assert.equal(ask(closed, at('2026-11-24T00:00:00')), null, 'the day after begins at midnight in Tokyo');
});

test('ネットワークの外と、前段のサーバーが確かめていない端末は断る', () => {
  const networks = { networks: ['10.1.0.0/16', 'fd00::/8'] };
  for (const [from, answer] of [
    ['10.1.255.255', null],
    ['10.2.0.0', 'outsideNetworks'],
    ['::ffff:10.1.0.1', null],
    ['fd12::1', null],
    ['2001:db8::1', 'outsideNetworks'],
    ['', 'outsideNetworks'],
  ] as const) {
    assert.equal(ask(networks, { from }), answer, from);
  }
  assert.equal(ask({ needsTerminal: true }), 'unknownTerminal');
  assert.equal(ask({ needsTerminal: true }, { terminal: 'PC-0123' }), null);
});

test('部署・役割・働きを名指す決まりは、その人と働きだけに効き、どれか一つでも外れれば断る', () => {
  const night = at('2026-11-20T23:00:00');
  const hours = { toHour: 22 };
  assert.equal(ask({ ...hours, departments: ['税務課'] }, night), null);
  assert.equal(ask({ ...hours, departments: ['健康推進課'] }, night), 'outsideHours');
  assert.equal(ask({ ...hours, roles: ['chief'] }, night), null);
  assert.equal(ask({ ...hours, roles: ['chief'] }, { ...night, roles: ['clerk', 'chief'] }), 'outsideHours');
  assert.equal(ask({ ...hours, of: 'dangerousActs' }, night), null);
  assert.equal(ask({ ...hours, of: 'dangerousActs' }, { ...night, of: 'dangerousActs' }), 'outsideHours');
  const { placeRules, closedDays } = settingsOf({ networks: ['10.0.0.0/8'] }, { networks: ['10.9.0.0/16'] });
  assert.equal(decidePlace(placeRules, closedDays, clerk), 'outsideNetworks');
});

test('読めない決まりは、守っているつもりで守らないことにならないよう、断る', () => {
  for (const rule of [
    { networks: ['10.1.0.0'] },
    { networks: ['10.1.0.0/33'] },
    { networks: ['10.1.0/16'] },
    { networks: ['10.1.0.0/16/8'] },
    { networks: ['fd00::/129'] },
    { networks: [] },
    { fromHour: 22, toHour: 7 },
    { fromHour: -1 },
    { roles: ['nobody'] },
    { departments: [] },
    { of: 'everything' },
    { hours: '7-22' },
  ]) {
    assert.throws(() => settingsOf(rule), UnreadableInput, JSON.stringify(rule));
  }
});
