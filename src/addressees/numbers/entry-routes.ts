import {
  identityBanner,
  listPersonSummaries,
  personCrumbs,
  personPath,
  personSearchPath,
  readPersonId,
} from '#addressees/persons';
import {
  type Answer,
  type ApprovalKind,
  addApprovalKind,
  addStaffRoute,
  answerWith,
  explainErrors,
  mayDo,
  redirectTo,
  type StaffApp,
  type StaffContext,
} from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type Finding, NotFound, type PersonId } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import type { KeyWrapper } from '#platform/keys';
import { type Html, html } from '#platform/pages';
import { withMunicipality } from '#platform/postgres';
import { checkDraft, draftNumber, numberEntryKind, type TypedNumber } from './entry/draft-number.ts';
import { listEntriesOf } from './entry/entry-store.ts';
import { type EntryPageView, numberEntryPage } from './pages/entry-page.ts';
import { numberEntryPath } from './pages/paths.ts';
import { readTypedNumber } from './read-typed-number.ts';
import { findNumberState } from './store.ts';

/** Around the work, what is said when the vault stays shut. */
type Guard = (context: StaffContext, work: () => Promise<Answer>) => Promise<Answer>;

/** 個人番号の手入力 and 訂正: typed by one, typed again and approved by another; a number is never put back into a field. */
export function registerEntryRoutes(app: StaffApp, keyWrapper: KeyWrapper, now: () => Date, guard: Guard): void {
  const kind = numberEntryKind(now);
  addApprovalKind(app, kind);
  const url = `${personSearchPath}/:personId/individual-number/entry`;
  const see = { permission: 'numbers.confirm', needsReason: true } as const;
  addStaffRoute(app, { method: 'GET', url, ...see, handler: (context: StaffContext) => show(context, {}) });
  addStaffRoute(app, {
    method: 'POST',
    url,
    permission: 'numbers.enter',
    needsReason: true,
    handler: (context: StaffContext) => guard(context, () => draft(context, keyWrapper, kind)),
  });
  addStaffRoute(app, {
    method: 'POST',
    url: `${url}/check`,
    permission: 'numbers.approveEntry',
    needsReason: true,
    handler: (context: StaffContext) => guard(context, () => check(context, keyWrapper)),
  });
}

async function draft(context: StaffContext, keyWrapper: KeyWrapper, kind: ApprovalKind): Promise<Answer> {
  const personId = readPersonId(context.params['personId']);
  const { body } = context;
  await getPersonName(context, personId);
  const typed: TypedNumber = {
    individualNumber: readTypedNumber(body.text('individualNumberEntry')),
    branchNumber: body.text('branchNumber').normalize('NFKC'),
    kind: body.text('kind'),
    grounds: body.text('grounds').slice(0, 200),
  };
  const decision = await draftNumber({ ...context, keyWrapper }, kind, personId, typed);
  if (decision.answer !== 'refused') return redirectTo(numberEntryPath(personId));
  const { branchNumber, grounds } = typed;
  const again = { branchNumber, kind: typed.kind, grounds };
  return answerWith(422, await show(context, { faults: decision.findings, typed: again }));
}

async function check(context: StaffContext, keyWrapper: KeyWrapper): Promise<Answer> {
  const given = context.body.text('entryId');
  const entryId = /^\d{1,15}$/u.test(given) ? Number(given) : 0;
  const typed = readTypedNumber(context.body.text('individualNumberAgain'));
  const decision = await checkDraft({ ...context, keyWrapper }, entryId, typed);
  if (decision.answer === 'refused') return answerWith(422, await show(context, { faults: decision.findings }));
  return show(context, { hasMatched: true });
}

interface Shown {
  readonly faults?: readonly Finding[];
  readonly typed?: EntryPageView['typed'];
  readonly hasMatched?: boolean;
}

async function show(context: StaffContext, shown: Shown): Promise<Html> {
  const { db, lgCode, actor } = context;
  const personId = readPersonId(context.params['personId']);
  const { name, banner } = await getPersonName(context, personId);
  const entries = await withMunicipality(db, lgCode, async (tx) => {
    await recordAct(tx, actor, { act: 'numbers.entriesViewed', personIds: [personId] });
    return listEntriesOf(tx, personId);
  });
  const { isOnRecord } = await withMunicipality(db, lgCode, (tx) => findNumberState(tx, personId), { role: 'vault' });
  const open = entries.find(({ state }) => state === 'drafted');
  const mayCheck = mayDo(actor, 'numbers.approveEntry') && open !== undefined && open.draftedBy !== actor.staffId;
  const body = numberEntryPage({
    personId,
    entries,
    isOnRecord,
    mayEnter: mayDo(actor, 'numbers.enter'),
    toCheck: mayCheck && shown.hasMatched !== true ? open : null,
    typed: shown.typed ?? { branchNumber: '', kind: '', grounds: '' },
    hasMatched: shown.hasMatched ?? false,
    errors: await explainErrors(shown.faults ?? []),
    csrfToken: context.csrfToken,
  });
  return context.page({
    title: '個人番号の手入力',
    body: html`${banner}${body}`,
    crumbs: [...personCrumbs, { label: name, href: personPath(personId) }],
    current: personSearchPath,
  });
}

async function getPersonName(context: StaffContext, personId: PersonId): Promise<{ name: string; banner: Html }> {
  const today = todayInTokyo(context.clock);
  const [person] = await withMunicipality(context.db, context.lgCode, (tx) =>
    listPersonSummaries(tx, [personId], today),
  );
  if (person === undefined) throw new NotFound('この人の記録はありません。');
  return { name: person.name === '' ? person.kana : person.name, banner: identityBanner(person, today) };
}
