import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { Conflict, formatIsoDay, UnreadableInput } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import { hasWrongCheckDigit } from './decide-institution.ts';
import { decideInstitutionRow } from './decide-institution-row.ts';
import { insertContract, lockInstitution, selectVersions, stateKey } from './store.ts';
import type { ContractTold } from './types.ts';

/**
 * Writes a contract, or a new version of one with its reason: `replaces` is the version that the clerk looked at. A
 * contract is known by its institution and its first day, which do not change: one with a wrong first day is taken down
 * and entered anew.
 */
export async function keepContract(
  context: ActionContext,
  asked: { readonly told: ContractTold; readonly replaces: number | null; readonly reason: string | null },
): Promise<void> {
  const { actor } = context;
  requirePermission(actor, 'institutions.update');
  const { told, replaces, reason } = asked;
  if (replaces !== null && (reason ?? '') === '') throw new UnreadableInput('変更の理由を書いてください。');
  if (hasWrongCheckDigit(told.institutionCode) && replaces === null) {
    throw new UnreadableInput('医療機関コードの検証番号が合いません。10桁の数字を確かめてください。');
  }
  const { answer, findings } = decideInstitutionRow(fieldsOf(told), []);
  if (answer === 'refused') throw new UnreadableInput('医療機関コードと名前を書き、契約の期間を確かめてください。');
  await withMunicipality(context.db, actor.lgCode, async (tx) => {
    await lockInstitution(tx, told.institutionCode);
    const versions = await selectVersions(tx, told.institutionCode);
    const known = versions.find((one) => one.isLatest && stateKey(one) === stateKey(told));
    if ((known?.versionId ?? null) !== replaces) {
      throw new Conflict(
        replaces === null
          ? '同じ始まりの日の契約が、すでにあります。その契約を変えてください。'
          : 'この契約は、見ているあいだにほかの職員か取込が変えました。今の内容を確かめてください。',
      );
    }
    const act = replaces === null ? 'contracts.added' : 'contracts.changed';
    const actId = await recordAct(tx, actor, { act, details: { institution: told.institutionCode } });
    await insertContract(tx, { actId, staffName: actor.staffName, reason }, told, findings);
  });
}

function fieldsOf(told: ContractTold): Readonly<Record<string, string | null>> {
  const { institutionCode, name, contractedFrom, contractedTo } = told;
  return {
    institutionCode,
    name,
    contractedFrom: contractedFrom === null ? null : formatIsoDay(contractedFrom),
    contractedTo: contractedTo === null ? null : formatIsoDay(contractedTo),
  };
}
