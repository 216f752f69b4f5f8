import { type ActionContext, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type Decision, decide, finding } from '#kernel';
import { readFile } from '#platform/files';
import { withMunicipality } from '#platform/postgres';
import { findFile } from './derive-export-state.ts';
import { findMakingFaults } from './make-export.ts';
import type { ExportRules } from './request-export.ts';
import { eraseFile, getExport, insertEvent, listFilesToErase, lockExport } from './store.ts';

/**
 * The bytes of an encrypted file for its medium. Taking is noted before the first byte goes out; from then on the medium
 * counts as holding the data until its erasure was confirmed.
 */
export async function takeExport(
  context: ActionContext,
  rules: ExportRules,
  exportId: number,
): Promise<Decision<Buffer | null>> {
  const { db, actor, clock } = context;
  requirePermission(actor, 'exports.request');
  return await withMunicipality(db, actor.lgCode, async (tx) => {
    const asked = await lockExport(tx, exportId);
    const file = findFile(asked.events);
    const faults = findMakingFaults(asked, context, rules);
    const fileId = file?.fileId ?? null;
    if (fileId === null) faults.push(finding('exportOver', 'refuse', null));
    const places = rules.sets.find(({ key }) => key === asked.setKey)?.places;
    const tellsPlaces = places?.columns.some((column) => asked.columns.includes(column)) === true;
    if (file !== undefined && tellsPlaces && (await places.hasProtectedSince(tx, file.occurredAt))) {
      faults.push(finding('exportPlacesChanged', 'refuse', null));
    }
    if (file === undefined || fileId === null || faults.length > 0) return decide(faults, null);
    const chunks: Buffer[] = [];
    for await (const chunk of readFile(tx, fileId)) chunks.push(chunk);
    const { rows, people, digest } = file;
    const details = { exportId, rows, people, digest, provision: asked.provision };
    await recordAct(tx, actor, { act: 'oversight.exportTaken', details });
    await insertEvent(tx, { event: 'taken', exportId, mediumId: asked.mediumId, by: actor }, clock.now());
    return decide([], Buffer.concat(chunks));
  });
}

/** Removes the encrypted file of an export from the system, and proves in the register that nothing of it is left. */
export async function eraseExportFile(context: ActionContext, exportId: number): Promise<boolean> {
  const { db, actor, clock } = context;
  requirePermission(actor, 'exports.erase');
  const { fileId, mediumId } = await withMunicipality(db, actor.lgCode, async (tx) => {
    const asked = await getExport(tx, exportId);
    return { fileId: findFile(asked.events)?.fileId ?? null, mediumId: asked.mediumId };
  });
  if (fileId === null) return false;
  return await withMunicipality(
    db,
    actor.lgCode,
    async (tx) => {
      const { removed, left } = await eraseFile(tx, fileId);
      if (removed === 0) return false;
      if (left > 0) throw new Error('the file was not erased whole');
      const note = `ファイル ${fileId} の ${removed} 片を消し、残り 0 片を確かめた`;
      await insertEvent(tx, { event: 'erasedHere', exportId, mediumId, by: actor, note }, clock.now());
      await recordAct(tx, actor, { act: 'oversight.fileErased', details: { exportId, fileId, removed, left } });
      return true;
    },
    { role: 'disposal' },
  );
}

/** Erases every file that lies longer than the municipality lets it; answers how many there were. */
export async function eraseLapsedFiles(context: ActionContext, keepDays: number): Promise<number> {
  const { db, actor, clock } = context;
  const before = new Date(clock.now().getTime() - keepDays * 86_400_000);
  const lapsed = await withMunicipality(db, actor.lgCode, (tx) => listFilesToErase(tx, before));
  let erased = 0;
  for (const exportId of lapsed) erased += (await eraseExportFile(context, exportId)) ? 1 : 0;
  return erased;
}
