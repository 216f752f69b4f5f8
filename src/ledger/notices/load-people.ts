import {
  everyRecordOf,
  type LinkedRecords,
  listLinkedRecords,
  loadPersonsForJudging,
  type Mailing,
  mailingNameAndAddress,
  type PersonOnRecord,
  recordsIn,
} from '#addressees/persons';
import type { Day, PersonId } from '#kernel';
import { listLiveForms } from '#ledger/forms';
import {
  type DoseOnRecord,
  findPersonCase,
  listContraindicated,
  listGivenDoses,
  loadFacts,
  loadHistories,
} from '#ledger/vaccinations';
import type { Tx } from '#platform/postgres';
import { type Fact, findProductName, judge, type RuleSet, type StageForecast } from '#schedule';
import type { MemberCase } from './decide-member.ts';
import type { Destination, PastDose } from './derive-form-values.ts';
import { cameBack, loadReturnPlaces, loadWishes } from './wish-store.ts';

/** A stage of a programme. */
export interface StageKey {
  readonly programme: string;
  readonly stage: string;
}

/** A person as judged for one stage on a day. */
export interface JudgedPerson {
  readonly person: PersonOnRecord;
  /** Null where the birth date is not known. */
  readonly forecast: StageForecast | null;
  /** The given doses of the stage's programme, oldest first. */
  readonly pastDoses: readonly PastDose[];
  /** Whether the stage's programme is forbidden to the person on the day (禁忌). */
  readonly isContraindicated: boolean;
}

/** A judged person with what decides about a letter. */
export interface PersonToCall extends JudgedPerson {
  readonly member: MemberCase;
  /** Papers for the next dose that the person holds and may still use; `member.hasLiveForm` says whether any. */
  readonly heldPapers: ReadonlySet<string>;
  /** Null where no letter may go out or no address is known. */
  readonly destination: Destination | null;
  /** 支援措置 of the person or somebody of the household, also of who died or moved away since. */
  readonly isProtected: boolean;
}

/** The day for which people are asked about, and the records that are linked as one person with each of them. */
interface PageOfPeople {
  readonly asOf: Day;
  readonly linked: LinkedRecords;
}

/** Judges people for one stage from the ledger as it is now. */
async function judgePeople(
  tx: Tx,
  rules: RuleSet,
  people: readonly PersonOnRecord[],
  key: StageKey,
  { asOf, linked }: PageOfPeople,
): Promise<JudgedPerson[]> {
  const personIds = people.map((person) => person.personId);
  const histories = await loadHistories(tx, personIds, linked);
  const facts = await loadFacts(tx, personIds, linked);
  return people.map((person) => {
    const told = facts.get(person.personId);
    const known = { doses: histories.get(person.personId) ?? [], facts: told?.schedule ?? [] };
    const contraindicated = listContraindicated(told?.contraindications ?? [], asOf);
    return {
      ...judgeOne(rules, person, known, key, asOf),
      isContraindicated: contraindicated.has(key.programme),
    };
  });
}

function judgeOne(
  rules: RuleSet,
  person: PersonOnRecord,
  known: { readonly doses: readonly DoseOnRecord[]; readonly facts: readonly Fact[] },
  key: StageKey,
  asOf: Day,
): Omit<JudgedPerson, 'isContraindicated'> {
  const given = listGivenDoses(known.doses);
  const personCase = findPersonCase(person, given, asOf, known.facts);
  if (personCase === undefined) return { person, forecast: null, pastDoses: [] };
  const judgement = judge(rules, personCase);
  const forecast = judgement.programmes.find((s) => s.programme === key.programme && s.stage === key.stage) ?? null;
  const pastDoses = judgement.doses.flatMap((dose): PastDose[] => {
    const record = given[dose.index];
    if (record === undefined || dose.programme !== key.programme || dose.stage !== key.stage) return [];
    return [
      {
        on: record.on,
        doseNumber: dose.doseNumber,
        productName: findProductName(rules, record.product) ?? record.product,
      },
    ];
  });
  return { person, forecast, pastDoses: pastDoses.toSorted((a, b) => a.on - b.on) };
}

/** Adds what decides about a letter: forms that can still be used, and where the post goes on the day. */
async function completePeople(
  tx: Tx,
  judged: readonly JudgedPerson[],
  key: StageKey,
  { asOf, linked }: PageOfPeople,
): Promise<PersonToCall[]> {
  const personIds = judged.map(({ person }) => person.personId);
  const holders = everyRecordOf(personIds, linked);
  const formsOf = Map.groupBy(
    await listLiveForms(tx, { personIds: holders, ...key, on: asOf }),
    (form) => form.personId,
  );
  const mailings = await mailingNameAndAddress(tx, personIds, asOf);
  const wishes = await loadWishes(tx, personIds);
  const returns = await loadReturnPlaces(tx, personIds);
  return judged.map((one) => {
    const { personId } = one.person;
    const nextDose = one.forecast?.next?.doseNumber ?? null;
    const forms = recordsIn(linked, personId).flatMap((record) => formsOf.get(record) ?? []);
    const live = forms.filter((form) => form.doseNumber === null || form.doseNumber === nextDose);
    const heldPapers = new Set(live.map(({ document }) => document));
    const hasLiveForm = live.length > 0;
    const mailing = mailings.get(personId);
    const destination = destinationOf(mailing);
    const post =
      destination !== null ? 'address' : mailing?.undeliverable === 'protected' ? 'protected' : 'addressMissing';
    const isReturned = cameBack(returns, personId, destination);
    const refusal = isReturned ? 'returnedMail' : wishes.get(personId)?.isOptedOut === true ? 'optedOut' : null;
    return {
      ...one,
      destination,
      isProtected: mailing?.isProtected === true,
      heldPapers,
      member: {
        ...{ person: one.person, forecast: one.forecast, isContraindicated: one.isContraindicated },
        ...{ hasLiveForm, post, refusal },
      },
    };
  });
}

/** Loads, judges and completes some people at once, in the order of their ids given. */
export async function loadPeopleToCall(
  tx: Tx,
  rules: RuleSet,
  personIds: readonly PersonId[],
  key: StageKey,
  asOf: Day,
): Promise<Map<PersonId, PersonToCall>> {
  const people = await loadPersonsForJudging(tx, { personIds });
  const linked = await listLinkedRecords(
    tx,
    people.map(({ personId }) => personId),
  );
  const page = { asOf, linked };
  const called = await completePeople(tx, await judgePeople(tx, rules, people, key, page), key, page);
  return new Map(called.map((one) => [one.person.personId, one]));
}

function destinationOf(mailing: Mailing | undefined): Destination | null {
  if (mailing === undefined || mailing.undeliverable !== null || (mailing.address ?? '') === '') return null;
  const { recipientName, householderName, postalCode, address, building } = mailing;
  return { recipientName, householderName, postalCode, address: address ?? '', building };
}
