import { decideInjection, type InjectionCheck, type InjectionPlan } from '#clinic/check';
import {
  type ClinicContext,
  type ClinicInstitution,
  type ClinicMasters,
  getOpenTicket,
  listNumbersOf,
  type OpenTicket,
} from '#clinic/tickets';
import { requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { answerOf } from '#kernel';
import { wordOfReference } from '#messages';
import { todayInTokyo } from '#platform/clock';
import { type Tx, withMunicipality } from '#platform/postgres';
import type { GivenDose, RuleSet } from '#schedule';

/** What a chair's actions need beside the person who acts; masters are those of the last seconds. */
export interface ChairContext extends ClinicContext {
  readonly rules: RuleSet;
  readonly masters: ClinicMasters;
}

/** A form in hand with everything that is asked of it. */
export interface ChairState {
  readonly opened: OpenTicket;
  readonly institution: ClinicInstitution | undefined;
}

/** Loads a form in hand. */
export async function loadChair(tx: Tx, context: ChairContext, openingId: string): Promise<ChairState> {
  return chairOf(context, await getOpenTicket(tx, context, openingId));
}

/** A form in hand with the institution that holds it. */
export function chairOf(context: ChairContext, opened: OpenTicket): ChairState {
  return { opened, institution: context.masters.institutions.get(context.institutionCode) };
}

/** The check before the injection: all findings at once; what was asked and answered stands in the log. */
export async function checkInjection(
  context: ChairContext,
  openingId: string,
  plan: InjectionPlan,
): Promise<{ readonly state: ChairState; readonly check: InjectionCheck }> {
  requirePermission(context.actor, 'doses.record');
  const { actor, db } = context;
  return withMunicipality(db, actor.lgCode, async (tx) => {
    const state = await loadChair(tx, context, openingId);
    const check = checkChair(context, state, plan);
    const codes = check.findings.map(({ code }) => code).join(' ');
    const details = { opening: wordOfReference(openingId), answer: answerOf(check.findings), codes };
    const personIds = await listNumbersOf(tx, [state.opened.patient.patientRef]);
    await recordAct(tx, actor, { act: 'doses.checked', personIds, items: checkedItems, details });
    return { state, check };
  });
}

const checkedItems = ['氏名', '生年月日', '接種歴'];

/** The check on what was loaded; doses that clinics recorded count beside those the office knows. */
export function checkChair(context: ChairContext, state: ChairState, plan: InjectionPlan): InjectionCheck {
  const { ticket, patient } = state.opened;
  const { rules, masters, clock } = context;
  const { institution } = state;
  const recordedHere = listRecordedHere(state.opened);
  return decideInjection({ rules, on: todayInTokyo(clock), ticket, patient, recordedHere, institution, masters, plan });
}

/** Doses that clinics recorded with other forms of the person, and that the office has not told of yet. */
export function listRecordedHere({ ticket, patient, uses }: OpenTicket): GivenDose[] {
  const told = new Set(patient.doses.map(({ product, on }) => `${product} ${on}`));
  return uses.flatMap(({ product, vaccinatedOn: on, formNumber }): GivenDose[] => {
    const isOther = formNumber !== ticket.formNumber;
    return product !== null && isOther && !told.has(`${product} ${on}`) ? [{ product, on, kind: 'routine' }] : [];
  });
}
