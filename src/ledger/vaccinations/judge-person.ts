import { loadPersonsForJudging, type PersonOnRecord } from '#addressees/persons';
import { type Day, type EntryId, NotFound, type PersonId } from '#kernel';
import type { Tx } from '#platform/postgres';
import { type JudgedDose, type Judgement, judge, type RuleSet } from '#schedule';
import { deriveCurrentHistory } from './derive-current-history.ts';
import { listContraindicated } from './facts/facts-for-schedule.ts';
import { type KnownFacts, loadFacts } from './facts/store.ts';
import { findPersonCase, listGivenDoses } from './judge-history.ts';
import { listEntriesOfPerson, loadEntries } from './read-entries.ts';
import { loadHistories, loadLedgerVersions } from './store.ts';
import type { DoseOnRecord, LedgerEntry, VaccinationFact } from './types.ts';

/** A given dose as the ledger holds it, with what the rules say of it. */
export interface JudgedEntry {
  readonly entry: LedgerEntry;
  /** Null where no product or no birth date is known. */
  readonly judged: JudgedDose | null;
}

/** One person's ledger as staff sees it on a day. */
export interface PersonJudgement {
  readonly person: PersonOnRecord;
  /** Version of the person's ledger; given back when it is changed, so that nobody overwrites another's work. */
  readonly version: number;
  /** Null where the birth date is not known: no rule can be asked then. */
  readonly judgement: Judgement | null;
  /** Given doses in order of their days. */
  readonly doses: readonly JudgedEntry[];
  /** 予診のみ and 未同意, in order of their days. */
  readonly otherEntries: readonly LedgerEntry[];
  /** The programmes that are forbidden to the person on the day (禁忌): what the rules say of them counts for nothing. */
  readonly contraindicated: ReadonlySet<string>;
}

/**
 * Judges one person's current history, of linked records as the one that stands for all; throws NotFound for a person of
 * no record.
 */
export async function judgePerson(tx: Tx, rules: RuleSet, personId: PersonId, asOf: Day): Promise<PersonJudgement> {
  const person = await getPersonOnRecord(tx, personId);
  const history = (await loadHistories(tx, [personId])).get(personId) ?? [];
  const version = (await loadLedgerVersions(tx, [personId])).get(personId) ?? 0;
  const entries = await loadEntries(
    tx,
    history.map((dose) => dose.entryId),
  );
  return {
    version,
    ...judgeEntries(rules, { person, history, entries, asOf, facts: await loadKnownFacts(tx, personId) }),
  };
}

/**
 * Judges what the ledger said at an instant: the entries recorded by then, with the corrections and retractions known
 * by then. The person and the rules are those of now.
 */
export async function judgePersonAsRecorded(
  tx: Tx,
  rules: RuleSet,
  personId: PersonId,
  at: { readonly recordedBefore: Date; readonly asOf: Day },
): Promise<PersonJudgement> {
  const person = await getPersonOnRecord(tx, personId);
  const version = (await loadLedgerVersions(tx, [personId])).get(personId) ?? 0;
  const known = (await listEntriesOfPerson(tx, personId)).filter((entry) => entry.recordedAt < at.recordedBefore);
  const current = deriveCurrentHistory(known).map(({ entry }) => entry);
  const history = current
    .flatMap((entry) => (entry.fact === null ? [] : [doseOf(entry, entry.fact)]))
    .sort((a, b) => a.vaccinatedOn - b.vaccinatedOn || a.entryId - b.entryId);
  const entries = new Map(current.map((entry) => [entry.entryId, entry]));
  return {
    version,
    ...judgeEntries(rules, { person, history, entries, asOf: at.asOf, facts: await loadKnownFacts(tx, personId) }),
  };
}

async function getPersonOnRecord(tx: Tx, personId: PersonId): Promise<PersonOnRecord> {
  const person = await findStanding(tx, personId);
  if (person === undefined) throw new NotFound('この人は宛名台帳に見つかりません。');
  return person;
}

function doseOf(entry: LedgerEntry, fact: VaccinationFact): DoseOnRecord {
  const { vaccinatedOn, outcome, vaccinationClass, programme, stage, product, items } = fact;
  return {
    entryId: entry.entryId,
    vaccinatedOn,
    outcome,
    vaccinationClass,
    programme,
    stage,
    product,
    vaccineCode: items.vaccineCode ?? null,
    doseNumberAsSent: items.doseNumber ?? null,
  };
}

async function loadKnownFacts(tx: Tx, personId: PersonId): Promise<KnownFacts> {
  return (await loadFacts(tx, [personId])).get(personId) ?? { schedule: [], contraindications: [] };
}

interface KnownCase {
  readonly person: PersonOnRecord;
  readonly history: readonly DoseOnRecord[];
  readonly entries: ReadonlyMap<EntryId, LedgerEntry>;
  readonly asOf: Day;
  readonly facts: KnownFacts;
}

function judgeEntries(rules: RuleSet, known: KnownCase): Omit<PersonJudgement, 'version'> {
  const { person, history, entries, asOf, facts } = known;
  const given = listGivenDoses(history);
  const personCase = findPersonCase(person, given, asOf, facts.schedule);
  const judgement = personCase === undefined ? null : judge(rules, personCase);
  const judgedOf = new Map(given.map(({ record }, i) => [record.entryId, judgement?.doses[i] ?? null]));
  const doses = history.flatMap((dose): JudgedEntry[] => {
    const entry = entries.get(dose.entryId);
    if (entry === undefined || dose.outcome !== 'administered') return [];
    return [{ entry, judged: judgedOf.get(dose.entryId) ?? null }];
  });
  const otherEntries = history.flatMap((dose) => {
    const entry = entries.get(dose.entryId);
    return entry === undefined || dose.outcome === 'administered' ? [] : [entry];
  });
  const contraindicated = listContraindicated(facts.contraindications, asOf);
  return { person, judgement, doses, otherEntries, contraindicated };
}

/** The person's record, or the one that stands for it. */
async function findStanding(tx: Tx, personId: PersonId): Promise<PersonOnRecord | undefined> {
  const [person] = await loadPersonsForJudging(tx, { personIds: [personId] });
  if (person === undefined || person.principalId === null || person.principalId === personId) return person;
  const [principal] = await loadPersonsForJudging(tx, { personIds: [person.principalId] });
  return principal;
}
