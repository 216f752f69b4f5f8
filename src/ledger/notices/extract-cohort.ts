import { findLastPersonId, listMailingExceptions, type PersonAtSight, readPeopleAtSight } from '#addressees/persons';
import { afterMonths, type Day, type PersonId, type Sex } from '#kernel';
import { type DosePaper, loadFormHolders } from '#ledger/forms';
import { listPeopleEverTold, readGivenDoses } from '#ledger/vaccinations';
import { type Tx, withMunicipality } from '#platform/postgres';
import { type GivenDose, judge, type RuleSet, type StageForecast } from '#schedule';
import { reasonCount } from './cohort-store.ts';
import { decideMember, type MemberDecision } from './decide-member.ts';
import type { NoticeContext } from './library.ts';
import { loadCalled } from './load-called.ts';
import { loadPeopleToCall } from './load-people.ts';
import { type CohortNarrowing, filterOf, infantsBornFrom, isOpenedByDoses, narrowRules } from './narrow-people.ts';
import { countedOnly, type ExcludedReason, type IncludedReason } from './notice-reasons.ts';
import type { CohortConditions, CohortCounts, CohortMember } from './types.ts';
import { loadReturnPlaces, loadWishes, type NoticeWish } from './wish-store.ts';

const keysPerPage = 40_000;

/** A cohort as it comes out: the figures, everybody called, and who would be but for one reason. */
export interface Extraction extends CohortCounts {
  readonly members: readonly CohortMember[];
}

/** What is known before the first person is looked at. */
interface Frame {
  readonly conditions: CohortConditions;
  readonly narrowing: CohortNarrowing;
  /** Whether the paper is used for a dose: only then a form that somebody holds stands against another. */
  /** The kind of paper to be printed, where it is used for a dose: who holds one is left out. */
  readonly paper: DosePaper | null;
  readonly holders: ReadonlyMap<PersonId, ReadonlySet<number | null>>;
  /** People who are judged one by one: a letter may go elsewhere or not at all, or more is known than doses. */
  readonly exceptions: ReadonlySet<PersonId>;
  readonly wishes: ReadonlyMap<PersonId, NoticeWish>;
  /** Whether doses given before may open the stage to somebody of school age or older. */
  readonly opensByDoses: boolean;
  readonly forecast: (person: PersonAtSight, doses: readonly GivenDose[]) => StageForecast | null;
}

/**
 * Extracts a cohort from the whole population. Who is the same to the rules (birth date, sex, no dose) is judged once
 * for all; doses are read only of people whom the stage can concern; the post is asked only about those whose letter
 * may not simply go to the address. The same people are in as if everybody were judged one by one, which a test holds.
 */
export async function extractCohort(
  context: NoticeContext,
  conditions: CohortConditions,
  paper: DosePaper | null,
): Promise<Extraction> {
  const { actor, db, library } = context;
  const frame = await withMunicipality(db, actor.lgCode, (tx) => openFrame(tx, library.rules, conditions, paper));
  const last = await withMunicipality(db, actor.lgCode, findLastPersonId);
  const counts = new Map<IncludedReason | ExcludedReason, number>();
  const members: CohortMember[] = [];
  let people = 0;
  for (let after = 0; after < last; after += keysPerPage) {
    const range = { after, to: Math.min(after + keysPerPage, last) };
    const page = await withMunicipality(db, actor.lgCode, (tx) => extractPage(tx, library.rules, frame, range));
    for (const { personId, decision } of page.decided) {
      const { reason, isIncluded, next } = decision;
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
      if (!countedOnly.has(reason))
        members.push({ personId, isIncluded, reason, doseNumber: next?.doseNumber ?? null });
    }
    if (page.outside > 0) counts.set('outsideConditions', (counts.get('outsideConditions') ?? 0) + page.outside);
    people += page.decided.length + page.outside;
    context.onProgress?.(people, null);
  }
  const reasons = [...counts].map(([reason, n]) => reasonCount(reason, n)).toSorted((a, b) => b.people - a.people);
  const included = members.filter((member) => member.isIncluded).length;
  return { members, reasons, included, excluded: people - included };
}

async function openFrame(
  tx: Tx,
  rules: RuleSet,
  conditions: CohortConditions,
  paper: DosePaper | null,
): Promise<Frame> {
  const { programme, stage, asOf } = conditions;
  const returns = await loadReturnPlaces(tx);
  const exceptions = new Set([
    ...(await listMailingExceptions(tx)),
    ...(await listPeopleEverTold(tx)),
    ...returns.keys(),
  ]);
  return {
    conditions,
    narrowing: conditions.narrowing ?? {},
    paper,
    holders:
      paper === null
        ? await loadCalled(tx, conditions, asOf)
        : await loadFormHolders(tx, { programme, stage, on: asOf }, { paper }),
    exceptions,
    wishes: await loadWishes(tx),
    opensByDoses: isOpenedByDoses(rules, programme, asOf),
    forecast: createForecaster(rules, conditions),
  };
}

const sexes: readonly Sex[] = ['female', 'male', 'unknown'];

function createForecaster(rules: RuleSet, { programme, stage, asOf }: CohortConditions): Frame['forecast'] {
  const narrow = narrowRules(rules, programme);
  const shared = new Map<number, StageForecast | null>();
  const ask = (bornOn: Day, sex: PersonAtSight['sex'], doses: readonly GivenDose[]): StageForecast | null => {
    const { programmes } = judge(narrow, { bornOn, sex, asOf, facts: [], doses });
    return programmes.find((each) => each.stage === stage) ?? null;
  };
  return ({ bornOn, sex }, doses) => {
    if (bornOn === null) return null;
    if (doses.length > 0) return ask(bornOn, sex, doses);
    // A number, since everybody's is asked for: a text as key took a fifth of the time.
    const key = bornOn * sexes.length + sexes.indexOf(sex);
    const known = shared.get(key);
    if (known !== undefined) return known;
    const fresh = ask(bornOn, sex, doses);
    shared.set(key, fresh);
    return fresh;
  };
}

interface DecidedPage {
  readonly decided: readonly { readonly personId: PersonId; readonly decision: MemberDecision }[];
  /** People of the page who are not within the conditions. */
  readonly outside: number;
}

const noDoses: readonly GivenDose[] = [];

async function extractPage(
  tx: Tx,
  rules: RuleSet,
  frame: Frame,
  range: { readonly after: number; readonly to: number },
): Promise<DecidedPage> {
  const { conditions, narrowing } = frame;
  const filter = filterOf(narrowing, conditions.asOf);
  const everybody = await readPeopleAtSight(tx, range, filter, conditions.asOf);
  const people =
    narrowing.language === undefined
      ? everybody
      : everybody.filter(({ personId }) => (frame.wishes.get(personId)?.language ?? 'ja') === narrowing.language);
  const isNarrowed = Object.values(filter).some((value) => value !== undefined) || people.length < everybody.length;
  const total = isNarrowed ? (await readPeopleAtSight(tx, range, {}, conditions.asOf)).length : people.length;
  const doses = await readDosesOf(tx, frame, range, people);
  const decided = people.map((person) => {
    const forecast = frame.forecast(person, doses.get(person.personId) ?? noDoses);
    const decision = decideMember({ person, forecast, hasLiveForm: false, post: 'address' }, conditions);
    return { personId: person.personId, decision: narrowDecision(frame, person.personId, decision, forecast) };
  });
  return { decided: await decideExceptions(tx, rules, frame, decided), outside: total - people.length };
}

/** The doses of those whom the stage can concern; infants one and all, since their vaccines stand in for each other. */
async function readDosesOf(
  tx: Tx,
  frame: Frame,
  range: { readonly after: number; readonly to: number },
  people: readonly PersonAtSight[],
): Promise<ReadonlyMap<PersonId, readonly GivenDose[]>> {
  const infants = infantsBornFrom(frame.conditions.asOf);
  const concerned = people.filter(
    (person) =>
      person.bornOn !== null &&
      (frame.opensByDoses || person.bornOn >= infants || frame.forecast(person, noDoses)?.status !== 'notEligible'),
  );
  const personIds = concerned.map(({ personId }) => personId);
  return readGivenDoses(tx, range, personIds);
}

/** The one decision with what the conditions and the person's own wishes say to it. */
function narrowDecision(
  frame: Frame,
  personId: PersonId,
  decision: MemberDecision,
  forecast: StageForecast | null,
): MemberDecision {
  if (!decision.isIncluded) return decision;
  const { narrowing, holders, paper, wishes } = frame;
  const { next, reason } = decision;
  const lastOn = next.latestOn ?? forecast?.eligibleTo ?? null;
  const endsWithin = (months: number) => lastOn !== null && lastOn <= afterMonths(frame.conditions.asOf, months);
  const { statuses, doseNumber, monthsLeft, reminderMonths } = narrowing;
  const isOutside =
    (statuses !== undefined && !statuses.some((status) => status === reason)) ||
    (doseNumber !== undefined && doseNumber !== next.doseNumber) ||
    (monthsLeft !== undefined && !endsWithin(monthsLeft)) ||
    (reminderMonths !== undefined && reason !== 'overdue' && !endsWithin(reminderMonths));
  if (isOutside) return { isIncluded: false, reason: 'outsideConditions', next };
  const held = holders.get(personId);
  if (held !== undefined && (held.has(null) || held.has(next.doseNumber))) {
    return { isIncluded: false, reason: paper === null ? 'alreadyCalled' : 'alreadyIssued', next };
  }
  if (paper === null && wishes.get(personId)?.isOptedOut === true)
    return { isIncluded: false, reason: 'optedOut', next };
  return decision;
}

/** People whose letter may go elsewhere or not at all, and linked records, are asked about one by one. */
async function decideExceptions(
  tx: Tx,
  rules: RuleSet,
  frame: Frame,
  decided: DecidedPage['decided'],
): Promise<DecidedPage['decided']> {
  const { conditions } = frame;
  const asked = decided.filter(({ personId }) => frame.exceptions.has(personId));
  if (asked.length === 0) return decided;
  const personIds = asked.map(({ personId }) => personId);
  const called = await loadPeopleToCall(tx, rules, personIds, conditions, conditions.asOf);
  return decided.map((one) => {
    const person = frame.exceptions.has(one.personId) ? called.get(one.personId) : undefined;
    if (person === undefined) return one;
    const hasLiveForm = frame.paper !== null && person.heldPapers.has(frame.paper);
    const isOptedOut = frame.paper === null && person.member.refusal === 'optedOut';
    const refusal = person.member.refusal === 'returnedMail' || isOptedOut ? person.member.refusal : null;
    const decision = decideMember({ ...person.member, hasLiveForm, refusal }, conditions);
    return { personId: one.personId, decision: narrowDecision(frame, one.personId, decision, person.forecast) };
  });
}
