import {
  type Answer,
  addStaffRoute,
  answerWith,
  redirectTo,
  type StaffApp,
  type StaffContext,
} from '#common-base/access';
import { findTypedDay } from '#kernel';
import { type FormError, type Html, html, notice, pageHead } from '#platform/pages';
import { withMunicipality } from '#platform/postgres';
import { type ClinicContext, openTicket } from './open-ticket.ts';
import { openPath, receptionPath, ticketPath } from './pages/paths.ts';
import { type ReceptionView, receptionPage } from './pages/reception-page.ts';
import { findInstitution } from './store.ts';

/** What the application lends to these pages. */
export interface ReceptionTools {
  /** What somebody at a clinic should know before the next form. */
  readonly newsOf: (context: StaffContext) => Promise<Html | null>;
}

/** The page of the number, and the way from a number to a form in hand. */
export function registerTicketRoutes(app: StaffApp, tools: ReceptionTools): void {
  addStaffRoute(app, {
    method: 'GET',
    url: receptionPath,
    permission: 'signedIn',
    handler: (context) => showReception(context, tools),
  });
  addStaffRoute(app, { method: 'POST', url: openPath, permission: 'tickets.open', handler: takeNumber });
}

/** The context of somebody at a clinic: the account's 所属 is the code of the institution. */
export function clinicContextOf(context: StaffContext): ClinicContext {
  const { actor, db, clock, log } = context;
  return { actor, db, clock, log, institutionCode: context.department };
}

async function showReception(context: StaffContext, { newsOf }: ReceptionTools): Promise<Answer> {
  if (context.actor.permissions.has('tickets.open')) {
    const [page, notices] = [await reception(context, noAttempt), await newsOf(context)];
    return context.page({ ...page, notices });
  }
  const body = html`${pageHead('医療機関ウェブの管理')}
    ${notice('info', 'この画面では接種の記録は見られません', '職員の登録と監査ログは、左のメニューから開きます。')}`;
  return context.page({ title: '医療機関ウェブの管理', body });
}

type Attempt = Pick<ReceptionView, 'errors' | 'opening' | 'birthDate'>;
const noAttempt: Attempt = { errors: [], opening: null, birthDate: '' };

async function reception(context: StaffContext, attempt: Attempt) {
  const institution = await withMunicipality(context.db, context.lgCode, (tx) =>
    findInstitution(tx, context.department),
  );
  const institutionName = institution?.name ?? '所属の医療機関が契約の一覧にありません';
  const body = receptionPage({ ...attempt, csrfToken: context.csrfToken, institutionName });
  return { title: '予診票を読み取る', body, width: 'narrow' } as const;
}

async function takeNumber(context: StaffContext): Promise<Answer> {
  const scanned = context.body.text('formNumber');
  const birthDate = context.body.text('birthDate');
  const bornOn = findTypedDay(birthDate);
  const errors: FormError[] = [];
  if (scanned === '') errors.push({ field: 'formNumber', message: '予診票の番号を入力してください。' });
  if (bornOn === undefined) {
    errors.push({ field: 'birthDate', message: '生年月日を 20260510 や R8.5.10 の形で入力してください。' });
  }
  if (errors.length > 0) return refuse(context, 422, { errors, opening: null, birthDate });
  const opening = await openTicket(clinicContextOf(context), { scanned, bornOn });
  if (opening.kind === 'opened') return redirectTo(ticketPath(opening.openingId));
  return refuse(context, opening.kind === 'stopped' ? 429 : 422, { errors, opening, birthDate: '' });
}

async function refuse(context: StaffContext, status: number, attempt: Attempt): Promise<Answer> {
  return answerWith(status, context.page(await reception(context, attempt)));
}
