import { Buffer } from 'node:buffer';
import { type Day, type Finding, formatIsoDay } from '#kernel';
import type { JudgedDose, Judgement, StageForecast, TraceStep } from './types.ts';

/** Stages that are not for a person are one shared answer each, and rows of the law are the same for everybody. */
const sharedStages = new WeakMap<StageForecast, Buffer>();
const sharedSteps = new WeakMap<TraceStep, Buffer>();

/**
 * Lines of output of `sesshu schedule` as UTF-8, the same bytes as `JSON.stringify(formatScheduleAnswer(…))` with a line
 * feed after each. What reads alike for everybody is encoded once and copied, so that a line costs a fifth.
 */
export class ScheduleAnswerBytes {
  private bytes = Buffer.allocUnsafe(65_536);
  private length = 0;
  private readonly explain: (finding: Finding) => string;

  /** `explain` gives the sentence of a finding. */
  constructor(explain: (finding: Finding) => string) {
    this.explain = explain;
  }

  /** How many bytes wait to be taken. */
  get size(): number {
    return this.length;
  }

  /** Adds the line of one person. */
  append(id: string | number, { doses, programmes }: Judgement): void {
    this.text(`{"id":${JSON.stringify(id)},"doses":[`);
    doses.forEach((dose, i) => this.text((i === 0 ? '' : ',') + doseText(dose, this.explain)));
    this.ascii('],"programmes":[');
    programmes.forEach((stage, i) => {
      if (i > 0) this.ascii(',');
      this.stage(stage);
    });
    this.ascii(']}\n');
  }

  /** Adds a line that was formed elsewhere (an error in the place of an answer). */
  appendLine(line: string): void {
    this.text(`${line}\n`);
  }

  /** Hands the bytes over and begins anew. */
  take(): Uint8Array {
    const taken = this.bytes.subarray(0, this.length);
    this.bytes = Buffer.allocUnsafe(this.bytes.length);
    this.length = 0;
    return taken;
  }

  private stage(stage: StageForecast): void {
    const shared = sharedStages.get(stage);
    if (shared !== undefined) {
      this.copy(shared);
      return;
    }
    const from = this.length;
    this.ascii(stageHead(stage));
    stage.trace.forEach((step, i) => {
      if (i > 0) this.ascii(',');
      this.copy(stepBytes(step));
    });
    this.ascii(']}');
    // Bytes are kept only of answers that are themselves shared between people.
    if (Object.isFrozen(stage)) sharedStages.set(stage, Buffer.from(this.bytes.subarray(from, this.length)));
  }

  private ascii(text: string): void {
    this.reserve(text.length);
    this.length += this.bytes.write(text, this.length, 'latin1');
  }

  private text(text: string): void {
    this.reserve(text.length * 3);
    this.length += this.bytes.write(text, this.length, 'utf8');
  }

  private copy(bytes: Buffer): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  private reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + more));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }
}

function doseText(dose: JudgedDose, explain: (finding: Finding) => string): string {
  const { index, programme, stage, doseNumber, verdict, counts, findings, alsoCounts } = dose;
  const found = findings.map((each) => {
    const sentence = `"message":${JSON.stringify(explain(each))},"basis":${JSON.stringify(each.basis)}`;
    return `{"code":"${each.code}","severity":"${each.severity}",${sentence}}`;
  });
  const place = `"programme":${nameText(programme)},"stage":${nameText(stage)},"doseNumber":${doseNumber}`;
  const also = alsoCounts === undefined ? '' : `,"alsoCounts":${JSON.stringify(alsoCounts)}`;
  return `{"index":${index},${place},"verdict":"${verdict}","counts":${counts},"findings":[${found.join(',')}]${also}}`;
}

/** All of a stage before its trace: names and days, nothing beyond ASCII. */
function stageHead(stage: StageForecast): string {
  const { eligibleFrom, eligibleTo, standardFrom, standardTo, status, dosesNeeded, next } = stage;
  const name = `"programme":${nameText(stage.programme)},"stage":${nameText(stage.stage)}`;
  const eligible = `"eligibleFrom":${dayText(eligibleFrom)},"eligibleTo":${dayText(eligibleTo)}`;
  const standard = `"standardFrom":${dayText(standardFrom)},"standardTo":${dayText(standardTo)}`;
  const state = `"status":"${status}","dosesNeeded":${dosesNeeded}`;
  return `{${name},${eligible},${standard},${state},"next":${nextText(next)},"trace":[`;
}

function nextText(next: StageForecast['next']): string {
  if (next === null) return 'null';
  const { doseNumber, earliestOn, recommendedFrom, recommendedTo, latestOn } = next;
  const recommended = `"recommendedFrom":${dayText(recommendedFrom)},"recommendedTo":${dayText(recommendedTo)}`;
  return `{"doseNumber":${doseNumber},"earliestOn":${dayText(earliestOn)},${recommended},"latestOn":${dayText(latestOn)}}`;
}

function stepBytes(step: TraceStep): Buffer {
  const known = sharedSteps.get(step);
  if (known !== undefined) return known;
  const bytes = Buffer.from(JSON.stringify({ rule: step.rule, basis: step.basis }));
  sharedSteps.set(step, bytes);
  return bytes;
}

/** Ids of the rules are ASCII: the reading of the tables sees to it. */
function nameText(name: string | null): string {
  return name === null ? 'null' : `"${name}"`;
}

function dayText(day: Day | null): string {
  return day === null ? 'null' : `"${formatIsoDay(day)}"`;
}
