import { listLinkedRecords, loadPersonsForJudging } from '#addressees/persons';
import { addDays, type Day, type PersonId } from '#kernel';
import { findPersonCase, listGivenDoses, loadFacts, loadHistories } from '#ledger/vaccinations';
import type { Tx } from '#platform/postgres';
import { judge, type RuleSet } from '#schedule';
import { decideMember } from './decide-member.ts';
import { anyStage } from './layout-types.ts';
import type { StageKey } from './load-people.ts';
import { type ExcludedReason, labelOfReason } from './notice-reasons.ts';

/**
 * A form for one person may be printed long before the dose, as the booklet given at birth is: the first legal day is
 * printed on it. What begins after the seven years up to school is a slip, such as a form for the old for a child.
 */
export const daysAhead = 7 * 366;

/** Why no form may be printed for one person, in words that end a sentence. */
export function whyNotForPerson(reason: ExcludedReason): string {
  return reason === 'tooEarly' ? '受けられる年齢がまだずっと先である' : labelOfReason(reason);
}

/**
 * Of some layouts those that may be printed for one person on a day, and the others with the reason, by the law and the
 * ledger as they are now; forms that the person holds already stand in no way, since a new one replaces them.
 */
export async function listFittingLayouts<T extends StageKey>(
  tx: Tx,
  rules: RuleSet,
  personId: PersonId,
  on: Day,
  layouts: readonly T[],
): Promise<{
  readonly fitting: readonly T[];
  readonly others: readonly { readonly layout: T; readonly why: string }[];
}> {
  const [person] = await loadPersonsForJudging(tx, { personIds: [personId] });
  if (person === undefined) return { fitting: [], others: [] };
  const linked = await listLinkedRecords(tx, [personId]);
  const given = listGivenDoses((await loadHistories(tx, [personId], linked)).get(personId) ?? []);
  const facts = (await loadFacts(tx, [personId], linked)).get(personId);
  const personCase = findPersonCase(person, given, on, facts?.schedule);
  const stages = personCase === undefined ? null : judge(rules, personCase).programmes;
  const fitting: T[] = [];
  const others: { layout: T; why: string }[] = [];
  for (const layout of layouts) {
    // What serves any stage is chosen together with one; whether that fits is asked at the printing.
    if (layout.programme === anyStage) {
      fitting.push(layout);
      continue;
    }
    const forecast = stages?.find((one) => one.programme === layout.programme && one.stage === layout.stage) ?? null;
    const member = { person, forecast, hasLiveForm: false, post: 'address' } as const;
    const decision = decideMember(member, { asOf: on, dueBy: addDays(on, daysAhead) });
    if (decision.isIncluded) fitting.push(layout);
    else others.push({ layout, why: whyNotForPerson(decision.reason) });
  }
  return { fitting, others };
}
