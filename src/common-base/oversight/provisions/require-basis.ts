import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type ActBy, recordAct } from '#common-base/audit';
import { findSettings } from '#common-base/municipalities';
import { Conflict, type Day } from '#kernel';
import { type Clock, todayInTokyo } from '#platform/clock';
import { type Database, type Tx, withMunicipality } from '#platform/postgres';
import {
  chooseProvisions,
  decideProvision,
  type ProvisionBasis,
  type ProvisionQuestion,
  parseProvisions,
  provisionDoors,
} from './parse-provisions.ts';

const nationalFile = fileURLToPath(new URL('../../../../rules/provisions/national.csv', import.meta.url));
let national: Promise<readonly ProvisionBasis[]> | undefined;

/** The file of what a municipality provides. */
export const provisionsFile = 'provisions.csv';

/** To whom this municipality gives what on which basis, past and coming rows too. */
export async function loadProvisions(tx: Tx): Promise<readonly ProvisionBasis[]> {
  national ??= readFile(nationalFile, 'utf8').then((text) => parseProvisions(text, 'rules/provisions/national.csv'));
  return chooseProvisions(await national, await findSettings(tx, provisionsFile));
}

/** The basis of a provision on a day; undefined where the table gives none. */
export async function findProvisionBasis(
  tx: Tx,
  question: ProvisionQuestion,
  on: Day,
): Promise<ProvisionBasis | undefined> {
  return decideProvision(await loadProvisions(tx), question, on);
}

/** Who provides, and when. */
export interface ProvisionContext {
  readonly db: Database;
  readonly actor: ActBy;
  readonly clock: Clock;
}

/**
 * Lets nothing leave without its basis (CB-21): every door asks before it gives anything to anybody outside the office, and
 * writes the row's `id` into its act (`details: { provision }`). Throws Conflict where the table of today has no row; the
 * refusal stands in the log.
 */
export async function requireProvisionBasis(
  { db, actor, clock }: ProvisionContext,
  question: ProvisionQuestion,
): Promise<ProvisionBasis> {
  const { lgCode } = actor;
  const basis = await withMunicipality(db, lgCode, (tx) => findProvisionBasis(tx, question, todayInTokyo(clock)));
  if (basis !== undefined) return basis;
  await withMunicipality(db, lgCode, (tx) => recordProvisionRefused(tx, actor, question));
  throw new Conflict(sentenceOf(question));
}

/** The same inside a transaction that goes on without the provision; the caller tells whoever asked. */
export async function recordProvisionRefused(tx: Tx, by: ActBy, question: ProvisionQuestion): Promise<void> {
  const details = { door: question.door, recipient: question.recipient, withNumbers: question.withNumbers };
  await recordAct(tx, by, { act: 'oversight.provisionRefused', outcome: 'refused', details });
}

function sentenceOf({ door, withNumbers }: ProvisionQuestion): string {
  const what = withNumbers ? '個人番号をともなう提供' : '提供';
  return `「${provisionDoors[door]}」への${what}は、今日の提供の根拠の表にありません。何も渡していません。根拠があるときは、設定の provisions.csv に加えてください。`;
}

/** A row as people read it in one line. */
export function basisText(basis: ProvisionBasis | undefined): string {
  return basis === undefined ? '（表にありません）' : `${basis.recipientName}：${basis.purpose}（${basis.law}）`;
}
