import {
  type AccuracyRuleCode,
  accuracyRules,
  findLastAccuracyCount,
  listInaccurate,
  listPersonSummaries,
} from '#addressees/persons';
import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type Decision, decide, finding } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { type Tx, withMunicipality } from '#platform/postgres';

/** One check of the register as it was signed. */
export interface AccuracyCheck {
  readonly checkedAt: Date;
  readonly checkedByName: string;
  readonly people: number;
  readonly found: Readonly<Record<string, number>>;
  readonly note: string;
}

/** The checks so far, newest first, twenty at most. */
export async function listAccuracyChecks(tx: Tx): Promise<AccuracyCheck[]> {
  const { rows } = await tx.client.query<AccuracyCheck>(
    `SELECT checked_at AS "checkedAt", checked_by_name AS "checkedByName", people, found, note
     FROM accuracy_checks WHERE lg_code = $1 ORDER BY check_id DESC LIMIT 20`,
    [tx.lgCode],
  );
  return rows;
}

/** A count is signed while it is fresh: what was found a week ago may be put right or worse by now. */
const freshDays = 7;

/** Signs the newest count with what is done about it (AD-21); counts only are kept. Refused where none is fresh. */
export async function signAccuracyCheck(context: ActionContext, note: string): Promise<Decision<null>> {
  const { actor, db, clock } = context;
  requirePermission(actor, 'persons.approveRegistration');
  const said = note.trim().slice(0, 400);
  if (said === '') return decide([finding('accuracyNoteMissing', 'refuse', 'note')], null);
  const now = clock.now();
  return await withMunicipality(db, actor.lgCode, async (tx) => {
    const counted = await findLastAccuracyCount(tx);
    if (counted === undefined || now.getTime() - counted.countedAt.getTime() > freshDays * 86_400_000) {
      return decide([finding('accuracyCountOld', 'refuse', 'note', { days: freshDays })], null);
    }
    const { people, found } = counted;
    await tx.client.query(
      `INSERT INTO accuracy_checks (lg_code, checked_at, checked_by, checked_by_name, people, found, note)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [tx.lgCode, now, actor.staffId, actor.staffName, people, JSON.stringify(found), said],
    );
    const details = { count: counted.countId, people, ...found };
    await recordAct(tx, actor, { act: 'persons.accuracyChecked', details });
    return decide([], null);
  });
}

/** The people of the correction list of one rule; shown by name, so recorded with them. */
export async function listCorrections(
  context: ActionContext,
  code: AccuracyRuleCode,
  page: { readonly after: number; readonly limit: number },
) {
  const { actor, db, clock } = context;
  requirePermission(actor, 'persons.view');
  const asOf = todayInTokyo(clock);
  return await withMunicipality(db, actor.lgCode, async (tx) => {
    const personIds = await listInaccurate(tx, code, { ...page, asOf });
    await recordAct(tx, actor, { act: 'persons.correctionsListed', personIds, details: { rule: code } });
    return await listPersonSummaries(tx, personIds, asOf);
  });
}

/** Whether a word is a rule of the check. */
export function isAccuracyRule(code: string): code is AccuracyRuleCode {
  return accuracyRules.some((each) => each.code === code);
}
