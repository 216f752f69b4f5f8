import type { ActionContext } from '#common-base/access';
import { findSettings } from '#common-base/municipalities';
import { type Decision, type Finding, NotFound, UnreadableInput } from '#kernel';
import { readTextFolder } from '#platform/files';
import { explainFinding, type FindingsTables, loadFindingsTables } from '#platform/findings';
import { type FontSet, openFonts } from '#platform/pdf';
import type { Tx } from '#platform/postgres';
import type { RuleSet } from '#schedule';
import type { FormLayout } from './layout-types.ts';
import { parseFormLayout } from './parse-form-layout.ts';

/** What printing needs beside the database: read once per process. */
export interface NoticeLibrary {
  readonly rules: RuleSet;
  /** The layouts as the release brings them: layout id → text. */
  readonly layouts: ReadonlyMap<string, string>;
  readonly fonts: FontSet;
  /** The sentences of findings, for saying what is wrong with a layout. */
  readonly findings: FindingsTables;
}

/** What an action on notices is done with. */
export interface NoticeContext extends ActionContext {
  readonly library: NoticeLibrary;
}

/** Opens the layouts of `rules/forms` and the fonts; `fontFolders` hold a municipality's own fonts (外字). */
export async function openNoticeLibrary(options: {
  readonly rules: RuleSet;
  readonly formsFolder: string;
  readonly fontFolders?: readonly string[];
}): Promise<NoticeLibrary> {
  const files = await readTextFolder(options.formsFolder, (path) => path.endsWith('.json'));
  const layouts = new Map([...files].map(([path, text]) => [path.replace(/\.json$/u, ''), text]));
  const fonts = openFonts(options.fontFolders ?? []);
  return { rules: options.rules, layouts, fonts, findings: await loadFindingsTables() };
}

/** A layout as a list for choosing shows it; `findings` say why one cannot be printed. */
export interface FormLayoutSummary {
  readonly layoutId: string;
  readonly title: string;
  readonly programme: string;
  readonly stage: string;
  readonly findings: readonly Finding[];
}

/** The layouts of this municipality, its own changes applied. */
export async function listFormLayouts(tx: Tx, library: NoticeLibrary): Promise<FormLayoutSummary[]> {
  const summaries: FormLayoutSummary[] = [];
  for (const layoutId of library.layouts.keys()) {
    const decision = await readLayout(tx, library, layoutId);
    const { title, programme, stage } = decision.answer === 'refused' ? headingless(layoutId) : decision.value;
    summaries.push({ layoutId, title, programme, stage, findings: decision.findings });
  }
  return summaries;
}

/** A layout ready to print; one with a fault stops here, with the fault in words, before anything is printed. */
export async function getFormLayout(tx: Tx, library: NoticeLibrary, layoutId: string): Promise<FormLayout> {
  const decision = await readLayout(tx, library, layoutId);
  if (decision.answer !== 'refused') return decision.value;
  const faults = decision.findings.map((one) => explainFinding(library.findings, one).message);
  throw new UnreadableInput(`様式 ${layoutId} に誤りがあるため印刷できません。${faults.join('')}`);
}

async function readLayout(tx: Tx, library: NoticeLibrary, layoutId: string): Promise<Decision<FormLayout>> {
  const form = library.layouts.get(layoutId);
  if (form === undefined) throw new NotFound(`様式 ${layoutId} はありません。`);
  return parseFormLayout(layoutId, {
    form,
    changes: await findSettings(tx, `forms/${layoutId}.json`),
    municipality: await findSettings(tx, 'municipality.json'),
  });
}

function headingless(layoutId: string): { title: string; programme: string; stage: string } {
  return { title: layoutId, programme: '', stage: '' };
}
