import { type ActionContext, type PermissionWatch, requirePermission, watchPermissions } from '#common-base/access';
import { recordAct, recordPersonsTouched } from '#common-base/audit';
import { formatCsvLine } from '#formats';
import {
  type Day,
  type Decision,
  decide,
  type Finding,
  findIsoDay,
  finding,
  type PersonId,
  withoutIndividualNumbers,
} from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { storeFile } from '#platform/files';
import { drawSpelledSecret } from '#platform/keys';
import { type Tx, withMunicipality } from '#platform/postgres';
import { publishedColumns } from './decide-export.ts';
import { deriveExportState } from './derive-export-state.ts';
import { isExportTerminal } from './oversight-settings.ts';
import type { ExportRules } from './request-export.ts';
import { insertEvent, lockExport } from './store.ts';
import type { ExportColumn, ExportRequest, ExportSet } from './types.ts';
import { writeEncryptedZip } from './write-encrypted-zip.ts';

/** A page has thousands of people: whether it is still allowed is asked before each is written. */
const checkEveryMs = 0;

/** An encrypted file that was made now; its password is told here and nowhere else. */
export interface MadeExport {
  readonly fileId: number;
  readonly rows: number;
  readonly people: number;
  readonly digest: string;
  readonly password: string;
}

/**
 * Makes the encrypted file of an approved export: the columns that were approved and are published today, formulas
 * defused, and nothing that looks like a 個人番号 in any word. Only the requester may, at a terminal for it; whose data
 * it was stands in the log. A permission taken away while the file is written stops it at the next page, and no file is
 * kept. The password is drawn now and kept nowhere: lost, the file is made anew before it is taken.
 */
export async function makeExport(
  context: ActionContext,
  rules: ExportRules,
  exportId: number,
): Promise<Decision<MadeExport | null>> {
  const { db, clock } = context;
  const watch = watchPermissions(db, context.actor, clock, checkEveryMs);
  const { actor } = watch;
  requirePermission(actor, 'exports.request');
  return await withMunicipality(
    db,
    actor.lgCode,
    async (tx) => {
      const asked = await lockExport(tx, exportId);
      const set = rules.sets.find(({ key }) => key === asked.setKey);
      const faults = findMakingFaults(asked, context, rules);
      if (deriveExportState(asked) === 'taken') faults.push(finding('exportOver', 'refuse', null));
      if (faults.length > 0 || set === undefined) return decide(faults, null);
      const columns = publishedColumns(set, rules.settings).filter(({ key }) => asked.columns.includes(key));
      const password = drawSpelledSecret();
      const counted = { rows: 0, people: new Set<PersonId>() };
      const lines = writeLines({ tx, watch, asOf: todayInTokyo(clock) }, set, columns, asked, counted);
      const label = { name: `sesshu-export-${exportId}.zip`, mediaType: 'application/zip' };
      const file = await storeFile(tx, label, writeEncryptedZip(`${set.key}.csv`, lines, password));
      const { rows } = counted;
      const people = counted.people.size;
      const actId = await recordAct(tx, actor, {
        act: 'oversight.exportMade',
        items: columns.map(({ key }) => key),
        details: { exportId, set: set.key, rows, people, digest: file.digest, provision: asked.provision },
      });
      const touched = 'SELECT unnest($1::bigint[]) AS person_id';
      await recordPersonsTouched(tx, actId, touched, [[...counted.people]]);
      const made = { fileId: file.fileId, rows, people, digest: file.digest };
      await insertEvent(tx, { event: 'made', exportId, mediumId: asked.mediumId, by: actor, ...made }, clock.now());
      return decide([], { ...made, password });
    },
    { isolation: 'repeatable read' },
  );
}

/** What forbids working on the file of an export: not approved, not one's own, over, no basis any more, another terminal. */
export function findMakingFaults(
  asked: ExportRequest,
  { actor }: Pick<ActionContext, 'actor'>,
  rules: ExportRules,
): Finding[] {
  const state = deriveExportState(asked);
  const faults: Finding[] = [];
  if (state === 'waiting') faults.push(finding('exportNotApproved', 'refuse', null));
  if (state === 'lapsed' || state === 'erased') faults.push(finding('exportOver', 'refuse', null));
  if (asked.requestedBy !== actor.staffId) faults.push(finding('exportNotYours', 'refuse', null));
  if (!isExportTerminal(rules.settings, actor.from)) faults.push(finding('exportTerminalForbidden', 'refuse', null));
  if (!rules.bases.some(({ id }) => id === asked.provision)) faults.push(finding('exportBasisOver', 'refuse', null));
  const isKnown = rules.sets.some(({ key }) => key === asked.setKey);
  if (!isKnown) faults.push(finding('exportSetUnknown', 'refuse', null));
  return faults;
}

const byteOrderMark = '\uFEFF';

async function* writeLines(
  { tx, watch, asOf }: { readonly tx: Tx; readonly watch: PermissionWatch; readonly asOf: Day },
  set: ExportSet,
  columns: readonly ExportColumn[],
  asked: ExportRequest,
  counted: { rows: number; people: Set<PersonId> },
): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${byteOrderMark}${formatCsvLine(columns.map(({ nameJa }) => nameJa))}`);
  const span = { from: dayOf(asked.dayFrom), to: dayOf(asked.dayTo) };
  for await (const page of set.readPages(tx, span, asOf)) {
    await watch.check();
    counted.rows += page.length;
    for (const { personId } of page) if (personId !== null) counted.people.add(personId);
    const lines = page.map(({ values }) =>
      formatCsvLine(
        columns.map(({ key }) => cleaned(values[key] ?? null)),
        { defusesFormulas: true },
      ),
    );
    yield Buffer.from(lines.join(''));
  }
}

/** Words may carry a number that somebody wrote where none belongs; codes and digits alone are what they are. */
function cleaned(value: string | null): string | null {
  return value === null || /^[\d-]*$/u.test(value) ? value : withoutIndividualNumbers(value);
}

function dayOf(text: string | null): Day | null {
  return text === null ? null : (findIsoDay(text) ?? null);
}
