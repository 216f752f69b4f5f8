import { type Answer, addStaffRoute, mayDo, redirectTo, type StaffApp, type StaffContext } from '#common-base/access';
import { NotFound, type PersonId, withoutIndividualNumbers } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import type { FormFields } from '#platform/http';
import { dayHelp } from '#platform/pages';
import { withMunicipality } from '#platform/postgres';
import { countAbsences, listAbsences, settleAbsence } from './absences.ts';
import { revealProtectedAddress } from './get-person.ts';
import { absencesPage } from './pages/absences-page.ts';
import { absencesPath, personPath, personSearchPath } from './pages/paths.ts';
import { personCrumbs } from './pages/person-panels.ts';
import { protectedPlacePage } from './pages/protected-place-page.ts';
import { emptySearchForm, type SearchForm, searchPage } from './pages/search-page.ts';
import { type SearchResults, searchResults } from './pages/search-results.ts';
import { loadPersonsForJudging } from './person-store.ts';
import type { CriterionKind } from './read-query.ts';
import { searchPersons } from './search-persons.ts';

const absencesPerPage = 50;

const criterionWords: Readonly<Record<CriterionKind, string>> = {
  number: '宛名番号',
  kana: 'カナ',
  name: '漢字',
  birthDate: '生年月日',
  address: '住所',
  phone: '電話番号',
};

/** The pages of this room: looking people up, residents absent from a whole file, the place of a protected person. */
export function registerPersonRoutes(app: StaffApp): void {
  const search = { permission: 'persons.search', needsReason: true } as const;
  addStaffRoute(app, { method: 'GET', url: personSearchPath, ...search, handler: showSearch });
  addStaffRoute(app, { method: 'POST', url: personSearchPath, ...search, isSearch: true, handler: answerSearch });
  const absence = { needsReason: true } as const;
  addStaffRoute(app, {
    method: 'GET',
    url: absencesPath,
    permission: 'persons.view',
    ...absence,
    handler: showAbsences,
  });
  addStaffRoute(app, { method: 'POST', url: absencesPath, permission: 'persons.import', ...absence, handler: settle });
  const url = `${personSearchPath}/:personId/address`;
  addStaffRoute(app, { method: 'POST', url, permission: 'persons.viewProtected', needsReason: true, handler: reveal });
}

/** The person that an address names; anything but a number is nobody. */
export function readPersonId(text: string | undefined): PersonId {
  if (text === undefined || !/^\d{1,15}$/u.test(text)) throw new NotFound('この人の記録はありません。');
  return Number(text) as PersonId;
}

function showSearch(context: StaffContext): Answer {
  const body = searchPage({ form: emptySearchForm, results: null, csrfToken: context.csrfToken });
  return context.page({ title: '人をさがす', body, current: personSearchPath, headTool: null });
}

async function answerSearch(context: StaffContext): Promise<Answer> {
  const form = readForm(context.body);
  const results = await search(context, form);
  if (context.fragment !== null) return searchResults(results);
  const body = searchPage({ form: formToShow(form), results, csrfToken: context.csrfToken });
  return context.page({ title: '人をさがす', body, current: personSearchPath, headTool: null });
}

function readForm(body: FormFields): SearchForm {
  return {
    text: body.text('text'),
    number: body.text('number'),
    kana: body.text('kana'),
    name: body.text('name'),
    birthDate: body.text('birthDate'),
    address: body.text('address'),
    phone: body.text('phone'),
  };
}

/** What was typed, put back into the fields; a 個人番号 typed by mistake is not. */
function formToShow(form: SearchForm): SearchForm {
  return {
    text: withoutIndividualNumbers(form.text),
    number: withoutIndividualNumbers(form.number),
    kana: withoutIndividualNumbers(form.kana),
    name: withoutIndividualNumbers(form.name),
    birthDate: withoutIndividualNumbers(form.birthDate),
    address: withoutIndividualNumbers(form.address),
    phone: withoutIndividualNumbers(form.phone),
  };
}

async function search(context: StaffContext, form: SearchForm): Promise<SearchResults> {
  if (Object.values(form).every((field) => field === '')) {
    return { people: [], hasMore: false, understoodAs: [], problem: 'さがす言葉を入れてください' };
  }
  const asOf = todayInTokyo(context.clock);
  const answer = await withMunicipality(context.db, context.lgCode, (tx) =>
    searchPersons(tx, context.actor, form, { asOf }),
  );
  const problem = answer.unreadable.includes('birthDate') ? dayHelp('生年月日') : null;
  const understoodAs = answer.understoodAs.map((kind) => criterionWords[kind]);
  return { people: answer.people, hasMore: answer.hasMore, understoodAs, problem };
}

async function showAbsences(context: StaffContext): Promise<Answer> {
  const afterText = context.query.text('after');
  const after = /^\d{1,15}$/u.test(afterText) ? Number(afterText) : 0;
  const asOf = todayInTokyo(context.clock);
  const view = await withMunicipality(context.db, context.lgCode, async (tx) => ({
    total: await countAbsences(tx),
    absences: await listAbsences(tx, context.actor, { asOf, limit: absencesPerPage, after: after as PersonId }),
  }));
  const next = view.absences.length < absencesPerPage ? null : (view.absences.at(-1)?.person.personId ?? null);
  const maySettle = mayDo(context.actor, 'persons.import');
  const body = absencesPage({ ...view, next, maySettle, csrfToken: context.csrfToken });
  return context.page({ title: '住民記録にいない人', body, crumbs: personCrumbs, current: personSearchPath });
}

async function settle(context: StaffContext): Promise<Answer> {
  const personId = readPersonId(context.body.find('personId'));
  const note = context.body.text('note');
  await withMunicipality(context.db, context.lgCode, (tx) =>
    settleAbsence(tx, context.actor, { personId, note, at: context.clock.now() }),
  );
  return redirectTo(absencesPath);
}

async function reveal(context: StaffContext): Promise<Answer> {
  const personId = readPersonId(context.params['personId']);
  const asOf = todayInTokyo(context.clock);
  const { place, person } = await withMunicipality(context.db, context.lgCode, async (tx) => ({
    place: await revealProtectedAddress(tx, context.actor, personId, asOf),
    person: (await loadPersonsForJudging(tx, { personIds: [personId] }))[0],
  }));
  if (person === undefined) throw new NotFound('この人の記録はありません。');
  const crumbs = [...personCrumbs, { label: person.name, href: personPath(personId) }];
  const body = protectedPlacePage({
    place,
    name: person.name,
    reason: context.actor.reason ?? '',
    backHref: personPath(personId),
  });
  return context.page({ title: '支援措置の対象者の住所', body, crumbs, current: personSearchPath, width: 'narrow' });
}
