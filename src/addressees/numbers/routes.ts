import {
  getPerson,
  identityBanner,
  listRecordsOf,
  personCrumbs,
  personPath,
  personSearchPath,
  readPersonId,
} from '#addressees/persons';
import {
  type Answer,
  addStaffRoute,
  answerWith,
  explainErrors,
  mayDo,
  type StaffApp,
  type StaffContext,
} from '#common-base/access';
import type { PersonId } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { KeyTrouble, type KeyWrapper } from '#platform/keys';
import { type FormError, type Html, html } from '#platform/pages';
import { withMunicipality } from '#platform/postgres';
import { confirmIndividualNumber } from './confirm-individual-number.ts';
import { registerEntryRoutes } from './entry-routes.ts';
import { findIntegratedNumber, listNumberVersions } from './integrated-numbers.ts';
import { listRelaysOf } from './intermediate/trace-relays.ts';
import { loadNumberSettings } from './number-settings.ts';
import { individualNumberPage, revealedNumberPage, vaultShutPage } from './pages/number-pages.ts';
import { readTypedNumber } from './read-typed-number.ts';
import { registerRegisterRoutes } from './register-routes.ts';
import { registerRelayRoutes } from './relay-routes.ts';
import { getNumberState, revealIndividualNumber } from './reveal-individual-number.ts';
import type { ConfirmAnswer } from './types.ts';

const url = `${personSearchPath}/:personId/individual-number`;

/**
 * The one guarded page of individual numbers: 本人確認 (yes or no) and, with its own permission and a purpose, the number.
 * Numbers travel in the body of a form or an answer, never in an address, and are never put back into a field.
 */
export function registerNumberRoutes(app: StaffApp, keyWrapper: KeyWrapper, now: () => Date): void {
  const confirm = { permission: 'numbers.confirm', needsReason: true } as const;
  addStaffRoute(app, {
    method: 'GET',
    url,
    ...confirm,
    handler: (context: StaffContext) => show(context, readPerson(context)),
  });
  addStaffRoute(app, {
    method: 'POST',
    url: `${url}/confirm`,
    ...confirm,
    handler: (context: StaffContext) => guard(context, () => answerConfirm(context, keyWrapper)),
  });
  addStaffRoute(app, {
    method: 'POST',
    url: `${url}/reveal`,
    permission: 'numbers.view',
    needsReason: true,
    needsFreshSignIn: true,
    handler: (context) => guard(context, () => answerReveal(context, keyWrapper)),
  });
  registerRegisterRoutes(app, now);
  registerEntryRoutes(app, keyWrapper, now, guard);
  registerRelayRoutes(app, async (context, findings) =>
    show(context, readPerson(context), { errors: await explainErrors(findings) }),
  );
}

async function answerConfirm(context: StaffContext, keyWrapper: KeyWrapper): Promise<Answer> {
  const personId = readPerson(context);
  const typed = context.body.text('individualNumber');
  const decision = await confirmIndividualNumber({ ...context, keyWrapper }, personId, readTypedNumber(typed));
  if (decision.answer !== 'refused') return show(context, personId, { answer: decision.value });
  return answerWith(422, await show(context, personId, { errors: await explainErrors(decision.findings) }));
}

async function answerReveal(context: StaffContext, keyWrapper: KeyWrapper): Promise<Answer> {
  const personId = readPerson(context);
  const purpose = context.body.text('purpose');
  const purposes = await purposesOf(context);
  const words = Object.hasOwn(purposes, purpose) ? purposes[purpose] : undefined;
  if (words === undefined) {
    const errors = [{ field: 'purpose', message: '利用目的を選んでください。' }];
    return answerWith(422, await show(context, personId, { errors }));
  }
  const revealed = await revealIndividualNumber({ ...context, keyWrapper }, personId, purpose);
  const reason = context.actor.reason ?? '';
  return frame(context, personId, revealedNumberPage({ personId, revealed, purpose: words, reason }));
}

async function show(
  context: StaffContext,
  personId: PersonId,
  outcome: { readonly answer?: ConfirmAnswer; readonly errors?: readonly FormError[] } = {},
): Promise<Html> {
  const state = await getNumberState(context, personId);
  const versions = await listNumberVersions(context, personId);
  const records = await withMunicipality(context.db, context.lgCode, (tx) => listRecordsOf(tx, personId));
  const integratedNumber = (await findIntegratedNumber(context, records)) ?? null;
  const purposes = await purposesOf(context);
  const { answer = null, errors = [] } = outcome;
  const mayReveal = mayDo(context.actor, 'numbers.view');
  const mayTrace = mayDo(context.actor, 'numbers.requestLinkCode');
  const mayEnter = mayDo(context.actor, 'numbers.enter') || mayDo(context.actor, 'numbers.approveEntry');
  const relays = mayTrace ? await listRelaysOf(context, personId) : null;
  const { csrfToken } = context;
  return frame(
    context,
    personId,
    individualNumberPage({
      personId,
      state,
      versions,
      integratedNumber,
      purposes,
      answer,
      errors,
      mayReveal,
      mayEnter,
      relays,
      csrfToken,
    }),
  );
}

/** The page around, which always shows whose number it is about. */
async function frame(context: StaffContext, personId: PersonId, body: Html): Promise<Html> {
  const asOf = todayInTokyo(context.clock);
  const person = await withMunicipality(context.db, context.lgCode, (tx) =>
    getPerson(tx, context.actor, personId, asOf),
  );
  const name = person.name === '' ? person.kana : person.name;
  const crumbs = [...personCrumbs, { label: name, href: personPath(personId) }];
  return context.page({
    title: '個人番号',
    body: html`${identityBanner(person, asOf)}${body}`,
    crumbs,
    current: personSearchPath,
  });
}

/** A vault that does not open is told to staff without anything of the key; the operator reads the rest in the log. */
async function guard(context: StaffContext, work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof KeyTrouble)) throw error;
    context.log?.error({ kind: error.kind, trouble: error.message }, 'the vault of individual numbers did not open');
    return answerWith(503, await frame(context, readPerson(context), vaultShutPage(error.kind === 'tampered')));
  }
}

function readPerson(context: StaffContext): PersonId {
  return readPersonId(context.params['personId']);
}

/** 利用目的 of this municipality (`numbers.json`), by their codes. */
async function purposesOf({ db, lgCode }: StaffContext): Promise<Readonly<Record<string, string>>> {
  return (await withMunicipality(db, lgCode, loadNumberSettings)).purposes;
}
