import { type Day, type Finding, formatIsoDay } from '#kernel';
import type { JudgedDose, Judgement, StageForecast } from './types.ts';

/** One line of output of `sesshu schedule`, ready for `JSON.stringify`: days as YYYY-MM-DD, null where nothing applies. */
export type ScheduleAnswer = Readonly<Record<string, unknown>>;

/** Forms the answer for one person; `explain` gives the sentence of a finding. */
export function formatScheduleAnswer(
  id: string | number,
  judgement: Judgement,
  explain: (finding: Finding) => string,
): ScheduleAnswer {
  return {
    id,
    doses: judgement.doses.map((dose) => formatDose(dose, explain)),
    programmes: judgement.programmes.map(formatStage),
  };
}

function formatDose(dose: JudgedDose, explain: (finding: Finding) => string): ScheduleAnswer {
  return {
    index: dose.index,
    programme: dose.programme,
    stage: dose.stage,
    doseNumber: dose.doseNumber,
    verdict: dose.verdict,
    counts: dose.counts,
    findings: dose.findings.map((each) => ({
      code: each.code,
      severity: each.severity,
      message: explain(each),
      basis: each.basis,
    })),
    ...(dose.alsoCounts === undefined ? {} : { alsoCounts: dose.alsoCounts }),
  };
}

function formatStage(stage: StageForecast): ScheduleAnswer {
  const { next } = stage;
  return {
    programme: stage.programme,
    stage: stage.stage,
    eligibleFrom: text(stage.eligibleFrom),
    eligibleTo: text(stage.eligibleTo),
    standardFrom: text(stage.standardFrom),
    standardTo: text(stage.standardTo),
    status: stage.status,
    dosesNeeded: stage.dosesNeeded,
    next:
      next === null
        ? null
        : {
            doseNumber: next.doseNumber,
            earliestOn: text(next.earliestOn),
            recommendedFrom: text(next.recommendedFrom),
            recommendedTo: text(next.recommendedTo),
            latestOn: text(next.latestOn),
          },
    trace: stage.trace,
  };
}

function text(day: Day | null): string | null {
  return day === null ? null : formatIsoDay(day);
}
