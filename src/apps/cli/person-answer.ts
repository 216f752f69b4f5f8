import type { PersonPage, PersonSummary } from '#addressees/persons';
import { type Day, type Finding, formatIsoDay } from '#kernel';
import type { JudgedEntry, LedgerEntry, PersonJudgement } from '#ledger/vaccinations';
import { formatScheduleAnswer } from '#schedule';

/** What `sesshu person` prints: the person, every dose with its verdict, what is due; days as YYYY-MM-DD. */
export interface PersonAnswer {
  readonly person: Readonly<Record<string, unknown>>;
  readonly household: { readonly isHidden: boolean; readonly members: readonly Readonly<Record<string, unknown>>[] };
  readonly asOf: string;
  readonly doses: readonly Readonly<Record<string, unknown>>[];
  /** 予診のみ and 未同意. */
  readonly otherEntries: readonly Readonly<Record<string, unknown>>[];
  /** The stages that may be given on the day. */
  readonly due: readonly Readonly<Record<string, unknown>>[];
  /** Every stage; null where the birth date is not known, since no rule can be asked then. */
  readonly programmes: readonly Readonly<Record<string, unknown>>[] | null;
}

/** What of one person the answer is made of. */
export interface PersonFound {
  readonly page: PersonPage;
  readonly household: { readonly isHidden: boolean; readonly members: readonly PersonSummary[] };
  readonly ledger: PersonJudgement;
  readonly asOf: Day;
}

/** Forms the answer; our own keys of people and entries stay inside, `explain` gives the sentence of a finding. */
export function formatPersonAnswer(found: PersonFound, explain: (finding: Finding) => string): PersonAnswer {
  const { page, household, ledger, asOf } = found;
  const judged = ledger.judgement === null ? null : formatScheduleAnswer('', ledger.judgement, explain);
  const verdicts = listRecords(judged?.['doses']);
  const programmes = judged === null ? null : listRecords(judged['programmes']);
  const due = (programmes ?? []).filter(({ status }) => status === 'due' || status === 'overdue');
  return {
    person: formatPerson(page),
    household: { isHidden: household.isHidden, members: household.members.map(formatSummary) },
    asOf: formatIsoDay(asOf),
    doses: ledger.doses.map((dose, index) => ({ ...formatDose(dose, verdicts), index })),
    otherEntries: ledger.otherEntries.map(formatEntry),
    due: due.map(({ programme, stage, status, next }) => ({ programme, stage, status, next })),
    programmes,
  };
}

function formatPerson(page: PersonPage): Readonly<Record<string, unknown>> {
  return {
    ...formatSummary(page),
    residencies: page.residencies.map((period) => ({
      becameOn: dayText(period.becameOn),
      ceasedOn: dayText(period.ceasedOn),
      ceasedReason: period.ceasedReason,
    })),
    welfare: page.welfare.map((flag) => ({
      ...flag,
      validFrom: dayText(flag.validFrom),
      validTo: dayText(flag.validTo),
    })),
  };
}

function formatSummary(summary: PersonSummary): Readonly<Record<string, unknown>> {
  return {
    addresseeNumber: summary.addresseeNumber,
    name: summary.name,
    kana: summary.kana,
    bornOn: dayText(summary.bornOn),
    birthDatePrecision: summary.birthDatePrecision,
    sex: summary.sex,
    ageYears: summary.ageYears,
    state: summary.state,
    diedOn: dayText(summary.diedOn),
    isProtected: summary.isProtected,
    isAddressHidden: summary.isAddressHidden,
    address: summary.address,
    householdNumber: summary.householdNumber,
    relation: summary.relation,
  };
}

/** The judgement counts the doses that a product is known of; the others have no verdict. */
function formatDose(
  { entry, judged }: JudgedEntry,
  verdicts: readonly Readonly<Record<string, unknown>>[],
): Readonly<Record<string, unknown>> {
  const verdict = judged === null ? undefined : verdicts[judged.index];
  return {
    ...formatEntry(entry),
    ...(verdict ?? { programme: entry.fact?.programme ?? null, stage: entry.fact?.stage ?? null, doseNumber: null }),
    ...(verdict === undefined ? { verdict: null, counts: null, findings: [] } : {}),
  };
}

function formatEntry({ fact, recordedAt }: LedgerEntry): Readonly<Record<string, unknown>> {
  return {
    vaccinatedOn: dayText(fact?.vaccinatedOn ?? null),
    outcome: fact?.outcome ?? null,
    vaccinationClass: fact?.vaccinationClass ?? null,
    product: fact?.product ?? null,
    programme: fact?.programme ?? null,
    stage: fact?.stage ?? null,
    doseNumberAsSent: fact?.items.doseNumber ?? null,
    lotNumber: fact?.items.lotNumber ?? null,
    institutionCode: fact?.items.institutionCode ?? null,
    source: fact?.source ?? null,
    recordedAt: recordedAt.toISOString(),
  };
}

function dayText(day: Day | null): string | null {
  return day === null ? null : formatIsoDay(day);
}

function listRecords(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? (value as readonly Readonly<Record<string, unknown>>[]) : [];
}
