import { randomUUID } from 'node:crypto';
import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { readFormNumber } from '#formats';
import { type Day, NotFound } from '#kernel';
import { wordOfReference } from '#messages';
import { type Tx, withMunicipality } from '#platform/postgres';
import { countFailure, findStop, forgetOldGuards, type GuardSubject } from './guard-store.ts';
import { listNumbersOf } from './patient-numbers.ts';
import {
  type AskedOpening,
  findInstitution,
  findOpenTickets,
  findTicket,
  forgetOldOpenings,
  insertOpening,
  type KnownTicket,
} from './store.ts';
import type { ClinicInstitution, OpenTicket, TicketState } from './types.ts';

/** Somebody of an institution at work. */
export interface ClinicContext extends ActionContext {
  readonly institutionCode: string;
}

/** What came of an attempt to open a form. */
export type Opening =
  | { readonly kind: 'opened'; readonly openingId: string }
  /** No form with this number and this birth date: one answer for both. */
  | { readonly kind: 'notFound' }
  /** The form is known and can no longer be used. */
  | { readonly kind: 'unusable'; readonly state: Exclude<TicketState, 'usable'> }
  /** Too many wrong guesses. */
  | { readonly kind: 'stopped'; readonly until: Date };

const openMinutes = 30;

/**
 * Opens a form by its number and the birth date of the person in front: for half an hour, for this institution. Every
 * attempt stands in the log; wrong ones are counted against the person, the institution and the form.
 */
export async function openTicket(
  context: ClinicContext,
  request: { readonly scanned: string; readonly bornOn: Day | undefined },
): Promise<Opening> {
  requirePermission(context.actor, 'tickets.open');
  const { actor, db, clock } = context;
  const at = clock.now();
  return withMunicipality(db, actor.lgCode, async (tx) => {
    const formNumber = readFormNumber(request.scanned);
    const subjects = subjectsOf(context, formNumber);
    const until = await findStop(tx, subjects, at);
    if (until !== undefined) {
      await recordAct(tx, actor, { act: 'tickets.openingStopped', outcome: 'refused' });
      return { kind: 'stopped', until };
    }
    const known = formNumber === undefined ? undefined : await findTicket(tx, formNumber, 'look');
    if (known !== undefined && known.state !== 'usable') {
      await recordAct(tx, actor, {
        act: 'tickets.openingRefused',
        outcome: 'refused',
        details: { state: known.state },
      });
      return { kind: 'unusable', state: known.state };
    }
    if (known === undefined || known.patient === null || known.patient.bornOn !== request.bornOn) {
      await countFailure(tx, subjects, at);
      await recordAct(tx, actor, { act: 'tickets.openingFailed', outcome: 'refused' });
      return { kind: 'notFound' };
    }
    const { ticket, patient } = known;
    return { kind: 'opened', openingId: await noteOpening(tx, context, { ticket, patient }, at) };
  });
}

/** A form that this institution has open; throws NotFound for every other, and when its half hour is over. */
export async function getOpenTicket(tx: Tx, context: ClinicContext, openingId: string): Promise<OpenTicket> {
  const { institutionCode, clock } = context;
  const [known] =
    openingId === '' ? [] : await findOpenTickets(tx, [{ openingId, institutionCode }], clock.now(), 'look');
  const opened = openTicketOf(known);
  if (opened === undefined) throw closedTicket();
  return opened;
}

/** Forms that institutions have open, in the order asked for, their people locked until the transaction ends. */
export async function holdOpenTickets(
  tx: Tx,
  asked: readonly AskedOpening[],
  at: Date,
): Promise<(OpenTicket | undefined)[]> {
  return (await findOpenTickets(tx, asked, at, 'hold')).map(openTicketOf);
}

function openTicketOf(known: KnownTicket | undefined): OpenTicket | undefined {
  if (known === undefined || known.patient === null) return undefined;
  return { ticket: known.ticket, patient: known.patient, uses: known.uses };
}

/** What somebody is told whose form is not open, or not any more. */
export function closedTicket(): NotFound {
  return new NotFound('この予診票は開いていません（30分で閉じます）。番号と生年月日を入力し直してください。');
}

/** The form and institution of a record that is corrected, with the person locked; undefined once the form is closed. */
export async function getOpenTicketOfRecord(
  tx: Tx,
  formNumber: string,
  institutionCode: string,
): Promise<{ opened: OpenTicket; institution: ClinicInstitution | undefined } | undefined> {
  const opened = openTicketOf(await findTicket(tx, formNumber, 'hold'));
  if (opened === undefined) return undefined;
  return { opened, institution: await findInstitution(tx, institutionCode) };
}

async function noteOpening(
  tx: Tx,
  context: ClinicContext,
  { ticket, patient }: Pick<OpenTicket, 'ticket' | 'patient'>,
  at: Date,
): Promise<string> {
  const { actor, institutionCode } = context;
  const { staffId } = actor;
  if (staffId === null) throw new TypeError('only a person opens a form');
  const openingId = randomUUID();
  const expiresAt = new Date(at.getTime() + openMinutes * 60_000);
  const { formNumber } = ticket;
  await insertOpening(tx, { openingId, formNumber, institutionCode, staffId, openedAt: at, expiresAt });
  const details = {
    opening: wordOfReference(openingId),
    patient: wordOfReference(patient.patientRef),
    institution: institutionCode,
  };
  const personIds = await listNumbersOf(tx, [patient.patientRef]);
  await recordAct(tx, actor, { act: 'tickets.opened', personIds, items: openedItems, details });
  return openingId;
}

const openedItems = ['氏名', '生年月日', '性別', '接種歴'];

function subjectsOf({ actor, institutionCode }: ClinicContext, formNumber: string | undefined): GuardSubject[] {
  return [
    { kind: 'institution', key: institutionCode },
    { kind: 'staff', key: String(actor.staffId) },
    ...(formNumber === undefined ? [] : [{ kind: 'form' as const, key: formNumber }]),
  ];
}

/** Forgets what nobody may look at any more: openings that are over, old counts. */
export async function forgetOldTraces(tx: Tx, at: Date): Promise<void> {
  await forgetOldOpenings(tx, at);
  await forgetOldGuards(tx, at);
}
