import type { ActionContext } from '#common-base/access';
import { findSettings } from '#common-base/municipalities';
import { type Day, type Decision, type Finding, finding, formatIsoDay, NotFound, UnreadableInput } from '#kernel';
import { readFile, readTextFolder } from '#platform/files';
import { explainFinding, type FindingsTables, loadFindingsTables } from '#platform/findings';
import { type FontSet, openFonts, type Picture, readPng } from '#platform/pdf';
import type { Tx } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import { composeLayout, findLayoutFile, findLayoutTitle, type LayoutFiles, listLayoutIds } from './compose-layout.ts';
import type { DocumentKind, LayoutChanges } from './layout-schema.ts';
import { loadVersionsInForce, type SealOnRecord, selectSeals } from './layout-store.ts';
import type { FormLayout } from './layout-types.ts';
import { parseFormLayout } from './parse-form-layout.ts';

/** What printing needs beside the database: read once per process. */
export interface NoticeLibrary {
  readonly rules: RuleSet;
  /** The files of rules/forms by their path inside, as the release brings them. */
  readonly layouts: LayoutFiles;
  readonly fonts: FontSet;
  /** The municipality's own fonts (外字), which a thread that draws opens for itself. */
  readonly fontFolders: readonly string[];
  /** The sentences of findings, for saying what is wrong with a layout. */
  readonly findings: FindingsTables;
  /** Layouts and seals read before, by the texts they were read from; emptied when it grows. */
  readonly memory: { readonly layouts: Map<string, Decision<FormLayout>>; readonly seals: Map<string, Picture> };
}

/** What an action on notices is done with. */
export interface NoticeContext extends ActionContext {
  readonly library: NoticeLibrary;
}

const layoutsInMemoryMax = 500;

/** Opens the layouts of `rules/forms` and the fonts; `fontFolders` hold a municipality's own fonts (外字). */
export async function openNoticeLibrary(options: {
  readonly rules: RuleSet;
  readonly formsFolder: string;
  readonly fontFolders?: readonly string[];
}): Promise<NoticeLibrary> {
  const layouts = await readTextFolder(options.formsFolder, (path) => path.endsWith('.json'));
  const fontFolders = options.fontFolders ?? [];
  const fonts = openFonts(fontFolders);
  const memory = { layouts: new Map(), seals: new Map() };
  return { rules: options.rules, layouts, fonts, fontFolders, findings: await loadFindingsTables(), memory };
}

/** A layout as a list for choosing shows it; `findings` say why one cannot be printed. */
export interface FormLayoutSummary extends Pick<FormLayout, 'layoutId' | 'title' | 'programme' | 'stage' | 'inputs'> {
  readonly document: DocumentKind | null;
  readonly findings: readonly Finding[];
}

/** The layouts of this municipality on a day, its own changes applied. */
export async function listFormLayouts(tx: Tx, library: NoticeLibrary, on: Day): Promise<FormLayoutSummary[]> {
  const own = await loadOwnTexts(tx, library, on);
  const summaries: FormLayoutSummary[] = [];
  for (const layoutId of listLayoutIds(library.layouts)) {
    const decision = await readLayout(tx, library, layoutId, on, own);
    const layout = decision.answer === 'refused' ? undefined : decision.value;
    const title = layout?.title ?? findLayoutTitle(library.layouts, layoutId, on) ?? layoutId;
    const { programme, stage, inputs } = layout ?? { programme: '', stage: '', inputs: [] };
    const document = layout?.document ?? null;
    summaries.push({ layoutId, title, programme, stage, inputs, document, findings: decision.findings });
  }
  return summaries;
}

/** A layout ready to print; one with a fault stops here, with the fault in words, before anything is printed. */
export async function getFormLayout(tx: Tx, library: NoticeLibrary, layoutId: string, on: Day): Promise<FormLayout> {
  const decision = await readFormLayout(tx, library, layoutId, on);
  if (decision.answer !== 'refused') return decision.value;
  throw new UnreadableInput(sayFaults(library, layoutId, decision.findings));
}

/** The layout as it is on a day, or everything that is wrong with it; `trial` stands in for the version in force. */
export async function readFormLayout(
  tx: Tx,
  library: NoticeLibrary,
  layoutId: string,
  on: Day,
  trial?: LayoutChanges,
): Promise<Decision<FormLayout>> {
  const own = await loadOwnTexts(tx, library, on);
  const versions = trial === undefined ? own.versions : new Map([[layoutId, trial]]);
  return readLayout(tx, library, layoutId, on, { ...own, versions });
}

/** What is wrong with a layout, in words. */
export function sayFaults(library: NoticeLibrary, layoutId: string, findings: readonly Finding[]): string {
  const faults = findings.map((one) => explainFinding(library.findings, one).message);
  return `様式 ${layoutId} に誤りがあるため印刷できません。${faults.join('')}`;
}

interface OwnTexts {
  readonly municipality: string | undefined;
  readonly versions: ReadonlyMap<string, LayoutChanges>;
  readonly seal: { readonly digest: string; readonly picture: Picture } | undefined;
}

async function loadOwnTexts(tx: Tx, library: NoticeLibrary, on: Day): Promise<OwnTexts> {
  const seals = await selectSeals(tx);
  const inForce = seals.find(({ inForceFrom }) => inForceFrom <= on);
  return {
    municipality: await findSettings(tx, 'municipality.json'),
    versions: await loadVersionsInForce(tx, on),
    seal: inForce === undefined ? undefined : { ...inForce, picture: await loadSeal(tx, library, inForce) },
  };
}

async function loadSeal(tx: Tx, { memory }: NoticeLibrary, { fileId, digest }: SealOnRecord): Promise<Picture> {
  const known = memory.seals.get(digest);
  if (known !== undefined) return known;
  const picture = readPng(Buffer.concat(await Array.fromAsync(readFile(tx, fileId))));
  memory.seals.set(digest, picture);
  return picture;
}

async function readLayout(
  tx: Tx,
  library: NoticeLibrary,
  layoutId: string,
  on: Day,
  own: OwnTexts,
): Promise<Decision<FormLayout>> {
  const file = findLayoutFile(library.layouts, layoutId, on);
  if (file === undefined) throw new NotFound(`様式 ${layoutId} はありません。`);
  const changes = await findSettings(tx, `forms/${layoutId}.json`);
  const version = own.versions.get(layoutId);
  const key = JSON.stringify([layoutId, file, changes, version, own.municipality, own.seal?.digest]);
  const { layouts } = library.memory;
  const decision = layouts.get(key) ?? decideLayout(library, layoutId, file, { changes, version, own });
  if (layouts.size >= layoutsInMemoryMax) layouts.clear();
  layouts.set(key, decision);
  return decision.answer === 'refused' || on >= decision.value.inForceFrom
    ? decision
    : { answer: 'refused', findings: [notInForce(decision.value)] };
}

function decideLayout(
  library: NoticeLibrary,
  layoutId: string,
  file: string,
  { changes, version, own }: { changes: string | undefined; version: LayoutChanges | undefined; own: OwnTexts },
): Decision<FormLayout> {
  const findings: Finding[] = [];
  const form = composeLayout(library.layouts, layoutId, file, findings);
  const decision = parseFormLayout(layoutId, {
    form,
    changes,
    version: version === undefined ? undefined : JSON.stringify(version),
    seal: own.seal?.picture,
    municipality: own.municipality,
  });
  return findings.length === 0 ? decision : { answer: 'refused', findings: [...findings, ...decision.findings] };
}

function notInForce({ title, inForceFrom }: FormLayout): Finding {
  return finding('layoutNotInForce', 'refuse', null, { layout: title, from: formatIsoDay(inForceFrom) });
}
