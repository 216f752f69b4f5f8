import { type Answer, answerWith, mayDo, redirectTo, type StaffContext } from '#common-base/access';
import { loadItemCatalogue } from '#common-base/linkage';
import { Conflict, type Day, UnreadableInput } from '#kernel';
import { isValidOn, type KnownNames, loadNames } from '#ledger/masters';
import { todayInTokyo } from '#platform/clock';
import { explainFinding } from '#platform/findings';
import type { FormError } from '#platform/pages';
import { withMunicipality } from '#platform/postgres';
import { checkForm, findLastKeyed, keyForm, listComparedForms } from './key-form.ts';
import { getBundle } from './list-bundles.ts';
import { comparisonPage } from './pages/bundle-page.ts';
import { formCheck, keyingPage } from './pages/keying-page.ts';
import { bundlePath, bundlesPath, keyingPath } from './pages/paths.ts';
import { readKeyedValues } from './read-keyed-values.ts';
import { type BundleTools, crumbsOf, loadInstitutionNames, readCount, readId } from './route-tools.ts';
import { type KeyedValues, type KeyingPass, keyedFields } from './types.ts';

/** The forms of a bundle as they were typed, the two typings beside each other. */
export async function showComparison(context: StaffContext): Promise<Answer> {
  const view = await withMunicipality(context.db, context.lgCode, async (tx) => {
    const bundle = await getBundle(tx, context.actor, readId(context.params['bundleId']));
    const nameOf = await loadInstitutionNames(tx);
    return { bundle, institutionName: nameOf(bundle.institutionCode), compared: await listComparedForms(tx, bundle) };
  });
  const body = comparisonPage({ ...view, mayKey: mayDo(context.actor, 'bundles.key') });
  const crumbs = [...crumbsOf(view.bundle), { label: view.institutionName, href: bundlePath(view.bundle.bundleId) }];
  return context.page({ title: '入力の突き合わせ', body, crumbs, current: bundlesPath });
}

interface KeyingProblem {
  readonly values: KeyedValues;
  readonly errors: readonly FormError[];
}

/** The screen of one form. */
export async function showKeying(context: StaffContext, problem: KeyingProblem | null): Promise<Answer> {
  const bundleId = readId(context.params['bundleId']);
  const pass = readPass(context.query.text('pass'));
  const asked = readCount(context.query.text('ordinal'));
  const view = await withMunicipality(context.db, context.lgCode, async (tx) => {
    const bundle = await getBundle(tx, context.actor, bundleId);
    const nameOf = await loadInstitutionNames(tx);
    const compared = await listComparedForms(tx, bundle);
    const last = await findLastKeyed(tx, bundleId, pass);
    const suggestions = suggestionsOf(await loadNames(tx), bundle.institutionCode, todayInTokyo(context.clock));
    const { mayHold } = await loadItemCatalogue(tx);
    return { bundle, institutionName: nameOf(bundle.institutionCode), compared, last, suggestions, mayHold };
  });
  const { bundle, institutionName, compared, last, suggestions, mayHold } = view;
  const typed = compared.filter((form) => (pass === 2 ? form.second : form.first) !== null).length;
  const ordinal = asked ?? typed + 1;
  const kept = compared.find((form) => form.ordinal === ordinal);
  // The second person sees nothing of the first one's typing.
  const own = pass === 2 ? kept?.second : pass === 3 ? (kept?.decided ?? kept?.first) : kept?.first;
  const values = problem?.values ?? (asked === undefined ? undefined : own?.values) ?? carriedOver(last?.values);
  const body = keyingPage({
    bundle,
    institutionName,
    pass,
    ordinal,
    isAnew: asked !== undefined,
    typed,
    values,
    differences: pass === 3 ? (kept?.differences ?? []) : [],
    errors: problem?.errors ?? [],
    csrfToken: context.csrfToken,
    suggestions,
    mayHold,
    lastKept: keptWords(context.query, typed, bundle.receivedCount),
  });
  const crumbs = [...crumbsOf(bundle), { label: institutionName, href: bundlePath(bundleId) }];
  const page = context.page({ title: `${ordinal}枚目の入力`, body, crumbs, current: bundlesPath });
  return problem === null ? page : answerWith(422, page);
}

/** Keeps a typed form, or says at once what is doubtful about it. */
export async function keepForm(context: StaffContext, tools: BundleTools): Promise<Answer> {
  const bundleId = readId(context.params['bundleId']);
  const pass = readPass(context.query.text('pass'));
  const { values, faults } = readKeyedValues(context.body);
  if (context.fragment !== null) {
    const checked = await checkForm(context, { bundleId, values, rules: await tools.rulesOf(context) });
    return formCheck(checked, checked.findings?.map((each) => explainFinding(tools.findings, each)) ?? null);
  }
  const errors: FormError[] = [...faults];
  if (values.outcome === '') errors.push({ field: 'outcome', message: '実施区分を入れてください。' });
  if (values.vaccinatedOn === '') errors.push({ field: 'vaccinatedOn', message: '接種年月日を入れてください。' });
  if (values.formNumber === '' && values.addresseeNumber === '') {
    errors.push({ field: 'formNumber', message: 'バーコードを読むか、宛名番号を入れてください。' });
  }
  if (errors.length > 0) return showKeying(context, { values, errors });
  const asked = readCount(context.query.text('ordinal')) ?? null;
  try {
    const { ordinal } = await keyForm(context, {
      bundleId,
      pass,
      ordinal: asked ?? readOrdinal(context, pass),
      values,
    });
    return redirectTo(
      pass === 3 ? `${bundlePath(bundleId)}/comparison` : `${keyingPath(bundleId, pass)}&kept=${ordinal}`,
    );
  } catch (error) {
    if (!(error instanceof UnreadableInput || error instanceof Conflict)) throw error;
    return showKeying(context, { values, errors: [{ field: null, message: error.message }] });
  }
}

/** The second person types the form that stands next; the first one's next form takes the place that is free. */
function readOrdinal(context: StaffContext, pass: KeyingPass): number | null {
  return pass === 1 ? null : (readCount(context.body.text('ordinal')) ?? null);
}

/** What became of the form before; the last one of a bundle says that it was. */
function keptWords(query: StaffContext['query'], typed: number, received: number | null): string | null {
  if (!query.has('kept')) return null;
  const words = `${query.text('kept').slice(0, 6)}枚目を登録しました。`;
  return typed === received
    ? `${words}受け取った${received}枚をすべて入力しました。「束の画面へ」で先へ進めます。`
    : words;
}

/** What the next form takes over from the one before. */
function carriedOver(last: KeyedValues | undefined): KeyedValues {
  const usual: Readonly<Record<string, string>> = { outcome: '1', consent: '1' };
  return Object.fromEntries(
    keyedFields.map(({ key, isCarried }) => [key, isCarried ? (last?.[key] ?? usual[key] ?? '') : '']),
  ) as KeyedValues;
}

/** The doctors of the institution and the venues that hold today. */
function suggestionsOf(
  known: KnownNames,
  institutionCode: string,
  today: Day,
): { readonly administeringPhysician: readonly string[]; readonly venueOther: readonly string[] } {
  const namesOf = (entries: KnownNames['venues']): string[] =>
    entries.filter((entry) => isValidOn(entry, today)).map((entry) => entry.name);
  return {
    administeringPhysician: namesOf(known.physicians.get(institutionCode) ?? []),
    venueOther: namesOf(known.venues),
  };
}

function readPass(text: string): KeyingPass {
  return text === '2' ? 2 : text === '3' ? 3 : 1;
}
