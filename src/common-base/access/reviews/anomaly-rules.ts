import { type ActCount, countActsByDay } from '#common-base/audit';
import type { Tx } from '#platform/postgres';
import type { AccessSettings } from '../access-settings.ts';
import { listRecordsOfStaff } from '../staff-records.ts';

/** What is looked for in the log (異常な利用). */
export interface AnomalyRule {
  readonly rule: string;
  readonly nameJa: string;
  /** What the number of a line counts. */
  readonly unitJa: string;
  readonly acts?: readonly string[];
  readonly isOutsideHours?: boolean;
  readonly countsPersons?: boolean;
  /** Of the records of members of staff and their families alone. */
  readonly isOfStaff?: boolean;
  readonly positiveDetail?: string;
  readonly atLeast: number;
}

/** One thing that stands out: who did what how often on which day. */
export interface Anomaly extends ActCount {
  readonly rule: AnomalyRule;
  /** Names the line in the form and in the signed review. */
  readonly key: string;
}

/** Acts by which somebody sees one person's record. */
const views = ['persons.viewed', 'persons.householdViewed', 'persons.historyViewed', 'vaccinations.viewed'];

/** The rules of the review; thresholds that depend on the office stand in its settings. */
function anomalyRules(settings: AccessSettings): readonly AnomalyRule[] {
  return [
    { rule: 'outsideHours', nameJa: '時間外・閉庁日の利用', unitJa: '回', isOutsideHours: true, atLeast: 1 },
    { rule: 'signInFailures', nameJa: 'サインインの失敗', unitJa: '回', acts: ['access.signInRefused'], atLeast: 5 },
    {
      rule: 'factorFailures',
      nameJa: '二つ目の確認・本人の再確認の失敗',
      unitJa: '回',
      acts: ['access.secondFactorRefused', 'access.confirmationRefused'],
      atLeast: 3,
    },
    {
      rule: 'refusals',
      nameJa: '権限のない操作',
      unitJa: '回',
      acts: ['access.refused', 'access.approvalRefused'],
      atLeast: 3,
    },
    {
      rule: 'massViewing',
      nameJa: '大量の閲覧',
      unitJa: '人',
      acts: views,
      countsPersons: true,
      atLeast: settings.massViewingPersons,
    },
    {
      rule: 'protectedViewed',
      nameJa: '支援措置対象者の住所の閲覧',
      unitJa: '人',
      acts: ['persons.protectedAddressViewed'],
      countsPersons: true,
      atLeast: 1,
    },
    {
      rule: 'staffViewed',
      nameJa: '職員・家族の記録の閲覧（本人のものも）',
      unitJa: '人',
      acts: views,
      countsPersons: true,
      isOfStaff: true,
      atLeast: 1,
    },
    {
      rule: 'simultaneousUse',
      nameJa: 'ほかの端末で使っているあいだのサインイン',
      unitJa: '回',
      acts: ['access.signedIn'],
      positiveDetail: 'otherSessions',
      atLeast: 1,
    },
    {
      rule: 'numbersViewed',
      nameJa: '個人番号の表示',
      unitJa: '人',
      acts: ['numbers.viewed'],
      countsPersons: true,
      atLeast: 1,
    },
  ];
}

/** Everything that stands out in a period, rule by rule, the largest first; days are `YYYY-MM-DD`, inclusive. */
export async function listAnomalies(
  tx: Tx,
  settings: AccessSettings,
  period: { readonly recordedFrom: string; readonly recordedTo: string },
): Promise<Anomaly[]> {
  const found: Anomaly[] = [];
  const outside = { fromHour: settings.officeFromHour, toHour: settings.officeToHour, closedDays: settings.closedDays };
  const persons = await listRecordsOfStaff(tx);
  for (const rule of anomalyRules(settings)) {
    const counts = await countActsByDay(tx, {
      ...period,
      ...(rule.acts === undefined ? {} : { acts: rule.acts }),
      ...(rule.isOutsideHours === true ? { outside } : {}),
      ...(rule.countsPersons === true ? { countsPersons: true } : {}),
      ...(rule.isOfStaff === true ? { persons } : {}),
      ...(rule.positiveDetail === undefined ? {} : { positiveDetail: rule.positiveDetail }),
      atLeast: rule.atLeast,
    });
    for (const count of counts) {
      const who = count.staffId === null ? `from-${count.from ?? ''}` : String(count.staffId);
      found.push({ ...count, rule, key: `${rule.rule}.${count.recordedOn}.${who}` });
    }
  }
  return found;
}
