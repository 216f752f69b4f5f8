import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureClinicStaff } from '#apps/clinic-web';
import { connectOffice } from '#clinic/exchange';
import { asOperator } from '#common-base/access';
import { connectClinics, hearNews } from '#ledger/clinic-exchange';
import { fixedClock } from '#platform/clock';
import { openSystemKey } from '#platform/exchange';
import { getAppUrl, withClient, withMunicipality } from '#platform/postgres';
import { loadDemonstrationSettings } from '../../support/addressees.ts';
import { type TestDatabase, testDatabase } from '../../support/database.ts';
import { registerPeople } from '../../support/desk.ts';
import { contractClinic, contractedClinic, intakeContext } from '../../support/intake.ts';
import { issueTestForms } from '../../support/issued-forms.ts';
import { cutConnections } from './cut-connections.ts';

/** An office and the clinics' system on two databases, connected, with forms for babies; nothing runs yet. */
export interface TwoOffices {
  readonly office: TestDatabase;
  readonly clinic: TestDatabase;
  readonly officeHome: string;
  readonly clinicHome: string;
  readonly port: number;
  readonly account: { readonly accountName: string; readonly password: string };
  readonly numbers: readonly string[];
  /** Takes every connection of the programs to one of the databases away. */
  cut(database: TestDatabase): Promise<void>;
  close(): Promise<void>;
}

/** Prepares both sides for so many babies of four months, each with a form of the first five-in-one dose. */
export async function prepareTwoOffices(babies: number): Promise<TwoOffices> {
  const clock = fixedClock('2026-11-24T10:00:00+09:00');
  const [office, clinic] = [await testDatabase(), await testDatabase({ system: 'clinic' })];
  const homes = [await mkdtemp(join(tmpdir(), 'sesshu-office-')), await mkdtemp(join(tmpdir(), 'sesshu-clinic-'))];
  const [officeHome = '', clinicHome = ''] = homes;
  for (const { db } of [office, clinic]) await loadDemonstrationSettings(db);
  const context = { ...intakeContext(office.db, office.lgCode), clock };
  await contractClinic(context);
  const [account] = await ensureClinicStaff(clinic.db, { lgCode: clinic.lgCode, isDemonstration: true }, [
    contractedClinic,
  ]);
  if (account === undefined) throw new Error('no account was made');
  const [officeKey, clinicKey] = [await openSystemKey(officeHome), await openSystemKey(clinicHome)];
  const operator = { osUser: 'test', as: null, reason: null };
  const clinicActor = await asOperator(clinic.db, clinic.lgCode, operator);
  await connectOffice({ db: clinic.db, actor: clinicActor, clock }, officeKey.publicText);
  const port = await findFreePort();
  const actor = await asOperator(office.db, office.lgCode, operator);
  const peer = { origin: `http://127.0.0.1:${port}`, publicText: clinicKey.publicText };
  await connectClinics({ db: office.db, actor, clock }, peer);
  const people = Array.from({ length: babies }, (_, n) => ({
    整理番号: String(n + 1).padStart(10, '0'),
    世帯番号: String(n + 1).padStart(9, '0'),
    氏名漢字: `青田　陽菜${n}`,
    生年月日: '20260720',
    性別: '2',
    住民となった日: '20260720',
  }));
  const personIds = await registerPeople({ database: office } as Parameters<typeof registerPeople>[0], people);
  const numbers = await issueTestForms(office.db, office.lgCode, personIds);
  await withMunicipality(office.db, office.lgCode, (tx) => hearNews(tx, 'forms.changed', personIds.map(String)));
  return {
    ...{ office, clinic, officeHome, clinicHome, port, account, numbers },
    cut: ({ db }) => withClient(getAppUrl(db), cutConnections),
    async close() {
      await clinic.close();
      await office.close();
      for (const home of homes) await rm(home, { recursive: true, force: true });
    },
  };
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}
