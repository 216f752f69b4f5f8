import { type DemonstrationAccount, demonstrationAccount, ensureDemonstrationStaff } from '#common-base/access';
import type { LgCode } from '#kernel';
import type { Database } from '#platform/postgres';

/**
 * The demonstration's accounts of the clinics' system: one at each of the institutions, whose codes stand as 所属, and
 * one who keeps the accounts. Refused in a municipality that is no demonstration.
 */
export async function ensureClinicStaff(
  db: Database,
  municipality: { readonly lgCode: LgCode; readonly isDemonstration: boolean },
  institutionCodes: readonly string[],
): Promise<readonly DemonstrationAccount[]> {
  const clinicians = institutionCodes.map((code, i) =>
    demonstrationAccount(`clinic${i + 1}`, `接種担当 ${i + 1}`, ['clinician'], code),
  );
  const keeper = demonstrationAccount('clinic-kanri', '医療機関ウェブ 管理', ['administrator'], '医療機関ウェブの運用');
  return ensureDemonstrationStaff(db, municipality, [...clinicians, keeper]);
}
