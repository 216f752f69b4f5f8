import { loadPersonsForJudging } from '#addressees/persons';
import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type BatchId, type Day, formatIsoDay, type PersonId } from '#kernel';
import { receiveBatch } from '#ledger/intake';
import { loadVaccineMap } from '#ledger/products';
import { todayInTokyo } from '#platform/clock';
import type { RunHandle } from '#platform/jobs';
import { type Tx, withMunicipality } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import {
  type Delivery,
  findUnfinishedDelivery,
  finishDelivery,
  insertDelivery,
  listDelivered,
  listOpen,
  loadRevisions,
  settle,
} from './inbox-store.ts';
import { clinicWebLayout, makeClinicFile } from './record-line.ts';
import type { ArrivedRecord } from './types.ts';

/** What became of the records that waited. */
export interface DeliveryResult {
  /** The batch of 受付; null where nothing waited that could go there. */
  readonly batchId: BatchId | null;
  readonly delivered: number;
}

const recordsPerBatch = 5000;
const sender = '医療機関ウェブ';

/**
 * Makes a batch of 受付 out of the records that arrived: the last revision of each. `closedBefore` leaves those of that
 * day and later, which the clinics may still correct. Drawn first and received after: a kill in between goes on with the
 * same rows, and the same bytes are one batch.
 */
export async function deliverToIntake(
  context: ActionContext,
  options: { readonly rules: RuleSet; readonly closedBefore?: Day; readonly run?: RunHandle },
): Promise<DeliveryResult> {
  requirePermission(context.actor, 'intake.receive');
  const { db, actor, clock } = context;
  const { lgCode } = actor;
  const drawn = await withMunicipality(db, lgCode, async (tx) => {
    return (await findUnfinishedDelivery(tx)) ?? (await drawDelivery(tx, context, options.closedBefore ?? null));
  });
  if (drawn === undefined) return { batchId: null, delivered: 0 };
  const { text, records } = await withMunicipality(db, lgCode, (tx) => writeFile(tx, drawn));
  const source = {
    name: drawn.fileName,
    async *open() {
      yield Buffer.from(text);
    },
  };
  const asOf = todayInTokyo(clock);
  const { batchId } = await receiveBatch(context, source, {
    rules: options.rules,
    asOf,
    layoutName: clinicWebLayout,
    sender,
    ...(options.run === undefined ? {} : { run: options.run }),
  });
  await withMunicipality(db, lgCode, async (tx) => {
    await finishDelivery(tx, drawn.deliveryId, batchId);
    const details = { batch: batchId, records: records.length };
    await recordAct(tx, actor, { act: 'clinics.recordsDelivered', details });
  });
  return { batchId, delivered: records.length };
}

async function drawDelivery(
  tx: Tx,
  { actor, clock }: ActionContext,
  closedBefore: Day | null,
): Promise<Delivery | undefined> {
  const open = await listOpen(tx, recordsPerBatch, { isLocking: true });
  const ready = open.filter((each) => closedBefore === null || each.vaccinatedOn < closedBefore);
  const revisions = Map.groupBy(await loadRevisions(tx, [...new Set(ready.map(({ recordId }) => recordId))]), keyOf);
  const { replaced, withdrawn, deliverable } = sortOut(ready, revisions);
  await settle(tx, replaced, 'superseded', actor.staffName);
  await settle(tx, withdrawn, 'withdrawn', actor.staffName);
  if (deliverable.length === 0) return undefined;
  const day = formatIsoDay(todayInTokyo(clock));
  const fileName = `医療機関ウェブ-${day}-${deliverable[0]?.recordId.slice(0, 8) ?? ''}.csv`;
  return insertDelivery(tx, fileName, deliverable, actor.staffName);
}

/**
 * What waits, by what is to be done with it. A correction or withdrawal whose earlier revision went to 受付 already stays
 * open, and so does a form that nobody knows: a person looks.
 */
export function sortOut(
  open: readonly ArrivedRecord[],
  revisions: ReadonlyMap<string, readonly ArrivedRecord[]>,
): Readonly<Record<'replaced' | 'withdrawn' | 'deliverable' | 'forPeople', readonly ArrivedRecord[]>> {
  const placed = open.map((each) => ({ each, place: placeOf(each, revisions.get(keyOf(each)) ?? [each]) }));
  const of = (place: string): ArrivedRecord[] => placed.filter((one) => one.place === place).map(({ each }) => each);
  return {
    replaced: of('replaced'),
    withdrawn: of('withdrawn'),
    deliverable: of('deliverable'),
    forPeople: of('forPeople'),
  };
}

function placeOf(each: ArrivedRecord, all: readonly ArrivedRecord[]) {
  if (each.personId === null) return 'forPeople';
  if (all.some(({ revision }) => revision > each.revision)) return 'replaced';
  if (all.some(({ settlement }) => settlement === 'delivered')) return 'forPeople';
  return each.content.kind === 'withdrawal' ? 'withdrawn' : 'deliverable';
}

function keyOf({ recordId }: Pick<ArrivedRecord, 'recordId'>): string {
  return recordId;
}

async function writeFile(tx: Tx, delivery: Delivery): Promise<{ text: string; records: readonly ArrivedRecord[] }> {
  const records = await listDelivered(tx, delivery.deliveryId);
  const personIds = records.flatMap(({ personId }) => (personId === null ? [] : [personId]));
  const people = new Map<PersonId, Awaited<ReturnType<typeof loadPersonsForJudging>>[number]>();
  for (const person of await loadPersonsForJudging(tx, { personIds })) people.set(person.personId, person);
  const lines = records.map(({ content, personId }) => {
    return { record: content, person: personId === null ? undefined : people.get(personId) };
  });
  return { text: makeClinicFile(lines, { lgCode: tx.lgCode, vaccines: await loadVaccineMap(tx) }), records };
}
