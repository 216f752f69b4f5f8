import type { Day, Finding } from '#kernel';
import type { ExplainedFinding } from '#platform/findings';
import type { JudgedDose, Judgement, StageForecast } from '#schedule';
import type { LedgerEntry } from '../types.ts';
import { type DoseBefore, deriveReasons } from './derive-reasons.ts';
import type { DoseView, PersonLedgerView, StageNames, StageView } from './types.ts';

/** A judged dose with the entry it comes from. */
export type JudgedWithEntry = JudgedDose & { readonly entry: LedgerEntry };

/** What turns codes into words: the names of the rules, of institutions, and the sentences of findings. */
export interface Wording {
  stageNames(programme: string, stage: string): StageNames;
  productName(product: string): string | null;
  institutionName(code: string): string | null;
  explain(finding: Finding): ExplainedFinding;
}

/** Everything the ledger's panels of the person's page show, from what was judged; newest dose first. */
export function deriveLedgerView(
  known: {
    bornOn: Day | null;
    asOf: Day;
    judgement: Judgement;
    doses: readonly JudgedWithEntry[];
    otherEntries: readonly LedgerEntry[];
  },
  wording: Wording,
): PersonLedgerView {
  const stages: StageView[] = known.judgement.programmes.map((stage) => ({
    ...stage,
    names: wording.stageNames(stage.programme, stage.stage),
  }));
  const given = known.doses.map((dose) => givenView(dose, known.doses, stages, wording));
  const others = known.otherEntries.map((entry) => otherView(entry, wording));
  const doses = [...given, ...others]
    .filter((dose): dose is DoseView => dose !== null)
    .sort((a, b) => b.on - a.on || b.entry.entryId - a.entry.entryId);
  return { bornOn: known.bornOn, asOf: known.asOf, stages, doses };
}

function givenView(
  dose: JudgedWithEntry,
  all: readonly JudgedWithEntry[],
  stages: readonly StageForecast[],
  wording: Wording,
): DoseView | null {
  const { entry } = dose;
  if (entry.fact === null) return null;
  const stage = stages.find((one) => one.programme === dose.programme && one.stage === dose.stage) ?? null;
  const findings = dose.findings.map((finding) => wording.explain(finding));
  const on = entry.fact.vaccinatedOn;
  const wrong = findings.filter((finding) => finding.severity !== 'note').map((finding) => finding.message);
  const notes = findings.filter((finding) => finding.severity === 'note').map((finding) => finding.message);
  const right = dose.verdict === 'valid' ? deriveReasons(on, stage, doseBefore(dose, on, all)) : [];
  return {
    ...frameOf(entry, on, wording),
    programme: dose.programme,
    stage: dose.stage,
    names: dose.programme === null || dose.stage === null ? null : wording.stageNames(dose.programme, dose.stage),
    doseNumber: dose.doseNumber,
    verdict: dose.verdict,
    counts: dose.counts,
    findings,
    reasons: [...wrong, ...right.map((reason) => reason.sentence), ...notes],
    reasonsInShort: right.map((reason) => reason.short),
  };
}

function otherView(entry: LedgerEntry, wording: Wording): DoseView | null {
  if (entry.fact === null) return null;
  const { programme, stage, vaccinatedOn, outcome } = entry.fact;
  return {
    ...frameOf(entry, vaccinatedOn, wording),
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
): Pick<DoseView, 'entry' | 'on' | 'productName' | 'institutionName'> {
  const items = entry.fact?.items ?? {};
  const product = entry.fact?.product ?? null;
  const code = items.institutionCode ?? null;
  return {
    entry,
    on,
    productName: product === null ? (items.productName ?? items.vaccineName ?? null) : wording.productName(product),
    institutionName: code === null ? (items.institutionOther ?? null) : (wording.institutionName(code) ?? code),
  };
}

/** The last dose of the same programme that counts and lies before. */
function doseBefore(dose: JudgedWithEntry, on: Day, all: readonly JudgedWithEntry[]): DoseBefore | null {
  const before = all
    .filter((other) => other.programme === dose.programme && other.counts)
    .map((other) => ({
      on: other.entry.fact?.vaccinatedOn ?? null,
      doseNumber: other.stage === dose.stage ? other.doseNumber : null,
    }))
    .filter((other): other is DoseBefore => other.on !== null && other.on < on)
    .sort((a, b) => b.on - a.on);
  return before[0] ?? null;
}
