import { setImmediate as turn } from 'node:timers/promises';
import { decideMatch } from '#addressees/matching';
import { listLinkedRecords, loadPersonsForJudging, normalizeKana, type PersonOnRecord } from '#addressees/persons';
import { answerOf, type BatchId, type Finding, finding, type PersonId } from '#kernel';
import { type FormOnRecord, loadCouponHolders, loadFormsByNumber } from '#ledger/forms';
import {
  type CouponRecord,
  couponNumberOf,
  type DoseOnRecord,
  decideCoupon,
  type FormUse,
  findPersonCase,
  formKeyOf,
  judgeDosesOf,
  type KnownFacts,
  loadCouponRecords,
  loadDosesByForm,
  loadFacts,
  loadHistories,
  loadLedgerVersions,
} from '#ledger/vaccinations';
import type { Tx } from '#platform/postgres';
import { type Fact, judge } from '#schedule';
import { decideContraindication } from './decide-contraindication.ts';
import { decideForm } from './decide-form.ts';
import { decidePersonRows, type IdentifiedRow } from './decide-person-rows.ts';
import { decideRowForm } from './decide-row-form.ts';
import type { PersonRules } from './decide-schedule.ts';
import { decideSharedNumbers, type SharedNumbers } from './decide-shared-numbers.ts';
import type { IntakeKnowledge } from './intake-knowledge.ts';
import { loadOpenElsewhere } from './store.ts';
import type { ArrivedRow, CheckedRow, RowFact } from './types.ts';

/** What the register and the ledger know about the people of some rows. */
export interface PageKnowledge {
  readonly people: KnownPeople;
  readonly histories: ReadonlyMap<PersonId, readonly DoseOnRecord[]>;
  readonly versions: ReadonlyMap<PersonId, number>;
  /** 罹患歴, 特例, 禁忌 and the like; people without any are absent. */
  readonly facts: ReadonlyMap<PersonId, KnownFacts>;
  readonly openElsewhere: ReadonlyMap<string, number>;
  /** The forms that the rows name, by number as the sender wrote it. */
  readonly forms: ReadonlyMap<string, FormOnRecord>;
  /** What the ledger holds of the forms that the rows name, by `formKeyOf`. */
  readonly usedForms: ReadonlyMap<string, readonly FormUse[]>;
  /** What the ledger holds of the 券番号 that the rows name, by its ten digits. */
  readonly coupons: ReadonlyMap<string, readonly CouponRecord[]>;
  /** Whose the 券番号 are that were printed here. */
  readonly couponHolders: ReadonlyMap<string, PersonId>;
  /** The records of people with more than one, by each of them; people without links are absent. */
  readonly linked: ReadonlyMap<PersonId, readonly PersonId[]>;
  /** The numbers of paper that stand in more than one row of the batch. */
  readonly shared: SharedNumbers;
}

const nothingShared: SharedNumbers = new Map();

/** Loads what rows are held against. */
export async function loadPageKnowledge(
  tx: Tx,
  batchId: BatchId,
  rows: readonly ArrivedRow[],
  shared = nothingShared,
): Promise<PageKnowledge> {
  const people = await loadPeople(tx, rows);
  const personIds = [...people.byId.keys()];
  const linkedIds = personIds.filter((personId) => (people.byId.get(personId)?.principalId ?? null) !== null);
  const linked = await listLinkedRecords(tx, linkedIds);
  const histories = await loadHistories(tx, personIds, linked);
  const versions = await loadLedgerVersions(tx, personIds);
  const facts = await loadFacts(tx, personIds, linked);
  const openElsewhere = await loadOpenElsewhere(
    tx,
    batchId,
    rows.map((row) => row.rowKey),
  );
  const forms = await loadFormsByNumber(
    tx,
    rows.flatMap((row) => row.fields['formNumber'] ?? []),
  );
  const couponNumbers = rows.flatMap((row) => couponNumberOf(row.fields['couponNumber'] ?? null) ?? []);
  const coupons = await loadCouponRecords(tx, couponNumbers);
  const couponHolders = await loadCouponHolders(tx, couponNumbers);
  const usedForms = await loadDosesByForm(
    tx,
    rows.flatMap((row) => row.fields['formNumber'] ?? []),
  );
  const papers = { forms, usedForms, coupons, couponHolders, shared };
  return { people, histories, versions, facts, openElsewhere, linked, ...papers };
}

/** After so many rows or people the event loop turns, so that the database gets its next question. */
const turnEvery = 16;

/**
 * Checks rows that hold whole people: all rows of the batch that speak of one person must be among them, so that
 * they are judged together, in order of their days, with the ledger.
 */
export async function checkRows(
  rows: readonly ArrivedRow[],
  page: PageKnowledge,
  knowledge: IntakeKnowledge,
): Promise<CheckedRow[]> {
  const { people, histories, versions, openElsewhere, forms } = page;
  const checked: CheckedRow[] = [];
  const groups = new Map<PersonId | string, RowGroup>();
  for (const [i, row] of rows.entries()) {
    if (i % turnEvery === 0) await turn();
    const form = decideRowForm(row, knowledge.form);
    const person = findPersonOf(row, people);
    if (form.fact === null) {
      checked.push(toChecked(row, null, person, form.findings, versions, knowledge));
      continue;
    }
    const formNumber = row.fields['formNumber'] ?? null;
    const personId = person?.personId ?? null;
    const linked = personId === null ? undefined : page.linked.get(personId);
    const used = formNumber === null ? [] : page.usedForms.get(formKeyOf(formNumber));
    const formFindings =
      formNumber === null ? none : decideForm(formNumber, forms.get(formNumber), personId, form.fact, linked, used);
    const coupon = row.fields['couponNumber'] ?? null;
    const couponFindings = coupon === null ? none : decideCouponOf(coupon, form.fact, personId, page, knowledge);
    const findings = joined(form.findings, formFindings, couponFindings);
    const key = person?.principalId ?? personId ?? `number ${form.fact.addresseeNumber ?? row.rowKey}`;
    let group = groups.get(key);
    if (group === undefined) {
      group = { person, rows: [], frames: [] };
      groups.set(key, group);
    }
    // Records that are linked are judged together, but each row belongs to the record that it names.
    group.frames.push({ row, person, findings, fact: form.fact });
    group.rows.push({
      ordinal: row.ordinal,
      rowKey: row.rowKey,
      fact: form.fact,
      person,
      identityFindings: decideIdentity(row, form.fact, person),
      openInBatch: openElsewhere.get(row.rowKey) ?? null,
    });
  }
  let done = 0;
  for (const group of groups.values()) {
    done += 1;
    if (done % turnEvery === 0) await turn();
    const history = group.person === null ? [] : (histories.get(group.person.personId) ?? []);
    const told = group.person === null ? undefined : page.facts.get(group.person.personId);
    const found = decidePersonRows({
      person: group.person,
      rows: group.rows,
      history,
      rules: group.person === null ? null : createPersonRules(knowledge, group.person, told?.schedule ?? []),
    });
    const own = page.shared.size === 0 ? null : new Set(group.rows.map(({ ordinal }) => ordinal));
    for (const { row, fact, person, findings } of group.frames) {
      const against = decideContraindication(fact, told?.contraindications ?? none, knowledge.programmeName);
      const doubled =
        own === null ? none : decideSharedNumbers(page.shared, { fields: row.fields, own, ...whoseKnown(row, page) });
      const all = joined(findings, doubled, against, found.get(row.ordinal) ?? none);
      checked.push(toChecked(row, fact, person, all, versions, knowledge));
    }
  }
  return checked;
}

/** Most rows have nothing to say: what is empty is not made anew for each. */
const none: readonly never[] = [];

function joined(...parts: readonly (readonly Finding[])[]): readonly Finding[] {
  const spoken = parts.filter((part) => part.length > 0);
  return spoken.length < 2 ? (spoken[0] ?? none) : spoken.flat();
}

function decideCouponOf(
  coupon: string,
  fact: RowFact,
  personId: PersonId | null,
  page: PageKnowledge,
  knowledge: IntakeKnowledge,
): Finding[] {
  const number = couponNumberOf(coupon) ?? '';
  const linked = personId === null ? undefined : page.linked.get(personId);
  return decideCoupon(coupon, fact, {
    lgCode: knowledge.form.lgCode,
    personId,
    ...(linked === undefined ? {} : { linked }),
    holder: page.couponHolders.get(number),
    records: page.coupons.get(number) ?? [],
  });
}

/** Whether somebody is known to whom the paper of a row belongs. */
function whoseKnown(
  { fields }: ArrivedRow,
  page: PageKnowledge,
): { readonly isFormKnown: boolean; readonly isCouponKnown: boolean } {
  const coupon = couponNumberOf(fields['couponNumber'] ?? null) ?? '';
  return {
    isFormKnown: page.forms.has(fields['formNumber'] ?? ''),
    isCouponKnown: page.couponHolders.has(coupon) || page.coupons.has(coupon),
  };
}

/** The rows that speak of one person, as they are judged and as they came, in the same order. */
interface RowGroup {
  readonly person: PersonOnRecord | null;
  readonly rows: IdentifiedRow[];
  readonly frames: RowFrame[];
}

interface RowFrame {
  readonly row: ArrivedRow;
  readonly person: PersonOnRecord | null;
  readonly findings: readonly Finding[];
  readonly fact: RowFact;
}

interface KnownPeople {
  readonly byNumber: ReadonlyMap<string, PersonOnRecord>;
  readonly byId: ReadonlyMap<PersonId, PersonOnRecord>;
}

async function loadPeople(tx: Tx, rows: readonly ArrivedRow[]): Promise<KnownPeople> {
  const numbers = new Set<string>();
  const chosen = new Set<PersonId>();
  for (const row of rows) {
    const number = row.fields['addresseeNumber'] ?? '';
    if (row.chosenPersonId !== null) chosen.add(row.chosenPersonId);
    else if (number !== '') numbers.add(number);
  }
  const byNumber = await loadPersonsForJudging(tx, { addresseeNumbers: [...numbers] });
  const byId = chosen.size === 0 ? [] : await loadPersonsForJudging(tx, { personIds: [...chosen] });
  return {
    byNumber: new Map(byNumber.map((person) => [person.addresseeNumber, person])),
    byId: new Map([...byNumber, ...byId].map((person) => [person.personId, person])),
  };
}

/** The person whom the row's number, or a member of staff, names; a cancelled record is nobody's. */
function findPersonOf(row: ArrivedRow, people: KnownPeople): PersonOnRecord | null {
  if (row.chosenPersonId !== null) return people.byId.get(row.chosenPersonId) ?? null;
  const person = people.byNumber.get(row.fields['addresseeNumber'] ?? '');
  return person === undefined || person.isCancelled ? null : person;
}

function decideIdentity(row: ArrivedRow, fact: RowFact, person: PersonOnRecord | null): readonly Finding[] {
  if (row.chosenPersonId !== null && person !== null) return [finding('personChosen', 'note', 'addresseeNumber')];
  // A name as the register has it needs no folding: it has the register's key.
  const kanaKey = person !== null && fact.kana === person.kana ? person.kanaKey : normalizeKana(fact.kana ?? '');
  return decideMatch(fact, kanaKey, person ?? undefined, none).findings;
}

/** What the rules say of one person; the forecast is asked only where a dose number runs ahead of the ledger. */
function createPersonRules(
  knowledge: IntakeKnowledge,
  person: PersonOnRecord,
  facts: readonly Fact[],
): PersonRules | null {
  const { rules, asOf, stagesOf, nameOf } = knowledge;
  if (person.bornOn === null) return null;
  return {
    judgeDoses: (doses, asked) => judgeDosesOf(rules, person, doses, asked, asOf, facts),
    stagesOf,
    nameOf,
    opensOn: (programme) => {
      const personCase = findPersonCase(person, [], asOf, facts);
      if (personCase === undefined) return null;
      const stages = judge(rules, personCase).programmes.filter((stage) => stage.programme === programme);
      const days = stages.flatMap((stage) => (stage.eligibleFrom === null ? [] : [stage.eligibleFrom]));
      return days.sort((a, b) => a - b)[0] ?? null;
    },
  };
}

function toChecked(
  row: ArrivedRow,
  fact: RowFact | null,
  person: PersonOnRecord | null,
  findings: readonly Finding[],
  ledgerVersions: ReadonlyMap<PersonId, number>,
  knowledge: IntakeKnowledge,
): CheckedRow {
  return {
    row,
    fact,
    personId: person?.personId ?? null,
    answer: answerOf(findings),
    findings:
      findings.length === 0
        ? none
        : findings.map((each) => (each.field === null ? each : { ...each, field: knowledge.columnOf(each.field) })),
    questionCodes: questionCodesOf(findings),
    personVersion: person?.version ?? null,
    ledgerVersion: person === null ? null : (ledgerVersions.get(person.personId) ?? 0),
  };
}

function questionCodesOf(findings: readonly Finding[]): readonly string[] {
  if (findings.length === 0) return none;
  const questions = findings.filter((each) => each.severity === 'question').map((each) => each.code);
  return [...new Set(questions)].sort();
}
