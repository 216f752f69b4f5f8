import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { addDays, type BatchId, Conflict, type Day, formatIsoDay, getDay, NotFound } from '#kernel';
import { loadInstitutions } from '#ledger/contracts';
import { countRowsByInstitution } from '#ledger/intake';
import { type Tx, withMunicipality } from '#platform/postgres';
import {
  type BundleFrame,
  countKeyed,
  findBundle,
  insertBundle,
  insertEvent,
  type NewBundle,
  selectBundles,
  updateBundle,
} from './store.ts';
import type { Bundle, BundleEvent } from './types.ts';

/** Enters one bundle that is to come, or has come unannounced. */
export async function addBundle(context: ActionContext, bundle: NewBundle): Promise<number> {
  return await act(context, 'bundles.added', async (tx, frame) => {
    const bundleId = await insertBundle(tx, frame, bundle);
    await insertEvent(tx, frame, bundleId, { kind: 'expected', count: bundle.expectedCount, note: null });
    return bundleId;
  });
}

/**
 * Enters a bundle for every institution under contract in a month that has none yet, due on a day; answers how many
 * were entered.
 */
export async function expectMonth(
  context: ActionContext,
  month: { readonly claimMonth: string; readonly dueOn: Day; readonly needsSecond: boolean },
): Promise<number> {
  return await act(context, 'bundles.monthOpened', async (tx, frame) => {
    const [year = 0, number = 0] = month.claimMonth.split('-').map(Number);
    const first = getDay(year, number, 1);
    const last = addDays(number === 12 ? getDay(year + 1, 1, 1) : getDay(year, number + 1, 1), -1);
    const known = new Set((await selectBundles(tx, month.claimMonth)).map((bundle) => bundle.institutionCode));
    const institutions = [...(await loadInstitutions(tx)).values()].filter(
      (one) =>
        !known.has(one.institutionCode) &&
        one.contracts.some(({ from, to }) => (from === null || from <= last) && (to === null || first <= to)),
    );
    for (const { institutionCode } of institutions) {
      const bundleId = await insertBundle(tx, frame, { ...month, institutionCode, ward: '', expectedCount: null });
      await insertEvent(tx, frame, bundleId, { kind: 'expected', count: null, note: null });
    }
    return institutions.length;
  });
}

/** Counts that are others than those somebody looked into ask again; the reason stays in the events. */
const unexplained = { differenceNote: null } as const;

/**
 * Notes that the paper came, and how many forms were counted; a recount writes over it and stays in the events. The paper
 * may come after the file in which a vendor punched it.
 */
export async function receiveBundle(
  context: ActionContext,
  received: { readonly bundleId: number; readonly version: number; readonly count: number; readonly on: Day },
): Promise<void> {
  const { bundleId, version, count, on } = received;
  await change(context, 'bundles.received', { bundleId, version }, (bundle) => ({
    bundle: { ...bundle, receivedCount: count, receivedOn: on, ...(count === bundle.receivedCount ? {} : unexplained) },
    event: { kind: 'received', count, note: null },
  }));
}

/** Notes how many doses and interviews the institution's claim counts (請求書の件数), to be held against what was entered. */
export async function noteClaim(
  context: ActionContext,
  claim: { readonly bundleId: number; readonly version: number; readonly doses: number; readonly screenings: number },
): Promise<void> {
  const { bundleId, version, doses, screenings } = claim;
  await change(context, 'bundles.claimed', { bundleId, version }, (bundle) => ({
    bundle: { ...bundle, claimedDoses: doses, claimedScreenings: screenings, ...unexplained },
    event: { kind: 'claimed', count: doses, note: `予診のみ ${screenings}件` },
  }));
}

/** Notes what was announced of a bundle after it was entered: how many forms, until when. */
export async function announceBundle(
  context: ActionContext,
  told: {
    readonly bundleId: number;
    readonly version: number;
    readonly expectedCount: number | null;
    readonly dueOn: Day | null;
  },
): Promise<void> {
  const { bundleId, version, expectedCount, dueOn } = told;
  await change(context, 'bundles.announced', { bundleId, version }, (bundle) => ({
    bundle: { ...bundle, expectedCount, dueOn, ...(expectedCount === bundle.expectedCount ? {} : unexplained) },
    event: { kind: 'expected', count: expectedCount, note: dueOn === null ? null : `${formatIsoDay(dueOn)} まで` },
  }));
}

/** Notes why the counts of a bundle differ, or what became of rows sent back: it waits for nothing more. */
export async function explainDifference(
  context: ActionContext,
  told: { readonly bundleId: number; readonly version: number; readonly note: string },
): Promise<void> {
  const { bundleId, version, note } = told;
  await change(context, 'bundles.explained', { bundleId, version }, (bundle) => ({
    bundle: { ...bundle, differenceNote: note },
    event: { kind: 'explained', count: null, note },
  }));
}

/** Notes that institutions whose bundles have not come were reminded together; answers how many were. */
export async function remindLate(
  context: ActionContext,
  reminder: { readonly bundleIds: readonly number[]; readonly note: string },
): Promise<number> {
  return await act(context, 'bundles.reminded', async (tx, frame) => {
    let reminded = 0;
    for (const bundleId of reminder.bundleIds.toSorted((a, b) => a - b)) {
      const known = await findBundle(tx, bundleId, { forChange: true });
      // What came while the list was looked at needs no reminder.
      if (known === undefined || known.receivedCount !== null) continue;
      await updateBundle(tx, known);
      await insertEvent(tx, frame, bundleId, { kind: 'reminded', count: null, note: reminder.note });
      reminded += 1;
    }
    return reminded;
  });
}

/**
 * Says in which batch a punch vendor's file brought all bundles of a month: every institution that has rows in it and a
 * bundle that is not in intake yet. A known institution without a bundle gets one; a code that nobody knows is a question of
 * intake and no bundle. Answers how many were linked.
 */
export async function linkMonth(
  context: ActionContext,
  month: { readonly claimMonth: string; readonly batchId: BatchId },
): Promise<number> {
  const { claimMonth, batchId } = month;
  return await act(context, 'bundles.linked', async (tx, frame) => {
    const institutions = await loadInstitutions(tx);
    const told = (await countRowsByInstitution(tx, [batchId])).flatMap((row) => row.institutionCode ?? []);
    const codes = told.filter((code) => institutions.has(code));
    const bundles = await selectBundles(tx, claimMonth);
    const typed = await countKeyed(
      tx,
      bundles.map(({ bundleId }) => bundleId),
    );
    let linked = 0;
    for (const institutionCode of codes.toSorted()) {
      const own = bundles.filter((bundle) => bundle.institutionCode === institutionCode);
      if (own.some((bundle) => bundle.batchId === batchId)) continue;
      const free = own.filter((bundle) => bundle.batchId === null && !typed.get(bundle.bundleId)?.keyed);
      // Rows tell no ward: of several bundles somebody must say which one it is.
      if (free.length > 1) continue;
      const empty = { institutionCode, claimMonth, ward: '', expectedCount: null, dueOn: null, needsSecond: false };
      const bundleId = free[0]?.bundleId ?? (await insertBundle(tx, frame, empty));
      const known = await findBundle(tx, bundleId, { forChange: true });
      if (known === undefined || known.batchId !== null) continue;
      await updateBundle(tx, { ...known, batchId, ...unexplained });
      await insertEvent(tx, frame, bundleId, { kind: 'linked', count: null, note: null });
      linked += 1;
    }
    return linked;
  });
}

/** Notes that the institution was reminded of paper that is late or of a difference. */
export async function remindInstitution(
  context: ActionContext,
  reminder: { readonly bundleId: number; readonly version: number; readonly note: string },
): Promise<void> {
  const { bundleId, version, note } = reminder;
  await change(context, 'bundles.reminded', { bundleId, version }, (bundle) => ({
    bundle,
    event: { kind: 'reminded', count: null, note },
  }));
}

/** Says in which batch a punch vendor's file brought the bundle, so that its counts can be compared. */
export async function linkBundle(
  context: ActionContext,
  link: { readonly bundleId: number; readonly version: number; readonly batchId: BatchId },
): Promise<void> {
  const { bundleId, version, batchId } = link;
  await change(context, 'bundles.linked', { bundleId, version }, (bundle) => {
    if (bundle.batchId !== null) throw new Conflict('この束は、すでに受付と結びついています。');
    return { bundle: { ...bundle, batchId, ...unexplained }, event: { kind: 'linked', count: null, note: null } };
  });
}

/** Changes the head of a bundle that the caller looked at; another version is a Conflict. */
async function change(
  context: ActionContext,
  actName: string,
  asked: { readonly bundleId: number; readonly version: number },
  work: (bundle: Bundle) => { readonly bundle: Bundle; readonly event: Pick<BundleEvent, 'kind' | 'count' | 'note'> },
): Promise<void> {
  await act(context, actName, async (tx, frame) => {
    const known = await findBundle(tx, asked.bundleId, { forChange: true });
    if (known === undefined) throw new NotFound('この束はありません。一覧から選び直してください。');
    if (known.version !== asked.version) {
      throw new Conflict(
        'この束は、見ているあいだにほかの職員が変えました。今の内容を確かめてから、やり直してください。',
      );
    }
    const { bundle, event } = work(known);
    await updateBundle(tx, bundle);
    await insertEvent(tx, frame, bundle.bundleId, event);
  });
}

async function act<T>(
  context: ActionContext,
  actName: string,
  work: (tx: Tx, frame: BundleFrame) => Promise<T>,
): Promise<T> {
  const { actor } = context;
  requirePermission(actor, 'bundles.manage');
  return await withMunicipality(context.db, actor.lgCode, async (tx) => {
    const actId = await recordAct(tx, actor, { act: actName });
    return await work(tx, { actId, staffName: actor.staffName });
  });
}
