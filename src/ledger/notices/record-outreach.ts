import { type Actor, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { Conflict, type Day, NotFound, UnreadableInput } from '#kernel';
import { getFile, readFile, storeFile } from '#platform/files';
import { type Tx, withMunicipality } from '#platform/postgres';
import type { NoticeContext } from './library.ts';
import {
  type Dispatch,
  dispatchMeans,
  insertDispatch,
  insertMaterial,
  insertWithdrawal,
  type Material,
  materialKinds,
  type NewDispatch,
  type NewMaterial,
  recipientKinds,
  selectDispatches,
  selectMaterials,
} from './outreach-store.ts';
import { languageNames } from './record-wish.ts';

const copiesMax = 1_000_000;
/** What a kept material may be, by its ending and its first bytes; nothing that a browser would run. */
const mediaKinds: readonly {
  readonly endings: readonly string[];
  readonly mediaType: string;
  readonly begins: string;
}[] = [
  { endings: ['pdf'], mediaType: 'application/pdf', begins: Buffer.from('%PDF-').toString('hex') },
  { endings: ['png'], mediaType: 'image/png', begins: '89504e470d0a1a0a' },
  { endings: ['jpg', 'jpeg'], mediaType: 'image/jpeg', begins: 'ffd8ff' },
];

/** Registers material that tells of vaccination (啓発資材), with its file where it is kept here. */
export async function registerMaterial(
  context: NoticeContext,
  material: Omit<NewMaterial, 'fileId'>,
  file: { readonly name: string; readonly bytes: Buffer } | null,
): Promise<number> {
  const { actor, db } = context;
  requirePermission(actor, 'notices.print');
  if (material.title === '') throw new UnreadableInput('資材の題名を入力してください。');
  if (!Object.hasOwn(materialKinds, material.kind)) throw new UnreadableInput('資材の種類を選んでください。');
  if (!Object.hasOwn(languageNames, material.language)) throw new UnreadableInput('言語を選んでください。');
  const mediaType = file === null ? null : readMediaType(file);
  return withMunicipality(db, actor.lgCode, async (tx) => {
    const details = { kind: material.kind, language: material.language, hasFile: file !== null };
    const actId = await recordAct(tx, actor, { act: 'notices.materialRegistered', details });
    const stored =
      file === null || mediaType === null ? null : await storeFile(tx, { name: file.name, mediaType }, [file.bytes]);
    return insertMaterial(tx, frameOf(actor, actId), { ...material, fileId: stored?.fileId ?? null });
  });
}

function readMediaType({ name, bytes }: { readonly name: string; readonly bytes: Buffer }): string {
  const ending = name.split('.').at(-1)?.toLowerCase() ?? '';
  const kind = mediaKinds.find(({ endings, begins }) => endings.includes(ending) && startsWith(bytes, begins));
  if (kind === undefined) throw new UnreadableInput('資材のファイルは PDF、PNG、JPEG のどれかにしてください。');
  return kind.mediaType;
}

function startsWith(bytes: Buffer, begins: string): boolean {
  return bytes.subarray(0, begins.length / 2).toString('hex') === begins;
}

/** Records that copies of a material went out; days to come are no record. */
export async function recordDispatch(context: NoticeContext, dispatch: NewDispatch, today: Day): Promise<void> {
  const { actor, db } = context;
  requirePermission(actor, 'notices.print');
  if (dispatch.recipient === '') throw new UnreadableInput('配布先を入力してください。');
  if (!Object.hasOwn(recipientKinds, dispatch.recipientKind))
    throw new UnreadableInput('配布先の種類を選んでください。');
  if (!Object.hasOwn(dispatchMeans, dispatch.means)) throw new UnreadableInput('渡し方を選んでください。');
  if (!Number.isInteger(dispatch.copies) || dispatch.copies < 1 || dispatch.copies > copiesMax) {
    throw new UnreadableInput('部数は1から1000000までの数で入力してください。');
  }
  if (dispatch.sentOn > today) throw new UnreadableInput('発送した日は、今日までの日を入力してください。');
  await withMunicipality(db, actor.lgCode, async (tx) => {
    await getMaterial(tx, dispatch.materialId);
    const { materialId, recipientKind, means, copies } = dispatch;
    const details = { materialId, recipientKind, means, copies };
    const actId = await recordAct(tx, actor, { act: 'notices.materialSent', details });
    await insertDispatch(tx, frameOf(actor, actId), dispatch);
  });
}

/** Takes back a dispatch that was recorded wrongly; it stays to be read with the reason. */
export async function withdrawDispatch(
  context: NoticeContext,
  materialId: number,
  dispatchId: number,
  reason: string,
): Promise<void> {
  const { actor, db } = context;
  requirePermission(actor, 'notices.print');
  if (reason === '') throw new UnreadableInput('取り消す理由を入力してください。');
  await withMunicipality(db, actor.lgCode, async (tx) => {
    const dispatch = (await selectDispatches(tx, materialId)).find((one) => one.dispatchId === dispatchId);
    if (dispatch === undefined) throw new NotFound('この発送の記録はありません。');
    if (dispatch.withdrawnFor !== null) throw new Conflict('この発送の記録は、もう取り消してあります。');
    const details = { materialId, dispatchId };
    const actId = await recordAct(tx, actor, { act: 'notices.materialSendingWithdrawn', details });
    await insertWithdrawal(tx, frameOf(actor, actId), dispatch, reason);
  });
}

/** The registered materials. */
export function listMaterials(tx: Tx, actor: Actor): Promise<Material[]> {
  requirePermission(actor, 'notices.view');
  return selectMaterials(tx);
}

/** One material with its dispatches. */
export async function openMaterial(
  tx: Tx,
  actor: Actor,
  materialId: number,
): Promise<{ readonly material: Material; readonly dispatches: readonly Dispatch[] }> {
  requirePermission(actor, 'notices.view');
  return { material: await getMaterial(tx, materialId), dispatches: await selectDispatches(tx, materialId) };
}

/** The file of a material. */
export async function readMaterial(
  tx: Tx,
  actor: Actor,
  materialId: number,
): Promise<{ readonly name: string; readonly mediaType: string; readonly content: Buffer }> {
  requirePermission(actor, 'notices.view');
  const { fileId } = await getMaterial(tx, materialId);
  if (fileId === null) throw new NotFound('この資材のファイルは登録していません。');
  const { name, mediaType } = await getFile(tx, fileId);
  return { name, mediaType, content: Buffer.concat(await Array.fromAsync(readFile(tx, fileId))) };
}

async function getMaterial(tx: Tx, materialId: number): Promise<Material> {
  const [material] = await selectMaterials(tx, materialId);
  if (material === undefined) throw new NotFound('この資材はありません。');
  return material;
}

function frameOf(actor: Actor, actId: number) {
  return { actId, staffId: actor.staffId, staffName: actor.staffName };
}
