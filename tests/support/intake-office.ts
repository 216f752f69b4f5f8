import assert from 'node:assert/strict';
import type { ActionContext } from '#common-base/access';
import type { BatchId, PersonId } from '#kernel';
import { type IntakeResult, receiveBatch } from '#ledger/intake';
import { type Tx, withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { loadDemonstrationSettings } from './addressees.ts';
import { type TestDatabase, testDatabase } from './database.ts';
import { checkoutRules } from './demonstration.ts';
import { type ClinicRow, clinicFeed, contractClinic, intakeAsOf, intakeContext } from './intake.ts';
import { insertTestPeople } from './ledger.ts';

/** An office with settings, rules and a clinic under contract, ready to take in a month; nobody lives there yet. */
export interface IntakeOffice {
  readonly base: TestDatabase;
  readonly context: ActionContext;
  readonly rules: RuleSet;
  /** One transaction of the office. */
  inOffice<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** A child of the usual kind; rows name it by the number. */
  newChild(): Promise<{ number: string; personId: PersonId }>;
  /** Takes in a month of these rows; each time another file, known by the name of its images. */
  receive(rows: readonly ClinicRow[]): Promise<IntakeResult>;
  /** As `receive`, for the batch alone. */
  receiveNew(rows: readonly ClinicRow[]): Promise<BatchId>;
  /** How many rows a table, with its condition, has. */
  count(source: string): Promise<number>;
}

/** Opens such an office on a database of its own; whoever opens it closes `base`. */
export async function openIntakeOffice(): Promise<IntakeOffice> {
  const base = await testDatabase();
  const { db, lgCode } = base;
  const context = intakeContext(db, lgCode);
  const rules = await checkoutRules();
  await loadDemonstrationSettings(db);
  await contractClinic(context);
  let people = 0;
  let files = 0;
  const inOffice = <T>(work: (tx: Tx) => Promise<T>) => withMunicipality(db, lgCode, work);
  const receive = async (rows: readonly ClinicRow[]) => {
    files += 1;
    const named = rows.map((row) => ({ 画像ファイル名: `${files}.tif`, ...row }));
    return receiveBatch(context, clinicFeed(named), { rules, asOf: intakeAsOf });
  };
  return {
    base,
    context,
    rules,
    inOffice,
    receive,
    receiveNew: async (rows) => (await receive(rows)).batchId,
    async newChild() {
      people += 1;
      const number = String(people).padStart(10, '0');
      const [personId] = await insertTestPeople(db, lgCode, [{ addresseeNumber: number }]);
      assert.ok(personId !== undefined);
      return { number, personId };
    },
    count: (source) =>
      inOffice(async ({ client }) => {
        const { rows } = await client.query<{ n: number }>(`SELECT count(*) AS n FROM ${source}`);
        return rows[0]?.n ?? -1;
      }),
  };
}
