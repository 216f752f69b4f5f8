import { personSearchPath, readPersonId } from '#addressees/persons';
import {
  type Answer,
  addStaffRoute,
  answerWith,
  redirectTo,
  type StaffApp,
  type StaffContext,
} from '#common-base/access';
import type { Finding } from '#kernel';
import type { Html } from '#platform/pages';
import { requestLinkCode } from './intermediate/request-link-code.ts';
import { traceRelays } from './intermediate/trace-relays.ts';
import { individualNumberPath, relaysPath } from './pages/paths.ts';
import { relaysPage } from './pages/relay-pages.ts';

/** Asking for a code (符号取得, AD-12) and following what was carried (追跡調査, AD-13). */
export function registerRelayRoutes(
  app: StaffApp,
  showNumberPage: (context: StaffContext, findings: readonly Finding[]) => Promise<Html>,
): void {
  const rule = { permission: 'numbers.requestLinkCode', needsReason: true } as const;
  addStaffRoute(app, {
    method: 'GET',
    url: relaysPath,
    ...rule,
    handler: (context: StaffContext) => showRelays(context, ''),
  });
  // By POST: whatever is typed by mistake, a number too, stands in no address.
  addStaffRoute(app, {
    method: 'POST',
    url: relaysPath,
    ...rule,
    handler: (context: StaffContext) => showRelays(context, context.body.text('number')),
  });
  addStaffRoute(app, {
    method: 'POST',
    url: `${personSearchPath}/:personId/individual-number/link-code`,
    ...rule,
    handler: async (context: StaffContext): Promise<Answer> => {
      const personId = readPersonId(context.params['personId']);
      const decision = await requestLinkCode(context, personId);
      if (decision.answer !== 'refused') return redirectTo(individualNumberPath(personId));
      return answerWith(422, await showNumberPage(context, decision.findings));
    },
  });
}

async function showRelays(context: StaffContext, typed: string): Promise<Answer> {
  const given = typed.normalize('NFKC').replaceAll(/\s/gu, '').toUpperCase();
  const isSound = given === '' || /^[A-Z][A-Z0-9]{7,39}$/u.test(given);
  const errors = isSound
    ? []
    : [
        {
          field: 'number',
          message: '処理通番の形ではありません。英字で始まる8字以上40字までを、写しまちがえずに入れてください。',
        },
      ];
  const overview = await traceRelays(context, isSound && given !== '' ? given : null);
  // What is no 処理通番 may be anything, a number too: it is not shown again.
  const body = relaysPage({ ...overview, asked: isSound ? given : '', errors, csrfToken: context.csrfToken });
  const page = context.page({ title: '中間サーバーとのやりとり', body, current: relaysPath });
  return errors.length === 0 ? page : answerWith(422, page);
}
