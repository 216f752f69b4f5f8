import {
  type Answer,
  addStaffRoute,
  answerWith,
  mayDo,
  redirectTo,
  type StaffApp,
  type StaffContext,
} from '#common-base/access';
import { recordAct } from '#common-base/audit';
import {
  bytesSource,
  type FeedRow,
  findKeptLayout,
  findLayoutText,
  keepLayout,
  type Layout,
  layoutColumnsOf,
  listLayouts,
  proposeLayout,
  readFeed,
  readFirstLine,
  readLayout,
  readWritten,
  type WrittenLayout,
} from '#common-base/linkage';
import { NotFound, UnreadableInput } from '#kernel';
import { layoutItems } from '#ledger/intake';
import { explainFinding, type FindingsTables } from '#platform/findings';
import { type Tx, withMunicipality } from '#platform/postgres';
import type { CarriedSample } from './pages/layout-table.ts';
import { layoutsPage, type TitledLayout } from './pages/layouts-page.ts';
import { layoutsPath } from './pages/paths.ts';
import { changeColumns, readLayoutForm } from './read-layout-form.ts';

const rowsShown = 20;
const columnsAddedAtMost = 100;
const bytesReadAtMost = 512 * 1024;
const bytesCarriedAtMost = 48 * 1024;

interface LayoutTools {
  readonly findings: FindingsTables;
}

/** Layouts of files: begun from a real file, changed as a table, read on that file at each step, and kept by a chief. */
export function registerLayoutRoutes(app: StaffApp, tools: LayoutTools): void {
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
    handler: (context: StaffContext) => tryOnFile(context, tools),
  });
  addStaffRoute(app, {
    ...route,
    url: `${layoutsPath}/table`,
    method: 'POST',
    handler: (context: StaffContext) => tryTable(context, tools),
  });
  addStaffRoute(app, {
    ...route,
    url: `${layoutsPath}/keep`,
    method: 'POST',
    permission: 'layouts.keep',
    handler: (context: StaffContext) => keep(context, tools),
  });
}

interface Trial {
  readonly text: string;
  /** The table as it was sent, also where it is no layout yet: what was typed stays. */
  readonly written: WrittenLayout | null;
  readonly fault: string | null;
  readonly layout: Layout | null;
  readonly rows: readonly FeedRow[];
  readonly sample: CarriedSample | null;
}

async function showLayouts(context: StaffContext, tools: LayoutTools, trial: Trial | null): Promise<Answer> {
  const asked = (trial === null ? context.query : context.body).text('name');
  const { layouts, text, version } = await withMunicipality(context.db, context.lgCode, async (tx) => ({
    layouts: await listTitled(tx),
    text: asked === '' ? undefined : await findLayoutText(tx, asked),
    version: (await findKeptLayout(tx, asked))?.version ?? 0,
  }));
  if (asked !== '' && text === undefined && trial === null) throw new NotFound('この並びはありません。');
  const shown = trial?.text ?? text ?? '';
  const body = layoutsPage({
    layouts,
    name: asked,
    text: shown,
    written: trial?.written ?? readWritten(shown) ?? null,
    version,
    fault: trial?.fault ?? null,
    layout: trial?.layout ?? null,
    rows: trial?.rows ?? [],
    sample: trial?.sample ?? null,
    items: layoutItems,
    mayKeep: mayDo(context.actor, 'layouts.keep'),
    csrfToken: context.csrfToken,
    explain: (finding) => explainFinding(tools.findings, finding).message,
  });
  const page = context.page({ title: 'ファイルの並び', body, current: layoutsPath });
  return trial === null || trial.fault === null ? page : answerWith(422, page);
}

/** The layouts by what they are for; one that cannot be read stands there by its name: the page is there to mend it. */
async function listTitled(tx: Tx): Promise<TitledLayout[]> {
  const titled: TitledLayout[] = [];
  for (const layout of await listLayouts(tx)) {
    const written = readWritten((await findLayoutText(tx, layout.name)) ?? '');
    titled.push({ ...layout, title: written?.title ?? layout.name });
  }
  return titled.toSorted((a, b) => a.title.localeCompare(b.title, 'ja'));
}

/** A file was sent: read with the layout as it stands, or, where nothing stands yet, the draft of one made from it. */
async function tryOnFile(context: StaffContext, tools: LayoutTools): Promise<Answer> {
  const written = context.body.find('text') ?? '';
  const file = await readBeginning(context);
  return await answerTrial(context, tools, async (tx) => {
    if (file === undefined) return { text: written, sample: null, problem: '試すファイルを選んでください。' };
    const text = written.trim() === '' ? await draftFrom(tx, file.bytes) : written;
    return { text, sample: file };
  });
}

/** The table was changed: read again on the beginning of the file that the page carries. */
async function tryTable(context: StaffContext, tools: LayoutTools): Promise<Answer> {
  const { body } = context;
  const count = Math.min(Math.max(Number.parseInt(body.text('addCount'), 10) || 1, 1), columnsAddedAtMost);
  const changed = changeColumns(readLayoutForm(body), body.text('action'), count);
  const text = JSON.stringify(changed, null, 2);
  return await answerTrial(context, tools, () =>
    Promise.resolve({ text, written: changed, sample: carriedSample(context) }),
  );
}

async function keep(context: StaffContext, tools: LayoutTools): Promise<Answer> {
  const { body } = context;
  const [name, text, reason] = [body.text('name'), body.find('text') ?? '', body.text('reason')];
  const expectedVersion = Number(body.text('version'));
  try {
    await withMunicipality(context.db, context.lgCode, async (tx) => {
      if (reason === '') throw new UnreadableInput('登録の理由を書いてください。');
      await readLayout(tx, name, text);
      await keepLayout(tx, context.actor, { name, text, reason, expectedVersion });
    });
  } catch (error) {
    if (!(error instanceof UnreadableInput)) throw error;
    const problem = error.message;
    return await answerTrial(context, tools, () => Promise.resolve({ text, sample: carriedSample(context), problem }));
  }
  return redirectTo(`${layoutsPath}?${new URLSearchParams({ name }).toString()}`);
}

interface Tried {
  readonly text: string;
  readonly written?: WrittenLayout;
  readonly sample: { readonly fileName: string; readonly bytes: Buffer } | null;
  readonly problem?: string;
}

/** Reads the sample with the layout and shows both; what is wrong with either is said. */
async function answerTrial(
  context: StaffContext,
  tools: LayoutTools,
  load: (tx: Tx) => Promise<Tried>,
): Promise<Answer> {
  const name = context.body.text('name');
  const trial = await withMunicipality(context.db, context.lgCode, async (tx): Promise<Trial> => {
    await recordAct(tx, context.actor, { act: 'linkage.layoutTried' });
    const { text, sample, problem, written = null } = await load(tx);
    const carried = sample === null ? null : carry(sample);
    const base = { text, written, layout: null, rows: [], sample: carried };
    try {
      const layout = await readLayout(tx, name === '' ? 'trial' : name, text);
      const rows = sample === null ? [] : await readRows(tx, layout, sample);
      return { ...base, layout, rows, fault: problem ?? null };
    } catch (error) {
      if (error instanceof UnreadableInput) return { ...base, fault: problem ?? error.message };
      throw error;
    }
  });
  return await showLayouts(context, tools, trial);
}

async function readRows(tx: Tx, layout: Layout, sample: NonNullable<Tried['sample']>): Promise<FeedRow[]> {
  const rows: FeedRow[] = [];
  const source = bytesSource(sample.fileName, sample.bytes);
  for await (const chunk of readFeed(source, layout, { lgCode: tx.lgCode, rowsPerChunk: rowsShown })) {
    rows.push(...chunk);
    if (rows.length >= rowsShown) break;
  }
  return rows.slice(0, rowsShown);
}

/** The draft for a file of which nothing is known: columns that other layouts of the municipality name alike. */
async function draftFrom(tx: Tx, bytes: Buffer): Promise<string> {
  const known = [];
  for (const { name } of await listLayouts(tx)) {
    known.push(...layoutColumnsOf((await findLayoutText(tx, name)) ?? ''));
  }
  return JSON.stringify(proposeLayout(readFirstLine(bytes), known), null, 2);
}

/** Whole lines of the beginning, few enough for a form; a last line beyond is left out. */
function carry({ fileName, bytes }: NonNullable<Tried['sample']>): CarriedSample {
  const end = bytes.length <= bytesCarriedAtMost ? bytes.length : bytes.lastIndexOf(0x0a, bytesCarriedAtMost) + 1;
  return { fileName, bytes: bytes.subarray(0, end).toString('base64') };
}

function carriedSample(context: StaffContext): Tried['sample'] {
  const fileName = context.body.text('sampleName');
  if (fileName === '') return null;
  return { fileName, bytes: Buffer.from(context.body.text('sample'), 'base64') };
}

/** The beginning of the form's file up to its last whole line; the rest is let go unread. */
async function readBeginning(context: StaffContext): Promise<{ fileName: string; bytes: Buffer } | undefined> {
  for await (const { fileName, chunks } of context.files()) {
    const parts: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of chunks) {
      if (bytes <= bytesReadAtMost) parts.push(chunk);
      bytes += chunk.length;
    }
    if (fileName === '') continue;
    const read = Buffer.concat(parts);
    return { fileName, bytes: bytes > read.length ? read.subarray(0, read.lastIndexOf(0x0a) + 1) : read };
  }
  return undefined;
}
