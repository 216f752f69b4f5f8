import { type ActionContext, isSamePerson, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { loadItemCatalogue, loadLayout, readFeed, refuseUndeclared } from '#common-base/linkage';
import { Conflict, type Day, type Finding, findIsoDay, NotFound, UnreadableInput } from '#kernel';
import { previewRow } from '#ledger/intake';
import { todayInTokyo } from '#platform/clock';
import { type Tx, withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { compareForms } from './decide-differences.ts';
import { feedOfForms, keyedLayoutName } from './feed-of-forms.ts';
import { type ResolvedForm, resolveForm } from './resolve-form.ts';
import { findBundle, insertKeyedForm, listKeyedForms } from './store.ts';
import { type Bundle, type KeyedForm, type KeyedValues, type KeyingPass, keyedFields } from './types.ts';

/** Which form of a bundle somebody types, and what. */
export interface KeyedEntry {
  readonly bundleId: number;
  readonly pass: KeyingPass;
  /** Its place in the paper; null for the next one. */
  readonly ordinal: number | null;
  readonly values: KeyedValues;
}

/**
 * Keeps one typed form. The second person types without seeing the first one's values and must be another person, not only another account; what
 * is decided after the comparison needs both typings. Answers the form's place.
 */
export async function keyForm(context: ActionContext, entry: KeyedEntry): Promise<{ ordinal: number }> {
  const { actor } = context;
  requirePermission(actor, 'bundles.key');
  const { staffId } = actor;
  if (staffId === null) throw new UnreadableInput('入力は、サインインした職員だけができます。');
  return await withMunicipality(context.db, actor.lgCode, async (tx) => {
    const typed = keyedFields.filter(({ key }) => entry.values[key] !== '').map(({ key }) => `doses.${key}`);
    refuseUndeclared(await loadItemCatalogue(tx), typed);
    const bundle = await getOpenBundle(tx, entry.bundleId);
    const resolved = await resolveForm(tx, bundle, entry.values, todayInTokyo(context.clock));
    const { values, person } = resolved;
    if (values.vaccineCode === '') throw new UnreadableInput(askForCode(resolved));
    const known = await listKeyedForms(tx, bundle.bundleId);
    const last = Math.max(0, ...known.filter((form) => form.pass === entry.pass).map((form) => form.ordinal));
    const ordinal = entry.ordinal ?? last + 1;
    const first = known.find((form) => form.ordinal === ordinal && form.pass === 1);
    if (entry.pass !== 1) {
      if (first === undefined) throw new UnreadableInput(`${ordinal}枚目は、一人目の入力がまだありません。`);
      if (entry.pass === 2 && (await isSamePerson(tx, first.keyedBy, staffId))) {
        throw new UnreadableInput('二人目の入力は、一人目とは別の職員が行います。');
      }
    }
    const actId = await recordAct(tx, actor, {
      act: 'bundles.keyed',
      ...(person === null ? {} : { personIds: [person.personId] }),
      details: { bundle: bundle.bundleId, ordinal, pass: entry.pass },
    });
    const by = { actId, staffId, staffName: actor.staffName };
    await insertKeyedForm(tx, by, { bundleId: bundle.bundleId, ordinal, pass: entry.pass, values });
    return { ordinal };
  });
}

/** Asks for the code of a form that does not say by itself which vaccine it was, or of which the table knows none. */
export function askForCode({ form, offered }: Pick<ResolvedForm, 'form' | 'offered'>): string {
  const choices = offered.map(({ vaccineCode, name }) => `${vaccineCode} ${name}`).join('、');
  if (choices !== '') return `予診票のワクチンのシールを見て、予防接種コードを入れてください（${choices}）。`;
  return form === null
    ? '予防接種コードを入れてください。'
    : 'この予診票の予防接種は、予防接種コードの対応表にありません。システム管理者に、設定の対応表へ足すよう頼んでください。';
}

/** What the office already knows of a form that is being typed. */
export interface CheckedForm extends ResolvedForm {
  readonly vaccinatedOn: Day | null;
  /** What intake would find; null before person, vaccine and day are there, when nothing was checked. */
  readonly findings: readonly Finding[] | null;
}

/** Looks at a form while it is typed: whose it is, and what intake would find. Writes the viewing into the log. */
export async function checkForm(
  context: ActionContext,
  asked: { readonly bundleId: number; readonly values: KeyedValues; readonly rules: RuleSet },
): Promise<CheckedForm> {
  const { actor } = context;
  requirePermission(actor, 'bundles.key');
  return await withMunicipality(context.db, actor.lgCode, async (tx) => {
    const bundle = await getOpenBundle(tx, asked.bundleId);
    const today = todayInTokyo(context.clock);
    const resolved = await resolveForm(tx, bundle, asked.values, today);
    if (resolved.person !== null) {
      const personIds = [resolved.person.personId];
      await recordAct(tx, actor, { act: 'bundles.personLookedUp', personIds, details: { bundle: bundle.bundleId } });
    }
    const vaccinatedOn = findIsoDay(resolved.values.vaccinatedOn) ?? null;
    return {
      ...resolved,
      vaccinatedOn,
      findings: await findingsOf(tx, bundle, resolved, { rules: asked.rules, asOf: today }),
    };
  });
}

/** Nothing is asked of a form before its person, vaccine and day are there. */
async function findingsOf(
  tx: Tx,
  bundle: Bundle,
  { values, person }: ResolvedForm,
  known: { readonly rules: RuleSet; readonly asOf: Day },
): Promise<readonly Finding[] | null> {
  const isReady = [values.vaccineCode, values.vaccinatedOn, values.outcome].every((value) => value !== '');
  if (!isReady || (person === null && values.addresseeNumber === '')) return null;
  const layout = await loadLayout(tx, keyedLayoutName);
  for await (const rows of readFeed(feedOfForms(layout, bundle, [{ ordinal: 1, values, person }]), layout)) {
    const [row] = rows;
    if (row === undefined) break;
    return (await previewRow(tx, row, { ...known, layout }))?.findings ?? [];
  }
  return [];
}

/** The typed forms of a bundle, compared. */
export async function listComparedForms(tx: Tx, bundle: Bundle): Promise<ReturnType<typeof compareForms>> {
  return compareForms(await listKeyedForms(tx, bundle.bundleId), bundle.needsSecond);
}

/** The form that a person typed last in a bundle, whose day, clinic and lot the next one takes over. */
export async function findLastKeyed(tx: Tx, bundleId: number, pass: KeyingPass): Promise<KeyedForm | undefined> {
  return (await listKeyedForms(tx, bundleId)).findLast((form) => form.pass === pass);
}

/** A bundle that is still typed, held until the transaction ends: two persons take two places. */
async function getOpenBundle(tx: Tx, bundleId: number): Promise<Bundle> {
  const bundle = await findBundle(tx, bundleId, { forChange: true });
  if (bundle === undefined) throw new NotFound('この束はありません。一覧から選び直してください。');
  if (bundle.batchId !== null) throw new Conflict('この束は受付へ回したあとです。直すのは受付の画面で行います。');
  return bundle;
}
