import type { Ticket } from '#clinic/tickets';
import { foldLotNumber } from '#formats';
import { type Day, type Finding, finding, formatIsoDay } from '#kernel';
import {
  findProductName,
  type GivenDose,
  type JudgedDose,
  judgeSomeDoses,
  nameOfProgramme,
  nameOfStage,
} from '#schedule';
import type { InjectionCase, InjectionCheck } from './types.ts';

/**
 * Everything that speaks against the injection, or for a second look, all at once. What the rules would call a broken
 * rule afterwards is a refusal now.
 */
export function decideInjection(input: InjectionCase): InjectionCheck {
  const judged = input.rules.products.has(input.plan.product) ? judgeAsGiven(input) : null;
  const findings = [
    ...decideTicket(input),
    ...decideHealth(input),
    ...decidePackage(input),
    ...(judged === null ? [finding('productUnknown', 'refuse', 'product')] : decideDose(input, judged)),
  ];
  return { findings, judged };
}

/** Whether the institution may give this programme's doses for the municipality on the day, and the form can still be used. */
export function decideTicket({
  institution,
  ticket,
  on,
  rules,
}: Pick<InjectionCase, 'institution' | 'ticket' | 'on' | 'rules'>): Finding[] {
  const findings: Finding[] = [];
  const { programme } = ticket;
  const ofToday = (institution?.contracts ?? []).filter(
    ({ from, to }) => (from === null || from <= on) && (to === null || on <= to),
  );
  if (ofToday.length === 0) findings.push(finding('clinicNotContracted', 'refuse', null));
  else if (!ofToday.some(({ programmes }) => programmes === null || programmes.includes(programme))) {
    findings.push(finding('clinicNotForProgramme', 'refuse', null, { name: nameOfProgramme(rules, programme) }));
  }
  if (ticket.validUntil !== null && ticket.validUntil < on) {
    findings.push(finding('ticketExpired', 'refuse', null, { until: formatIsoDay(ticket.validUntil) }));
  }
  return findings;
}

/** 明らかな発熱: 37.5 degrees and more. @law 予防接種法施行規則第2条 */
const feverDegrees = 37.5;

function decideHealth({ plan }: InjectionCase): Finding[] {
  const { bodyTemperature } = plan;
  if (bodyTemperature === null || bodyTemperature < feverDegrees) return [];
  const params = { temperature: bodyTemperature.toFixed(1) };
  return [finding('feverBefore', 'refuse', 'bodyTemperature', params, '予防接種法施行規則第2条')];
}

function decidePackage({ plan, masters, on, rules }: InjectionCase): Finding[] {
  const findings: Finding[] = [];
  const { product, gtin, expiresOn } = plan;
  if (gtin !== null) {
    const known = masters.packages.get(gtin);
    if (known === undefined) findings.push(finding('packageUnknown', 'question', 'product'));
    else if (known.product !== product) {
      const name = findProductName(rules, known.product) ?? known.product;
      findings.push(finding('packageOfOtherProduct', 'refuse', 'product', { name }));
    }
  }
  if (plan.lotNumber === null) findings.push(finding('lotNotRead', 'refuse', 'lotNumber'));
  const lot = foldLotNumber(plan.lotNumber ?? '');
  findings.push(...decideExpiry(expiresOn, masters.lots.get(product)?.get(lot) ?? null, on));
  const recall = findRecall(masters, { product, lotNumber: plan.lotNumber }, on);
  if (recall !== undefined) findings.push(finding('lotRecalled', 'refuse', 'lotNumber', { reason: recall.reason }));
  return findings;
}

/** The last day of use: as read from the package, and as the office knows the lot. */
function decideExpiry(read: Day | null, known: Day | null, on: Day): Finding[] {
  const last = read === null || known === null ? (read ?? known) : Math.min(read, known);
  if (last === null) return [finding('expiryNotRead', 'question', 'expiresOn')];
  if (last < on) return [finding('packageExpired', 'refuse', 'expiresOn', { on: formatIsoDay(last as Day) })];
  if (read === null || known === null || read === known) return [];
  return [finding('expiryDiffers', 'question', 'expiresOn', { known: formatIsoDay(known) })];
}

/** The recall of a lot that holds on a day. */
export function findRecall(
  { recalls }: Pick<InjectionCase['masters'], 'recalls'>,
  { product, lotNumber }: { readonly product: string; readonly lotNumber: string | null },
  on: Day,
): InjectionCase['masters']['recalls'][number] | undefined {
  const lot = foldLotNumber(lotNumber ?? '');
  return recalls.find(
    (each) => each.product === product && foldLotNumber(each.lotNumber) === lot && each.recalledOn <= on,
  );
}

/** The rules' word on the dose as if it had been given. */
function judgeAsGiven({ rules, on, patient, plan, recordedHere }: InjectionCase): JudgedDose | null {
  const planned: GivenDose = { product: plan.product, on, kind: 'routine' };
  const history = [...patient.doses, ...recordedHere].filter((dose) => rules.products.has(dose.product));
  const { bornOn, sex, facts } = patient;
  const person = { bornOn, sex, facts, asOf: on, doses: [...history, planned] };
  return judgeSomeDoses(rules, person, new Set([history.length])).get(history.length) ?? null;
}

function decideDose({ ticket, rules, plan }: InjectionCase, judged: JudgedDose): Finding[] {
  const findings = judged.findings.map(beforeTheInjection);
  const target = targetOf(judged, ticket);
  if (target === undefined) {
    const params = { name: findProductName(rules, plan.product) ?? '', form: nameOfProgramme(rules, ticket.programme) };
    findings.unshift(finding('vaccineOfOtherForm', 'refuse', 'product', params));
  } else if (judged.verdict === 'valid' && isOtherDose(target, ticket)) {
    const params = {
      form: doseWords(nameOfStage(rules, ticket.programme, ticket.stage), ticket.doseNumber),
      judged: doseWords(nameOfStage(rules, ticket.programme, target.stage ?? ''), target.doseNumber),
    };
    findings.push(finding('otherDoseThanForm', 'question', null, params));
  }
  const isRefused = findings.some((each) => each.severity === 'refuse');
  if (judged.verdict !== 'valid' && !isRefused) findings.push(finding('doseNotRoutineNow', 'refuse', null));
  return findings;
}

function beforeTheInjection(found: Finding): Finding {
  return found.severity === 'question' ? { ...found, severity: 'refuse' } : found;
}

type Target = Pick<JudgedDose, 'stage' | 'doseNumber'>;

/** The dose of the form's programme that the planned one would be; undefined where it would be none of it. */
function targetOf(judged: JudgedDose, ticket: Ticket): Target | undefined {
  if (judged.programme === ticket.programme) return judged;
  return judged.alsoCounts?.find((each) => each.programme === ticket.programme);
}

function isOtherDose(target: Target, ticket: Ticket): boolean {
  if (target.stage !== ticket.stage) return true;
  return ticket.doseNumber !== null && target.doseNumber !== null && target.doseNumber !== ticket.doseNumber;
}

function doseWords(stage: string, doseNumber: number | null): string {
  return doseNumber === null ? stage : `${stage}${doseNumber}回目`;
}
