import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { importResidents } from '#addressees/persons';
import { openTicket } from '#clinic/tickets';
import { asOperator } from '#common-base/access';
import { parseIsoDay, type StaffId } from '#kernel';
import { connectClinics, exchangeWithClinics, hearNews } from '#ledger/clinic-exchange';
import { issueForms, takeFormNumbers } from '#ledger/forms';
import { fixedClock } from '#platform/clock';
import { openSystemKey, type SystemKey } from '#platform/exchange';
import { withMunicipality } from '#platform/postgres';
import { loadDemonstrationSettings, residentFeed, testActor, testContext } from '../support/addressees.ts';
import { openTestClinic, type TestClinic } from '../support/clinic.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { contractClinic, contractedClinic, intakeContext } from '../support/intake.ts';

const clock = fixedClock('2026-11-21T10:00:00+09:00');
const today = parseIsoDay('2026-11-21');
let office: TestDatabase;
let clinic: TestClinic;
let home: string;
let key: SystemKey;
let number: string;

before(async () => {
  office = await testDatabase();
  const { db, lgCode } = office;
  await loadDemonstrationSettings(db);
  await contractClinic(intakeContext(db, lgCode));
  const context = testContext(db, testActor(lgCode, ['persons.import']));
  const baby = {
    整理番号: '0000000105',
    氏名カナ: 'アオタ　ヒナ',
    氏名漢字: '青田　陽菜',
    生年月日: '20260720',
    性別: '2',
    住民となった日: '20260720',
  };
  await importResidents(context, residentFeed([baby]), { isChanges: false, asOf: today });
  home = await mkdtemp(join(tmpdir(), 'sesshu-core-'));
  key = await openSystemKey(home);
  clinic = await openTestClinic(clock, [contractedClinic]);
  await clinic.connect(key);
  const actor = await asOperator(db, lgCode, { osUser: 'test', as: null, reason: null });
  await connectClinics({ db, actor, clock }, { origin: clinic.address, publicText: clinic.key.publicText });
});
after(async () => {
  await clinic.close();
  await office.close();
  await rm(home, { recursive: true, force: true });
});

test('予診票を発行すると医療機関ウェブに届き、番号と生年月日で開ける', async () => {
  const { db, lgCode } = office;
  await withMunicipality(db, lgCode, async (tx) => {
    const [drawn = ''] = await takeFormNumbers(tx, 1);
    number = drawn;
    const { rows } = await tx.client.query('SELECT person_id FROM persons WHERE lg_code = $1', [lgCode]);
    const form = {
      formNumber: number,
      personId: rows[0].person_id,
      programme: 'dpt-ipv-hib',
      stage: 'primary',
      document: 'screening',
      doseNumber: 1,
      layoutId: 'x',
      issuedOn: today,
      validUntil: null,
      issueReason: 'single',
      remark: null,
      printJobId: null,
    } as const;
    await issueForms(tx, testActor(lgCode, []), 1, [form]);
    await hearNews(tx, 'forms.changed', [String(rows[0].person_id)]);
  });
  const result = await exchangeWithClinics({ db, clock, key }, lgCode);
  assert.deepEqual(result, { tickets: 1, records: 0 });
  const { rows } = await clinic.database.db.app.query('SELECT 1');
  assert.equal(rows.length, 1);
  const actor = { ...testActor(lgCode, ['tickets.open', 'doses.record']), staffId: 1 as StaffId };
  const opened = await openTicket(
    { db: clinic.database.db, actor, clock, institutionCode: contractedClinic },
    { scanned: number, bornOn: parseIsoDay('2026-07-20') },
  );
  assert.equal(opened.kind, 'opened', JSON.stringify(opened));
});
