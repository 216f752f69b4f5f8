import { loadPersonsForJudging } from '#addressees/persons';
import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct, recordPersonsTouched } from '#common-base/audit';
import {
  type FeedRow,
  type FeedSource,
  type ImportResult,
  loadLayout,
  noteDecided,
  readFeed,
  runFeed,
} from '#common-base/linkage';
import { loadVaccineMap, mapVaccine, type VaccineMap } from '#ledger/products';
import type { Tx } from '#platform/postgres';
import { decideReservationRow } from './decide-reservation-row.ts';
import { insertReservations, selectByNumbers } from './store.ts';
import { type ReservationKind, type ReservationTold, reservationKinds } from './types.ts';

/**
 * Takes in a list of reservations or of people who asked to come first (優先接種希望者), in one transaction. A number told
 * before with something else gets a new version; one that is absent stays as it was: a list says cancelled where it ends.
 */
export async function importReservations(
  context: ActionContext,
  source: FeedSource,
  options: { readonly kind: ReservationKind; readonly layoutName?: string },
): Promise<ImportResult> {
  requirePermission(context.actor, 'reservations.import');
  const { kind } = options;
  const layoutName = options.layoutName ?? reservationKinds[kind].layoutName;
  return runFeed(context, source, { kind: reservationKinds[kind].layoutName, layoutName }, async (tx, runId) => {
    const layout = await loadLayout(tx, layoutName);
    const vaccines = await loadVaccineMap(tx);
    const act = { act: 'reservations.imported', items: [kind], details: { run: runId } };
    const actId = await recordAct(tx, context.actor, act);
    const figures = { rows: 0, accepted: 0, questioned: 0, refused: 0, unmappedCharacters: 0 };
    for await (const rows of readFeed(source, layout, { lgCode: tx.lgCode })) {
      const decided = await decideRows(tx, kind, rows, vaccines);
      const told = decided.flatMap(({ decision }) => (decision.answer === 'refused' ? [] : [decision.value]));
      await insertReservations(tx, { runId, actId }, await withoutKnown(tx, kind, told));
      await noteDecided(tx, runId, layout, decided);
      figures.rows += rows.length;
      figures.accepted += told.length;
      figures.refused += rows.length - told.length;
      for (const row of rows) figures.unmappedCharacters += row.unmappedCharacters;
      context.onProgress?.(figures.rows, null);
    }
    const touched = 'SELECT DISTINCT person_id FROM reservations WHERE lg_code = $1 AND act_id = $2';
    await recordPersonsTouched(tx, actId, touched, [tx.lgCode, actId]);
    return figures;
  });
}

async function decideRows(tx: Tx, kind: ReservationKind, rows: readonly FeedRow[], vaccines: VaccineMap) {
  const addresseeNumbers = [...new Set(rows.flatMap((row) => row.fields['addresseeNumber'] ?? []))];
  const people = await loadPersonsForJudging(tx, { addresseeNumbers });
  const byNumber = new Map(people.map((person) => [person.addresseeNumber, person]));
  return rows.map((row) => ({
    row,
    decision: decideReservationRow(row.fields, row.findings, {
      kind,
      findPerson: (number) => {
        const person = byNumber.get(number);
        return person?.isCancelled === true ? undefined : person;
      },
      mapVaccine: (code, doseNumber, on) => mapVaccine(vaccines, code, doseNumber, on),
    }),
  }));
}

/** A row that says nothing new is not written again. */
async function withoutKnown(
  tx: Tx,
  kind: ReservationKind,
  told: readonly ReservationTold[],
): Promise<readonly ReservationTold[]> {
  const known = await selectByNumbers(
    tx,
    kind,
    told.map((one) => one.number),
  );
  const textOf = (one: ReservationTold | undefined): string =>
    one === undefined ? '' : JSON.stringify(keys.map((key) => one[key]));
  return told.filter((one) => textOf(known.get(one.number)) !== textOf(one));
}

const keys = [
  'personId',
  'programme',
  'stage',
  'doseNumber',
  'onDay',
  'atTime',
  'venue',
  'priorityClass',
  'isCancelled',
] as const;
