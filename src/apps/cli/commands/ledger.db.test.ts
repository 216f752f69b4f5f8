import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { listActs, writeCheckpoint } from '#common-base/audit';
import { withMunicipality } from '#platform/postgres';
import { feedText, loadDemonstrationSettings, residentLines } from '../../../../tests/support/addressees.ts';
import { commandLine, type Said } from '../../../../tests/support/command-line.ts';
import { type TestDatabase, testDatabase } from '../../../../tests/support/database.ts';
import { clinicHeader, clinicLine, contractedClinicLines, historyHeader } from '../../../../tests/support/intake.ts';
import { feedCommands } from './feeds.ts';
import { intakeCommands } from './intake.ts';
import { ledgerCommands } from './ledger.ts';

let store: TestDatabase;
let folder: string;
let sesshu: (...words: readonly string[]) => Promise<Said>;

const child = { 生年月日: '20260110', 氏名カナ: 'シケン　ハナ', 住民となった日: '20260110', 異動: '01' };
const file = (name: string): string => join(folder, name);

before(async () => {
  store = await testDatabase();
  await loadDemonstrationSettings(store.db);
  folder = await mkdtemp(join(tmpdir(), 'sesshu-ledger-command-'));
  sesshu = commandLine(store, folder, [...feedCommands, ...intakeCommands, ...ledgerCommands]);
  const lines = {
    'residents.csv': residentLines([
      { 整理番号: '0000000001', ...child },
      { 整理番号: '0000000002', ...child, 生年月日: '' },
    ]),
    'institutions.csv': contractedClinicLines,
    'history.csv': [historyHeader, '0000000001,24,1,20260415,,A1,03,0.50,,,'],
    'clinic.csv': [
      clinicHeader,
      clinicLine({ 回数: '2', 接種年月日: '20260520' }, 1),
      clinicLine({ 回数: '3', 接種年月日: '20260701', ロット番号: '' }, 2),
      clinicLine({ 接種年月日: '20261231' }, 3),
    ],
  };
  for (const [name, text] of Object.entries(lines)) await writeFile(file(name), feedText(text));
});
after(async () => {
  await rm(folder, { recursive: true });
  await store.close();
});

const importShape = ['rows', 'accepted', 'questioned', 'refused', 'unmappedCharacters', 'seconds'];
const intakeShape = ['batch', 'rows', 'accepted', 'questioned', 'refused', 'committed', 'seconds'];

/** The figures of an answer, without the time it took. */
function figures({ json }: Said): unknown[] {
  return Object.entries(json).flatMap(([name, value]) => (name === 'seconds' || name === 'batch' ? [] : [value]));
}

test('取込は決められた形で答え、同じファイルの二度目は何も変えない', async () => {
  for (const [words, expected] of [
    [
      ['import', 'residents', file('residents.csv')],
      [2, 2, 0, 0, 0],
    ],
    [
      ['import', 'institutions', file('institutions.csv')],
      [1, 1, 0, 0, 0],
    ],
    [
      ['import', 'history', file('history.csv')],
      [1, 1, 0, 0, 0],
    ],
  ] as const) {
    const first = await sesshu(...words);
    assert.equal(first.exitCode, 0, first.messages);
    assert.deepEqual(Object.keys(first.json), importShape);
    assert.deepEqual(figures(first), expected);
    const again = await sesshu(...words);
    assert.deepEqual([again.exitCode, again.json], [0, { ...first.json, repeated: true }]);
    assert.match(again.messages, /取り込み済み/u);
  }
  const { json } = await sesshu('ledger', 'verify');
  assert.deepEqual([json['entries'], json['people'], json['differences']], [1, 1, 0]);
});

test('受付は見るだけから登録へ進み、断った行は場所と文で示され、取り消せる', async () => {
  const findings = file('findings.csv');
  const words = ['intake', file('clinic.csv'), '--as-of', '2026-11-21', '--findings', findings] as const;
  const preview = await sesshu(...words);
  assert.equal(preview.exitCode, 1, 'a row was refused');
  assert.deepEqual(Object.keys(preview.json), intakeShape);
  assert.deepEqual(figures(preview), [3, 1, 1, 1, 0]);
  assert.match(preview.messages, /clinic\.csv 4行目.*2026年12月31日|clinic\.csv 4行目.*2026-12-31/u);
  const csv = (await readFile(findings, 'utf8')).split('\r\n');
  assert.deepEqual([csv[0], csv[1], csv.length], ['行番号,answer,codes,messages', '1,accepted,,', 5]);
  assert.match(csv[2] ?? '', /^2,questioned,lotMissing,接種済みですがロット番号が空欄です。$/u);

  const committed = await sesshu(...words, '--commit');
  assert.deepEqual(figures(committed), [3, 1, 1, 1, 1]);
  assert.equal(committed.json['batch'], preview.json['batch']);
  const again = await sesshu(...words, '--commit');
  assert.deepEqual([again.exitCode, again.json], [1, { ...committed.json, repeated: true }]);
  assert.match(again.messages, /受け付け済み/u);
  const { json } = await sesshu('ledger', 'verify');
  assert.deepEqual(Object.keys(json), ['entries', 'people', 'differences', 'auditRows', 'chain']);
  assert.deepEqual([json['entries'], json['people'], json['differences'], json['chain']], [2, 1, 0, 'ok']);
});

test('検証したことが監査に残り、確認点がなければ末尾は確かめていないと言う', async () => {
  const { lgCode, db } = store;
  const verified = () => withMunicipality(db, lgCode, (tx) => listActs(tx, { act: 'vaccinations.verified' }));
  const before = (await verified()).acts.length;
  const { messages } = await sesshu('ledger', 'verify');
  assert.match(messages, /確認点が見つかりません/u);
  assert.equal((await verified()).acts.length, before + 1);
});

test('別の機械に取った確認点の控えと比べられ、開けない控えなら比べずに断る', async () => {
  const refused = await sesshu('ledger', 'verify', '--checkpoint', file('none.jsonl'));
  assert.equal(refused.exitCode, 2);
  assert.match(refused.messages, /none\.jsonl を開けません/u);
  const { db, lgCode } = store;
  await writeCheckpoint(db, lgCode, { home: folder, at: new Date('2026-11-21T01:00:00Z') });
  const copy = file('copy.jsonl');
  await copyFile(join(folder, 'checkpoints', `audit-${lgCode}.jsonl`), copy);
  const held = await sesshu('ledger', 'verify', '--checkpoint', copy);
  assert.deepEqual([held.exitCode, held.json['chain']], [0, 'ok']);
  assert.deepEqual(Object.keys(held.json), ['entries', 'people', 'differences', 'auditRows', 'chain']);
});

interface PersonJson {
  readonly person: Readonly<Record<string, unknown>>;
  readonly asOf: string;
  readonly doses: readonly Readonly<Record<string, unknown>>[];
  readonly due: readonly Readonly<Record<string, unknown>>[];
  readonly programmes: readonly unknown[] | null;
}

test('一人の台帳は、人と、判定の付いた接種と、受けられるものを日付の形で示す', async () => {
  const said = await sesshu('person', '0000000001', '--reason', '窓口の照会', '--as-of', '2026-11-21');
  assert.equal(said.exitCode, 0, said.messages);
  const answer = said.json as unknown as PersonJson;
  assert.deepEqual(
    [answer.person['addresseeNumber'], answer.person['bornOn'], answer.asOf],
    ['0000000001', '2026-01-10', '2026-11-21'],
  );
  assert.equal('personId' in answer.person, false, 'our own key was shown');
  assert.deepEqual(
    answer.doses.map(({ index, vaccinatedOn, product, doseNumber, verdict, counts }) => [
      ...[index, vaccinatedOn, product, doseNumber, verdict, counts],
    ]),
    [
      [0, '2026-04-15', '5in1', 1, 'valid', true],
      [1, '2026-05-20', '5in1', 2, 'valid', true],
    ],
  );
  assert.equal(answer.programmes?.length, 32);
  // After 5月20日 20 clear days (6月10日), at best no more than 56 (7月16日); 生後90月に至るまで: 2033年7月9日.
  assert.deepEqual(
    answer.due.find(({ programme }) => programme === 'dpt-ipv-hib'),
    {
      programme: 'dpt-ipv-hib',
      stage: 'primary',
      status: 'overdue',
      next: {
        doseNumber: 3,
        earliestOn: '2026-06-10',
        recommendedFrom: '2026-06-10',
        recommendedTo: '2026-07-16',
        latestOn: '2033-07-09',
      },
    },
  );
});

test('生年月日の分からない人は、判定なしで示される', async () => {
  const said = await sesshu('person', '0000000002', '--reason', '窓口の照会');
  assert.equal(said.exitCode, 0, said.messages);
  const answer = said.json as unknown as PersonJson;
  assert.deepEqual([answer.person['bornOn'], answer.programmes, answer.due], [null, null, []]);
});

test('処理事由のない照会、いない人、ない受付は一文で断る', async () => {
  for (const [words, sentence] of [
    [['person', '0000000001'], /--reason/u],
    [['person', '0000000001', '--reason', '本人確認 1234 5678 9018'], /12けたの番号があります/u],
    [['person', '0000000099', '--reason', '照会'], /宛名番号 0000000099 の人はいません/u],
    [['intake', 'undo', '999', '--reason', '誤り'], /受付番号 999 の受付は見つかりません/u],
    [['intake', 'undo', 'abc', '--reason', '誤り'], /受付番号は数字/u],
    [['intake', file('none.csv')], /none\.csv を開けません/u],
    [['intake', folder], /はファイルではありません/u],
    [['intake', file('history.csv'), '--findings', join(folder, 'none', 'out.csv')], /--findings .*書き出せません/u],
    [['intake', file('history.csv'), '--findings', folder], /--findings .*書き出せません/u],
    [['intake', file('clinic.csv'), '--as-of', '2026-02-30'], /--as-of/u],
  ] as const) {
    const said = await sesshu(...words);
    assert.equal(said.exitCode, 2, words.join(' '));
    assert.match(said.messages, sentence);
    assert.equal(said.messages.trimEnd().split('\n').length, 1);
  }
});

test('全員の予定は人×期で数えられ、受付の取り消しは件数で答える', async () => {
  const forecast = await sesshu('forecast', '--as-of', '2026-11-21');
  assert.deepEqual(Object.keys(forecast.json), ['people', 'due', 'overdue', 'judged', 'seconds', 'peoplePerSecond']);
  assert.equal(forecast.json['people'], 2);
  assert.ok(Number(forecast.json['overdue']) > 0);
  const { json: preview } = await sesshu('intake', file('clinic.csv'), '--as-of', '2026-11-21');
  const undone = await sesshu('intake', 'undo', String(preview['batch']), '--reason', '二重の送付');
  assert.deepEqual([undone.exitCode, undone.json], [0, { retracted: 1 }]);
  const { json } = await sesshu('ledger', 'verify');
  assert.deepEqual([json['entries'], json['differences'], json['chain']], [3, 0, 'ok']);
});

test('前の台帳の断った行だけのファイルを書き出し、受付で尋ねられる', async () => {
  const dose = '20261001093000,20261001,0000005555,134996,市民体育館,試験　医師,ファイザー,FA5715';
  const known = dose.replace('0000005555', '0000006666').replace('20261001,', '20260901,');
  const lines = [`1,${known}`, `1,${dose}`, `2,${dose}`];
  await writeFile(file('vrs.csv'), feedText(lines));
  const refused = file('vrs-refused.csv');
  const countEntries = async () => Number((await sesshu('ledger', 'verify')).json['entries']);
  const before = await countEntries();
  const words = ['import', 'history', file('vrs.csv'), '--layout', 'vrs-ledger', '--refused', refused] as const;
  const first = await sesshu(...words);
  assert.deepEqual([first.exitCode, first.json['accepted'], first.json['refused']], [1, 1, 2]);
  assert.match(first.messages, /同じ接種券番号が、同じファイルの別の人の行（行番号 3）にもあります/u);
  assert.equal(await readFile(refused, 'utf8'), feedText(lines.slice(1)));
  await rm(refused);
  assert.equal((await sesshu(...words)).json['repeated'], true);
  assert.equal(await readFile(refused, 'utf8'), feedText(lines.slice(1)), 'written again from the same command');
  const findings = file('vrs-findings.csv');
  const batch = await sesshu(
    'intake',
    refused,
    '--layout',
    'vrs-ledger',
    '--as-of',
    '2026-11-21',
    '--findings',
    findings,
  );
  assert.deepEqual(figures(batch), [2, 0, 2, 0, 0]);
  const asked = (await readFile(findings, 'utf8')).split('\r\n').slice(1, 3);
  assert.ok(
    asked.every((line) => line.includes('couponSharedInFile')),
    asked.join(' '),
  );
  // What stood alone is in the ledger; what is asked is in nobody's.
  assert.equal(await countEntries(), before + 1);
});
