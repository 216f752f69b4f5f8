import {
  countPeopleAlike,
  countPeopleToCall,
  findLastPersonId,
  listLinkedPeople,
  listMailingExceptions,
  type PeopleAsked,
  type PeopleFilter,
  type PersonAtSight,
  readPeopleAtSight,
} from '#addressees/persons';
import { afterMonths, type PersonId } from '#kernel';
import { type DosePaper, loadFormHolders } from '#ledger/forms';
import { listPeopleEverTold, readGivenDoses, takePages } from '#ledger/vaccinations';
import { type Tx, withOneSight } from '#platform/postgres';
import { type GivenDose, judge, type RuleSet, type StageForecast } from '#schedule';
import { type AgeReach, ageReachOf, cutByIds, reasonOfAge } from './age-reach.ts';
import { decideMember, findAbsence, type MemberDecision } from './decide-member.ts';
import type { NoticeContext } from './library.ts';
import { loadCalled } from './load-called.ts';
import { loadPeopleToCall } from './load-people.ts';
import { type CohortNarrowing, filterOf, narrowRules } from './narrow-people.ts';
import type { ExcludedReason } from './notice-reasons.ts';
import { createTally, type Decided, type Extraction, type Tally } from './tally-cohort.ts';
import type { CohortConditions } from './types.ts';
import { loadReturnPlaces, loadWishes, type NoticeWish } from './wish-store.ts';

const peoplePerPage = 10_000;
/** People of whom more is known than doses are loaded whole. */
const apartPerPage = 2000;
/** While one page is judged, the database reads the next ones. */
const pagesAtOnce = 3;

/** What is known before the first person is looked at. */
interface Frame {
  readonly conditions: CohortConditions;
  readonly narrowing: CohortNarrowing;
  readonly filter: PeopleFilter;
  readonly rules: RuleSet;
  readonly reach: AgeReach;
  /** The kind of paper to be printed, where it is used for a dose: who holds one is left out. */
  readonly paper: DosePaper | null;
  readonly holders: ReadonlyMap<PersonId, ReadonlySet<number | null>>;
  /** Linked records, and people of whom more is known than doses: each is judged with all that is known. */
  readonly apart: ReadonlySet<PersonId>;
  /** People whose letter may go elsewhere or not at all: the post is asked about where they would be called. */
  readonly mailedApart: ReadonlySet<PersonId>;
  readonly wishes: ReadonlyMap<PersonId, NoticeWish>;
  readonly forecast: (person: PersonAtSight, doses: readonly GivenDose[]) => StageForecast | null;
}

/**
 * Extracts a cohort from the whole population. Who is not of the age in the time asked for is counted by birth date in
 * the database, whatever was given before; of the others the doses are read, and each is judged; the post is asked only
 * about those whose letter may not simply go to the address. The same people are in as if everybody were judged one by
 * one, which a test holds; all of it as of one moment, so that each person is counted once whatever is imported meanwhile.
 */
export async function extractCohort(
  context: NoticeContext,
  conditions: CohortConditions,
  paper: DosePaper | null,
): Promise<Extraction> {
  const { actor, db, library } = context;
  return withOneSight(db, actor.lgCode, async (tx, look) => {
    const frame = await openFrame(tx, library.rules, conditions, paper);
    const tally = createTally();
    const { everybody, counted, pages } = await countAtSight(tx, frame, tally);
    let people = counted;
    await takePages(pages, pagesAtOnce, async (page) => {
      const decided = await look((reader) => decidePage(reader, frame, page));
      tally.add(decided);
      people += decided.length;
      context.onProgress?.(people, everybody);
    });
    if (everybody !== null) tally.count('outsideConditions', everybody - people);
    return tally.extraction();
  });
}

async function openFrame(
  tx: Tx,
  rules: RuleSet,
  conditions: CohortConditions,
  paper: DosePaper | null,
): Promise<Frame> {
  const { programme, stage, asOf } = conditions;
  const narrowing = conditions.narrowing ?? {};
  const returns = await loadReturnPlaces(tx);
  return {
    conditions,
    narrowing,
    filter: filterOf(narrowing, asOf),
    rules,
    reach: ageReachOf(rules, conditions),
    paper,
    holders:
      paper === null
        ? await loadCalled(tx, conditions, asOf)
        : await loadFormHolders(tx, { programme, stage, on: asOf }, { paper }),
    apart: new Set([...(await listLinkedPeople(tx)), ...(await listPeopleEverTold(tx))]),
    mailedApart: new Set([...(await listMailingExceptions(tx)), ...returns.keys()]),
    wishes: await loadWishes(tx),
    forecast: createForecaster(rules, conditions),
  };
}

function createForecaster(rules: RuleSet, { programme, stage, asOf }: CohortConditions): Frame['forecast'] {
  const narrow = narrowRules(rules, programme);
  return ({ bornOn, sex }, doses) => {
    if (bornOn === null) return null;
    const { programmes } = judge(narrow, { bornOn, sex, asOf, facts: [], doses });
    return programmes.find((each) => each.stage === stage) ?? null;
  };
}

/** Everybody on record, how many of them are counted already, and who must be looked at. */
interface Overview {
  /** Null where nothing narrows: then everybody is counted or looked at. */
  readonly everybody: number | null;
  readonly counted: number;
  readonly pages: readonly PeopleAsked[];
}

/** Counts who is out at first sight, and parts the others into pages: by birth date, and by ids who is judged apart. */
async function countAtSight(tx: Tx, frame: Frame, tally: Tally): Promise<Overview> {
  const { filter, apart, reach, conditions, wishes } = frame;
  const isNarrowed = Object.values({ ...filter, language: frame.narrowing.language }).some((one) => one !== undefined);
  const everybody = isNarrowed ? await countPeopleToCall(tx) : null;
  if (!speaks(frame, undefined)) {
    // Few people have said that they want another language: each of them is looked at.
    const speakers = [...wishes.keys()].filter((personId) => speaks(frame, personId));
    return { everybody, counted: 0, pages: pagesOf(speakers) };
  }
  const others = [...wishes.keys()].filter((personId) => !speaks(frame, personId));
  const alike = await countPeopleAlike(tx, filter, conditions.asOf, [...apart, ...others]);
  const left = { judged: 0, unknown: 0, counted: 0 };
  for (const group of alike) {
    const reason = reasonAtSight(frame, group);
    if (reason === null) left.judged += group.people;
    else if (reason === 'birthDateUnknown') left.unknown += group.people;
    else {
      tally.count(reason, group.people);
      left.counted += group.people;
    }
  }
  const judged = cutByIds(reach, left.judged, await findLastPersonId(tx), peoplePerPage);
  const unknown: PeopleAsked[] = left.unknown > 0 ? [{ isBirthUnknown: true }] : [];
  return { everybody, counted: left.counted, pages: [...judged, ...unknown, ...pagesOf([...apart])] };
}

function pagesOf(personIds: readonly PersonId[]): PeopleAsked[] {
  const pages: PeopleAsked[] = [];
  for (let at = 0; at < personIds.length; at += apartPerPage) {
    pages.push({ personIds: personIds.slice(at, at + apartPerPage) });
  }
  return pages;
}

/** Whether a person wants to be told in the language asked for; nobody in particular: who has said nothing. */
function speaks({ narrowing, wishes }: Frame, personId: PersonId | undefined): boolean {
  const wish = personId === undefined ? undefined : wishes.get(personId);
  return narrowing.language === undefined || (wish?.language ?? 'ja') === narrowing.language;
}

/** Why somebody is out whatever was given; null for whom it must be judged. */
function reasonAtSight({ reach, conditions }: Frame, person: Omit<PersonAtSight, 'personId'>): ExcludedReason | null {
  const absence = findAbsence(person, conditions.asOf);
  if (absence !== undefined) return absence;
  return person.bornOn === null ? 'birthDateUnknown' : reasonOfAge(reach, person.bornOn, person.sex);
}

async function decidePage(tx: Tx, frame: Frame, page: PeopleAsked): Promise<readonly Decided[]> {
  const { conditions, filter, apart, mailedApart } = frame;
  const read = await readPeopleAtSight(tx, page, filter, conditions.asOf);
  const people = read.filter(({ personId }) => speaks(frame, personId));
  const isNamed = 'personIds' in page;
  const known = people
    .filter(({ personId }) => !apart.has(personId))
    .map((person) => ({ person, reason: reasonAtSight(frame, person) }))
    .filter(({ reason }) => isNamed || reason === null || reason === 'birthDateUnknown');
  const judged = known.filter(({ reason }) => reason === null).map(({ person }) => person.personId);
  const doses = await readGivenDoses(tx, null, judged);
  const asked = isNamed ? people.map(({ personId }) => personId).filter((personId) => apart.has(personId)) : [];
  const decided: Decided[] = [];
  for (const { person, reason } of known) {
    const { personId } = person;
    if (reason !== null) {
      decided.push({ personId, decision: { isIncluded: false, reason, next: null } });
      continue;
    }
    const forecast = frame.forecast(person, doses.get(personId) ?? noDoses);
    const decision = decideMember({ person, forecast, hasLiveForm: false, post: 'address' }, conditions);
    if (decision.isIncluded && mailedApart.has(personId)) asked.push(personId);
    else decided.push({ personId, decision: narrowDecision(frame, personId, decision, forecast) });
  }
  return [...decided, ...(await decideApart(tx, frame, asked))];
}

const noDoses: readonly GivenDose[] = [];

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

/** Who is judged with all that is known: where the post goes, what the person holds under any record, every fact. */
async function decideApart(tx: Tx, frame: Frame, personIds: readonly PersonId[]): Promise<Decided[]> {
  if (personIds.length === 0) return [];
  const { conditions, rules, paper } = frame;
  const called = await loadPeopleToCall(tx, rules, personIds, conditions, conditions.asOf);
  return [...called].map(([personId, { member, heldPapers, forecast }]) => {
    const hasLiveForm = paper !== null && heldPapers.has(paper);
    const isOptedOut = paper === null && member.refusal === 'optedOut';
    const refusal = member.refusal === 'returnedMail' || isOptedOut ? member.refusal : null;
    const decision = decideMember({ ...member, hasLiveForm, refusal }, conditions);
    return { personId, decision: narrowDecision(frame, personId, decision, forecast) };
  });
}
