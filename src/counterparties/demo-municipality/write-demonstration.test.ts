import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type CsvTableRow, decodeCp932, parseCsvTable } from '#formats';
import { Conflict, isIndividualNumber, isMedicalInstitutionCode, parseIsoDay, UnreadableInput } from '#kernel';
import type { RuleSet } from '#schedule';
import { checkoutRules, demonstrationSettings } from '../../../tests/support/demonstration.ts';
import { type DemonstrationFiles, writeDemonstration } from './write-demonstration.ts';

const people = 600;
const today = parseIsoDay('2026-11-21');
let root: string;
let rules: RuleSet;
let made: DemonstrationFiles;

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'sesshu-demo-'));
  rules = await checkoutRules();
  made = await make('first', {});
});
after(() => rm(root, { recursive: true, force: true }));

function make(name: string, change: { seed?: number; settingsFolder?: string }): Promise<DemonstrationFiles> {
  const settingsFolder = demonstrationSettings;
  return writeDemonstration({ settingsFolder, rules, people, seed: 1, today, folder: join(root, name), ...change });
}

async function digestOf(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(join(root, folder))).sort();
  const digests = names.map(async (name) => {
    const bytes = await readFile(join(root, folder, name));
    return [name, createHash('sha256').update(bytes).digest('hex')] as const;
  });
  return Object.fromEntries(await Promise.all(digests));
}

async function rowsOf(path: string): Promise<CsvTableRow['values'][]> {
  return parseCsvTable(await readFile(path, 'utf8')).map(({ values }) => values);
}

test('同じ種からは同じバイト、別の種からは別のバイト', async () => {
  await make('again', {});
  await make('other', { seed: 2 });
  const first = await digestOf('first');
  assert.deepEqual(await digestOf('again'), first);
  const other = await digestOf('other');
  assert.deepEqual(Object.keys(other), Object.keys(first));
  const changing = Object.keys(first).filter((name) => name !== 'codes.csv');
  assert.deepEqual(
    changing.filter((name) => first[name] === other[name]),
    [],
  );
});

test('頼んだ人数ちょうどの住民がいる', async () => {
  const residents = await rowsOf(made.paths.residents);
  assert.equal(residents.length, people);
  assert.equal(new Set(residents.map((row) => row['整理番号'])).size, people);
});

test('個人番号は検査用数字が合い、二つと同じものがなく、000で始まる', async () => {
  const numbers = (await rowsOf(made.paths.individualNumbers)).map((row) => row['個人番号'] ?? '');
  assert.ok(numbers.length > people - 20);
  assert.ok(numbers.every((number) => isIndividualNumber(number) && number.startsWith('000')));
  assert.equal(new Set(numbers).size, numbers.length);
  const residents = await rowsOf(made.paths.residents);
  const registered = residents.filter((row) => row['住登外フラグ'] === '0').map((row) => row['整理番号']);
  assert.deepEqual(
    (await rowsOf(made.paths.individualNumbers)).map((row) => row['整理番号']),
    registered,
  );
});

test('医療機関コードの検証番号は合い、契約の切れた医療機関もある', async () => {
  const clinics = await rowsOf(made.paths.institutions);
  assert.ok(clinics.every((row) => isMedicalInstitutionCode(row['医療機関コード'] ?? '')));
  assert.equal(clinics.filter((row) => row['契約終了'] === '20260930').length, 3);
});

test('見本データと同じ列が、同じ順に並ぶ', async () => {
  const headerOf = async (path: string): Promise<string> => (await readFile(path, 'utf8')).split('\r\n')[0] ?? '';
  assert.equal(await headerOf(made.paths.individualNumbers), '整理番号,個人番号,個人番号の枝番');
  assert.equal(await headerOf(made.paths.welfare), '整理番号,生活保護,障害者,課税区分,有効開始,有効終了');
  assert.equal((await headerOf(made.paths.residents)).split(',').length, 32);
  assert.equal(await headerOf(made.paths.residentChanges), await headerOf(made.paths.residents));
  assert.equal((await headerOf(made.paths.history)).split(',').length, 11);
  assert.equal((await headerOf(made.paths.clinicRecords)).split(',').length, 20);
  assert.equal((await headerOf(made.paths.institutions)).split(',').length, 12);
});

test('CP932の接種記録は、同じ行を持つ', async () => {
  const bytes = await readFile(made.paths.clinicRecordsCp932);
  const text = decodeCp932(bytes);
  const utf8 = await readFile(made.paths.clinicRecords, 'utf8');
  assert.equal(text.split('\r\n').length, utf8.split('\r\n').length);
  assert.equal(text.split('\r\n')[0], utf8.split('\r\n')[0]);
});

test('正解の表は、ファイルの行を一度ずつ指す', async () => {
  const truth = await rowsOf(made.paths.plantedFaults);
  const clinic = await rowsOf(made.paths.clinicRecords);
  const history = await rowsOf(made.paths.history);
  const places = truth.map((row) => `${row['file']} ${row['行番号']}`);
  assert.equal(new Set(places).size, truth.length);
  for (const row of truth) {
    const rows = row['file'] === 'history.csv' ? history : clinic;
    assert.ok(rows[Number(row['行番号']) - 1] !== undefined, JSON.stringify(row));
  }
  const repeated = truth.find((row) => row['kind'] === 'identicalRow');
  const withoutNumber = (row: CsvTableRow['values'] | undefined): string => JSON.stringify({ ...row, 行番号: '' });
  const twins = clinic.filter((row) => withoutNumber(row) === withoutNumber(clinic[Number(repeated?.['行番号']) - 1]));
  assert.deepEqual([twins.length, twins[1]?.['行番号']], [2, repeated?.['行番号']]);
});

test('ほかの人のファイルがあるフォルダーには書かない', async () => {
  const folder = await mkdtemp(join(root, 'real-'));
  await writeFile(join(folder, 'residents.csv'), 'real');
  const settingsFolder = demonstrationSettings;
  await assert.rejects(writeDemonstration({ settingsFolder, rules, people, seed: 1, today, folder }), Conflict);
  assert.deepEqual(await readdir(folder), ['residents.csv']);
  assert.equal(await readFile(join(folder, 'residents.csv'), 'utf8'), 'real');
});

test('設定のないフォルダーは、何を指定するかを言う', async () => {
  await assert.rejects(make('nowhere', { settingsFolder: join(root, 'none') }), UnreadableInput);
});
