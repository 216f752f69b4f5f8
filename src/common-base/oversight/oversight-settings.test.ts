import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIsoDay } from '#kernel';
import { findExportFaults, publishedColumns } from './decide-export.ts';
import { isExportTerminal, parseOversightSettings } from './oversight-settings.ts';
import type { ProvisionBasis } from './provisions/parse-provisions.ts';
import type { ExportSet, Medium } from './types.ts';

const set: ExportSet = {
  key: 'doses',
  nameJa: '接種記録',
  dayNameJa: '接種年月日',
  columns: [
    { key: 'name', nameJa: '氏名' },
    { key: 'lotNumber', nameJa: 'ロット番号' },
  ],
  async *readPages() {},
};
const bases = [{ id: 'export-contractor' } as ProvisionBasis];
const medium = { mediumId: 1, label: 'USB-01', disposedAt: null } as Medium;

test('持ち出しは、決めた網の端末からだけできる', () => {
  const settings = parseOversightSettings('{"exportFrom": ["10.1.2.0/24", "fd00::/8"]}');
  const cases: readonly (readonly [string, boolean])[] = [
    ['10.1.2.1', true],
    ['10.1.3.1', false],
    ['::ffff:10.1.2.9', true],
    ['fd00::1', true],
    ['fe80::1', false],
  ];
  for (const [address, expected] of cases) assert.equal(isExportTerminal(settings, address), expected, address);
  assert.equal(isExportTerminal(parseOversightSettings(undefined), '203.0.113.9'), true);
  const known = { sets: [set], settings, medium, bases, isAtTerminal: false, today: parseIsoDay('2026-11-21') };
  const asked = {
    setKey: 'doses',
    columns: ['name'],
    dayFrom: '',
    dayTo: '',
    mediumId: 1,
    recipient: '課',
    provision: 'export-contractor',
    eraseBy: '2026-11-21',
  };
  assert.deepEqual(
    findExportFaults(asked, known).map(({ code }) => code),
    ['exportTerminalForbidden'],
  );
  assert.deepEqual(findExportFaults(asked, { ...known, isAtTerminal: true }), []);
});

test('公開していない項目と種類は持ち出せない', () => {
  const settings = parseOversightSettings('{"published": {"doses": ["lotNumber", "secret"]}}');
  assert.deepEqual(
    publishedColumns(set, settings).map(({ key }) => key),
    ['lotNumber'],
  );
  const known = { sets: [set], settings, medium, bases, isAtTerminal: true, today: parseIsoDay('2026-11-21') };
  const asked = {
    setKey: 'doses',
    columns: ['name', 'lotNumber'],
    dayFrom: '',
    dayTo: '',
    mediumId: 1,
    recipient: '課',
    provision: 'export-contractor',
    eraseBy: '2027-05-23',
  };
  assert.deepEqual(
    findExportFaults(asked, known).map(({ code }) => code),
    ['exportColumnForbidden'],
  );
  const lastDay = { ...asked, columns: ['lotNumber'] };
  assert.deepEqual(findExportFaults(lastDay, known), [], 'half a year is 183 days');
  assert.deepEqual(
    findExportFaults({ ...lastDay, eraseBy: '2027-05-24' }, known).map(({ code }) => code),
    ['exportEraseByUnfit'],
  );
  assert.deepEqual(
    findExportFaults({ ...lastDay, provision: '' }, known).map(({ code }) => code),
    ['exportBasisMissing'],
  );
  const nothing = parseOversightSettings('{"published": {}}');
  assert.deepEqual(
    findExportFaults(lastDay, { ...known, settings: nothing }).map(({ code }) => code),
    ['exportSetUnknown'],
  );
});

test('読めない設定は断る', () => {
  for (const text of [
    'x',
    '{"keepDays": 0}',
    '{"keepdays": 3}',
    '{"exportFrom": ["10.0.0.0/99"]}',
    '{"exportFrom": ["all"]}',
  ]) {
    assert.throws(() => parseOversightSettings(text), { name: 'UnreadableInput' }, text);
  }
});
