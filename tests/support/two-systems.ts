import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ActionContext, asOperator } from '#common-base/access';
import { type PersonId, parseIsoDay } from '#kernel';
import { connectClinics, exchangeWithClinics, hearNews } from '#ledger/clinic-exchange';
import { importInstitutions } from '#ledger/contracts';
import { openSystemKey, type SystemKey } from '#platform/exchange';
import { withMunicipality } from '#platform/postgres';
import { loadDemonstrationSettings, type TestResident } from './addressees.ts';
import { openTestClinic, type TestClinic } from './clinic.ts';
import { type TestDatabase, testDatabase } from './database.ts';
import { registerPeople } from './desk.ts';
import { contractClinic, contractedClinic, contractedClinicLines, intakeContext, rawFeed } from './intake.ts';
import { issueTestForms } from './issued-forms.ts';
import { type HandClock, StaffBrowser } from './staff-server.ts';

/** A second clinic under contract. */
export const secondClinic = '1311400053';

/** An office and its clinics on two databases, with keys of their own, and a clock that tests push forward. */
export interface TwoSystems {
  readonly office: TestDatabase;
  readonly clinic: TestClinic;
  readonly clock: HandClock;
  readonly officeKey: SystemKey;
  /** What a member of staff at the office does. */
  readonly context: ActionContext;
  /** Registers people, each with a form of the first five-in-one dose; answers the numbers. */
  registerWithForms(
    people: readonly TestResident[],
  ): Promise<{ personIds: readonly PersonId[]; numbers: readonly string[] }>;
  /** One round of the exchange, after everything changed was heard of. */
  exchange(topic?: string, ids?: readonly PersonId[]): ReturnType<typeof exchangeWithClinics>;
  /** Somebody of a clinic, signed in: 1 or 2. */
  signIn(n: 1 | 2): Promise<StaffBrowser>;
  close(): Promise<void>;
}

/** Opens both systems at ten in the morning of 2026-11-24. */
export async function openTwoSystems(): Promise<TwoSystems> {
  const office = await testDatabase();
  const { db, lgCode } = office;
  const at = new Date('2026-11-24T10:00:00+09:00');
  const clock: HandClock = { at, now: () => new Date(clock.at) };
  await loadDemonstrationSettings(db);
  const context = { ...intakeContext(db, lgCode), clock };
  await contractClinic(context);
  const lines = [contractedClinicLines[0] ?? '', `${secondClinic},第二医院,,,,20200401,99999999,,,,,`];
  await importInstitutions(context, rawFeed('more.csv', `${lines.join('\r\n')}\r\n`), {});
  const home = await mkdtemp(join(tmpdir(), 'sesshu-office-'));
  const officeKey = await openSystemKey(home);
  const clinic = await openTestClinic(clock, [contractedClinic, secondClinic]);
  await clinic.connect(officeKey);
  const actor = await asOperator(db, lgCode, { osUser: 'test', as: null, reason: null });
  await connectClinics({ db, actor, clock }, { origin: clinic.address, publicText: clinic.key.publicText });
  return {
    office,
    clinic,
    clock,
    officeKey,
    context,
    async registerWithForms(people) {
      const personIds = await registerPeople({ database: office } as Parameters<typeof registerPeople>[0], people);
      return { personIds, numbers: await issueTestForms(db, lgCode, personIds) };
    },
    async exchange(topic, ids = []) {
      if (topic !== undefined) await withMunicipality(db, lgCode, (tx) => hearNews(tx, topic, ids.map(String)));
      return await exchangeWithClinics({ db, clock, key: officeKey }, lgCode);
    },
    async signIn(n) {
      const browser = new StaffBrowser({ server: clinic.app.server, lgCode, accounts: clinic.accounts }, `10.0.0.${n}`);
      await browser.signIn(`clinic${n}`);
      return browser;
    },
    async close() {
      await clinic.close();
      await office.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** A girl of four months, as the register tells of her. */
export function babyOf(n: number): TestResident {
  return {
    整理番号: `00000009${String(n).padStart(2, '0')}`,
    氏名カナ: `ヒミツカナ　${n}`,
    氏名漢字: `青田　陽菜${n}`,
    生年月日: '20260720',
    性別: '2',
    世帯番号: `0000009${String(n).padStart(2, '0')}`,
    住民となった日: '20260720',
    住所: '若葉台市ひみつ町九丁目8番7号',
    電話番号: '03-9999-1234',
  };
}

export const bornOn = parseIsoDay('2026-07-20');

/** What the page sends of a right dose. */
export const rightDose = {
  outcome: 'administered',
  product: '5in1',
  lotNumber: 'ABC-123',
  expiresOn: '2027-06-30',
  gtin: '20000000000240',
  manufacturerCode: '04',
  bodyTemperature: '36.5',
  physician: '試験　一郎',
  doseVolumeMl: '0.5',
  isConsented: 'yes',
};
