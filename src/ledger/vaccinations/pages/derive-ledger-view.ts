import type { Day, Finding } from '#kernel';
import type { ExplainedFinding } from '#platform/findings';
import type { JudgedDose, StageForecast } from '#schedule';
import type { JudgedEntry, PersonJudgement } from '../judge-person.ts';
import { makerOf } from '../maker-of.ts';
import type { LedgerEntry } from '../types.ts';
import { type DoseBefore, deriveReasons } from './derive-reasons.ts';
import type { StandingStatus } from './status-words.ts';
import type { DoseView, PersonLedgerView, StageNames, StageView } from './types.ts';

/** What turns codes into words: the names of the rules, of institutions, and the sentences of findings. */
export interface Wording {
  stageNames(programme: string, stage: string): StageNames;
  productName(product: string): string | null;
  manufacturerName(code: string): string | null;
  institutionName(code: string): string | null;
  explain(finding: Finding): ExplainedFinding;
}

/** Everything the ledger's panels of the person's page show, from what was judged; newest dose first. */
export function deriveLedgerView(known: PersonJudgement, asOf: Day, wording: Wording): PersonLedgerView {
  const stages: StageView[] = (known.judgement?.programmes ?? []).map((stage) => ({
    ...stage,
    status: standingOf(stage, known.contraindicated),
    names: wording.stageNames(stage.programme, stage.stage),
  }));
  const given = known.doses.map((dose) => givenView(dose, known.doses, stages, wording));
  const others = known.otherEntries.map((entry) => otherView(entry, wording));
  const doses = [...given, ...others]
    .filter((dose): dose is DoseView => dose !== null)
    .sort((a, b) => b.on - a.on || b.entry.entryId - a.entry.entryId);
  return { bornOn: known.judgement === null ? null : known.person.bornOn, asOf, stages, doses };
}

/** A 禁忌 stands before what the law would let be given; what is over or not yet begun stays as it is. */
function standingOf({ programme, status }: StageForecast, contraindicated: ReadonlySet<string>): StandingStatus {
  const isOpen = status === 'due' || status === 'overdue' || status === 'waiting';
  return isOpen && contraindicated.has(programme) ? 'contraindicated' : status;
}

function givenView(
  dose: JudgedEntry,
  all: readonly JudgedEntry[],
  stages: readonly StageView[],
  wording: Wording,
): DoseView | null {
  const { entry, judged } = dose;
  if (entry.fact === null) return null;
  const on = entry.fact.vaccinatedOn;
  const programme = judged === null ? entry.fact.programme : judged.programme;
  const stageId = judged === null ? entry.fact.stage : judged.stage;
  const findings = (judged?.findings ?? []).map((finding) => wording.explain(finding));
  const sentences = (isNote: boolean) =>
    findings.filter((finding) => (finding.severity === 'note') === isNote).map((finding) => finding.message);
  const stage = stages.find((one) => one.programme === programme && one.stage === stageId) ?? null;
  const right = judged?.verdict === 'valid' ? deriveReasons(on, stage, doseBefore(judged, on, all)) : [];
  return {
    ...frameOf(entry, on, wording, judged?.findings ?? []),
    programme,
    stage: stageId,
    names: programme === null || stageId === null ? null : wording.stageNames(programme, stageId),
    doseNumber: judged?.doseNumber ?? null,
    verdict: judged?.verdict ?? 'unknown',
    counts: judged?.counts ?? false,
    findings,
    reasons: [...sentences(false), ...right.map((reason) => reason.sentence), ...sentences(true)],
    reasonsInShort: right.map((reason) => reason.short),
  };
}

function otherView(entry: LedgerEntry, wording: Wording): DoseView | null {
  if (entry.fact === null) return null;
  const { programme, stage, vaccinatedOn, outcome } = entry.fact;
  return {
    ...frameOf(entry, vaccinatedOn, wording, []),
    programme,
    stage,
    names: programme === null || stage === null ? null : wording.stageNames(programme, stage),
    doseNumber: null,
    verdict: null,
    counts: false,
    findings: [],
    reasons: [],
    reasonsInShort: [outcome === 'notConsented' ? '同意がなく、接種していません' : '予診だけで、接種は見合わせました'],
  };
}

function frameOf(
  entry: LedgerEntry,
  on: Day,
  wording: Wording,
  judged: readonly Finding[],
): Pick<DoseView, 'entry' | 'on' | 'productName' | 'manufacturerName' | 'institutionName' | 'askedBefore'> {
  const items = entry.fact?.items ?? {};
  const product = entry.fact?.product ?? null;
  const institution = items.institutionCode ?? null;
  const judgedCodes = new Set(judged.map((finding) => finding.code));
  const askedBefore = entry.findings.filter(({ severity, code }) => severity === 'question' && !judgedCodes.has(code));
  return {
    entry,
    on,
    askedBefore: askedBefore.map((finding) => wording.explain(finding)),
    productName: product === null ? (items.productName ?? items.vaccineName ?? null) : wording.productName(product),
    manufacturerName: makerOf(items, (code) => wording.manufacturerName(code)),
    institutionName:
      institution === null ? (items.institutionOther ?? null) : (wording.institutionName(institution) ?? institution),
  };
}

/** The last dose of the same programme and the same course (not of a season before) that counts and lies before. */
function doseBefore(judged: JudgedDose, on: Day, all: readonly JudgedEntry[]): DoseBefore | null {
  const before = all.flatMap((other) => {
    const day = other.entry.fact?.vaccinatedOn;
    if (other.judged === null || !other.judged.counts || other.judged.programme !== judged.programme) return [];
    if (day === undefined || day >= on) return [];
    if (other.judged.stage !== judged.stage) return [{ on: day, doseNumber: null }];
    const { doseNumber } = other.judged;
    const isEarlierCourse = doseNumber !== null && judged.doseNumber !== null && doseNumber >= judged.doseNumber;
    return isEarlierCourse ? [] : [{ on: day, doseNumber }];
  });
  return before.sort((a, b) => b.on - a.on)[0] ?? null;
}
