import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type ActBy, recordAct } from '#common-base/audit';
import { findSettings } from '#common-base/municipalities';
import type { Day } from '#kernel';
import type { Tx } from '#platform/postgres';
import {
  chooseProvisions,
  decideProvision,
  type ProvisionBasis,
  type ProvisionQuestion,
  parseProvisions,
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

/**
 * The basis of a provision on a day; undefined where the table gives none. Every door asks before anything leaves (CB-21),
 * writes the row's `id` into its act, and gives nothing without one (`recordProvisionRefused`).
 */
export async function findProvisionBasis(
  tx: Tx,
  question: ProvisionQuestion,
  on: Day,
): Promise<ProvisionBasis | undefined> {
  return decideProvision(await loadProvisions(tx), question, on);
}

/** Keeps a provision without a basis as a refusal in the log; the caller gives nothing, and tells whoever asked. */
export async function recordProvisionRefused(tx: Tx, by: ActBy, question: ProvisionQuestion): Promise<void> {
  const details = { door: question.door, recipient: question.recipient, withNumbers: question.withNumbers };
  await recordAct(tx, by, { act: 'oversight.provisionRefused', outcome: 'refused', details });
}

/** A row as people read it in one line. */
export function basisText(basis: ProvisionBasis | undefined): string {
  return basis === undefined ? '（表にありません）' : `${basis.recipientName}：${basis.purpose}（${basis.law}）`;
}
