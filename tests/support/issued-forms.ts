import { recordAct } from '#common-base/audit';
import { getDay, type LgCode, type PersonId } from '#kernel';
import { issueForms, takeFormNumbers } from '#ledger/forms';
import { type Database, withMunicipality } from '#platform/postgres';
import { testActor } from './addressees.ts';

/** Enters one printed 予診票 of the first dose (of five-in-one, unless told) per person into the register; answers the numbers. */
export async function issueTestForms(
  db: Database,
  lgCode: LgCode,
  personIds: readonly PersonId[],
  of: { readonly programme: string; readonly stage: string } = { programme: 'dpt-ipv-hib', stage: 'primary' },
): Promise<readonly string[]> {
  const actor = testActor(lgCode, []);
  return await withMunicipality(db, lgCode, async (tx) => {
    const numbers = await takeFormNumbers(tx, personIds.length);
    const actId = await recordAct(tx, actor, { act: 'forms.issued' });
    const forms = personIds.map((personId, i) => ({
      formNumber: numbers[i] ?? '',
      personId,
      document: 'screening' as const,
      ...of,
      doseNumber: 1,
      layoutId: 'layout',
      issuedOn: getDay(2026, 3, 1),
      validUntil: null,
      issueReason: 'cohort' as const,
      remark: null,
      printJobId: null,
    }));
    await issueForms(tx, actor, actId, forms);
    return numbers;
  });
}
