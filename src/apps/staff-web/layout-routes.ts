import { type Answer, addStaffRoute, answerWith, type StaffApp, type StaffContext } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import {
  bytesSource,
  type FeedRow,
  findLayoutText,
  type Layout,
  listStandardLayouts,
  readFeed,
  readLayout,
} from '#common-base/linkage';
import { listSettingsPaths } from '#common-base/municipalities';
import { NotFound, UnreadableInput } from '#kernel';
import { explainFinding, type FindingsTables } from '#platform/findings';
import { type Tx, withMunicipality } from '#platform/postgres';
import { layoutsPage, type NamedLayout } from './pages/layouts-page.ts';
import { layoutsPath } from './pages/paths.ts';

const rowsShown = 20;
const bytesReadAtMost = 512 * 1024;

/** Layouts of files: what is written, changed here for a try, and read with it from a real file. Nothing is kept. */
export function registerLayoutRoutes(app: StaffApp, tools: { readonly findings: FindingsTables }): void {
  const route = { url: layoutsPath, permission: 'intake.receive', needsReason: true } as const;
  addStaffRoute(app, {
    ...route,
    method: 'GET',
    handler: (context: StaffContext) => showLayouts(context, tools, null),
  });
  addStaffRoute(app, {
    ...route,
    method: 'POST',
    takesFiles: true,
    handler: (context: StaffContext) => tryLayout(context, tools),
  });
}

interface Trial {
  readonly text: string;
  readonly fault: string | null;
  readonly layout: Layout | null;
  readonly rows: readonly FeedRow[];
  readonly fileName: string | null;
}

async function showLayouts(
  context: StaffContext,
  tools: { readonly findings: FindingsTables },
  trial: Trial | null,
): Promise<Answer> {
  const asked = (trial === null ? context.query : context.body).text('name');
  const { layouts, text } = await withMunicipality(context.db, context.lgCode, async (tx) => ({
    layouts: await listNamedLayouts(tx),
    text: asked === '' ? undefined : await findLayoutText(tx, asked),
  }));
  if (asked !== '' && text === undefined && trial === null) throw new NotFound('この並びはありません。');
  const body = layoutsPage({
    layouts,
    name: asked,
    text: trial?.text ?? text ?? '',
    fault: trial?.fault ?? null,
    layout: trial?.layout ?? null,
    rows: trial?.rows ?? [],
    fileName: trial?.fileName ?? null,
    csrfToken: context.csrfToken,
    explain: (finding) => explainFinding(tools.findings, finding).message,
  });
  const page = context.page({ title: 'ファイルの並び', body, current: layoutsPath });
  return trial === null || trial.fault === null ? page : answerWith(422, page);
}

/** The municipality's own layouts and those that come with the program, by what they are for. */
async function listNamedLayouts(tx: Tx): Promise<NamedLayout[]> {
  const own = (await listSettingsPaths(tx, 'layouts/')).map((path) => path.slice('layouts/'.length, -'.json'.length));
  const layouts: NamedLayout[] = [];
  for (const name of new Set([...own, ...(await listStandardLayouts())])) {
    layouts.push({ name, title: titleOf((await findLayoutText(tx, name)) ?? '') ?? name });
  }
  return layouts.toSorted((a, b) => a.title.localeCompare(b.title, 'ja'));
}

/** The title that a layout names itself by; undefined where it cannot be read: the page is there to mend it. */
function titleOf(text: string): string | undefined {
  try {
    const written: unknown = JSON.parse(text);
    const title = typeof written === 'object' && written !== null && 'title' in written ? written.title : undefined;
    return typeof title === 'string' && title !== '' ? title : undefined;
  } catch {
    return undefined;
  }
}

async function tryLayout(context: StaffContext, tools: { readonly findings: FindingsTables }): Promise<Answer> {
  const name = context.body.text('name');
  const text = context.body.find('text') ?? '';
  const file = await readBeginning(context);
  const trial = await withMunicipality(context.db, context.lgCode, async (tx): Promise<Trial> => {
    const failed = { text, layout: null, rows: [], fileName: file?.name ?? null };
    await recordAct(tx, context.actor, { act: 'linkage.layoutTried' });
    try {
      const layout = await readLayout(tx, name === '' ? 'trial' : name, text);
      if (file === undefined) return { ...failed, layout, fault: '試すファイルを選んでください。' };
      const rows: FeedRow[] = [];
      for await (const chunk of readFeed(file.source, layout, { lgCode: tx.lgCode, rowsPerChunk: rowsShown })) {
        rows.push(...chunk);
        if (rows.length >= rowsShown) break;
      }
      return { ...failed, layout, rows: rows.slice(0, rowsShown), fault: null };
    } catch (error) {
      if (error instanceof UnreadableInput) return { ...failed, fault: error.message };
      throw error;
    }
  });
  return await showLayouts(context, tools, trial);
}

/** The beginning of the form's file up to its last whole line; the rest is let go unread. */
async function readBeginning(
  context: StaffContext,
): Promise<{ readonly name: string; readonly source: ReturnType<typeof bytesSource> } | undefined> {
  for await (const { fileName, chunks } of context.files()) {
    const parts: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of chunks) {
      if (bytes <= bytesReadAtMost) parts.push(chunk);
      bytes += chunk.length;
    }
    if (fileName === '') continue;
    const read = Buffer.concat(parts);
    const whole = bytes > read.length ? read.subarray(0, read.lastIndexOf(0x0a) + 1) : read;
    return { name: fileName, source: bytesSource(fileName, whole) };
  }
  return undefined;
}
