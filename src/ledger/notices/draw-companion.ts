import { type Actor, requirePermission } from '#common-base/access';
import { getMunicipality } from '#common-base/municipalities';
import { type Day, formatJapaneseEra, NotFound } from '#kernel';
import { type InstitutionSummary, isContractedFor, listInstitutions } from '#ledger/contracts';
import { type PdfOptions, writePdf } from '#platform/pdf';
import { type Tx, withMunicipality } from '#platform/postgres';
import { nameOfProgramme } from '#schedule';
import { formFields } from './form-fields.ts';
import { layOutPages } from './lay-out-pages.ts';
import type { FormLayout, FormValues } from './layout-types.ts';
import { getFormLayout, type NoticeContext } from './library.ts';
import { findJob } from './print-store.ts';
import { type DispatchedLetter, lineOfLetter } from './pull-from-dispatch.ts';

/** Papers that go with a bundle of letters: lists of them, labels and envelopes for them. */
export const companionIds = {
  pulls: 'list-pull',
  dispatch: 'list-dispatch',
  labels: 'labels',
  envelopes: 'envelope',
} as const;

const institutionsPerPage = 500;

/** A kind of paper that goes with a bundle. */
export type CompanionKind = keyof typeof companionIds;

/** A paper drawn from what is there; it has no number of its own. */
export interface DrawnPaper {
  readonly name: string;
  readonly pdf: Buffer;
}

/**
 * Draws a paper that goes with a bundle (引抜きリスト, 発送一覧, 宛名ラベル, 封筒): what is to be pulled stands in the first and
 * in none of the others. A label or an envelope is drawn of what was kept of the letter only.
 */
export async function drawCompanion(
  context: NoticeContext,
  printJobId: number,
  kind: CompanionKind,
  letters: readonly DispatchedLetter[],
  on: Day,
): Promise<DrawnPaper> {
  const { actor, db, library } = context;
  requirePermission(actor, 'notices.print');
  const { layout, author, title } = await withMunicipality(db, actor.lgCode, async (tx) => ({
    layout: await getFormLayout(tx, library, companionIds[kind], on),
    author: (await getMunicipality(tx)).name,
    title: (await findJob(tx, printJobId, 'free'))?.title,
  }));
  if (title === undefined) throw new NotFound(`印刷 ${printJobId} はありません。`);
  const isPlace = kind === 'labels' || kind === 'envelopes';
  // A place is drawn only of who may be written to now, also once the bundle has gone: protection may have begun since.
  const shown = letters.filter(
    ({ pullReason, pulledFor }) => (pullReason !== null) === (kind === 'pulls') && !(isPlace && pulledFor !== null),
  );
  const lines = shown.map(lineOfLetter);
  const isList = layout.document === 'list';
  const values = isList
    ? [listValues(layout, title, on, { letters: lines })]
    : shown.flatMap((each) => each.values ?? []);
  return { name: `${layout.title}_${title}.pdf`, pdf: await drawPaper(context, layout, author, values) };
}

/**
 * The institutions under contract on a day as a paper to enclose (契約医療機関一覧): of a programme only those whose contract
 * of that day is for it; null lists them all.
 */
export async function drawInstitutionList(
  context: NoticeContext,
  on: Day,
  programme: string | null = null,
): Promise<DrawnPaper> {
  const { actor, db, library } = context;
  requirePermission(actor, 'notices.view');
  const { layout, author, rows } = await withMunicipality(db, actor.lgCode, async (tx) => ({
    layout: await getFormLayout(tx, library, 'list-institutions', on),
    author: (await getMunicipality(tx)).name,
    rows: await institutionRows(tx, actor, on, programme),
  }));
  const title = programme === null ? layout.title : `${nameOfProgramme(library.rules, programme)}の予防接種`;
  const values = listValues(layout, title, on, { institutions: rows });
  return { name: `${layout.title}.pdf`, pdf: await drawPaper(context, layout, author, [values]) };
}

async function institutionRows(
  tx: Tx,
  actor: Actor,
  on: Day,
  programme: string | null,
): Promise<Readonly<Record<string, string>>[]> {
  const institutions: InstitutionSummary[] = [];
  for (let after: string | undefined; ; ) {
    const query = { limit: institutionsPerPage, asOf: on, ...(after === undefined ? {} : { after }) };
    const page = await listInstitutions(tx, actor, query);
    institutions.push(...page);
    after = page.at(-1)?.institutionCode;
    if (page.length < institutionsPerPage) break;
  }
  return institutions
    .filter((one) => isContractedFor(one.contracts, on, programme))
    .map((one) => ({
      ...{ name: one.name, code: one.institutionCode, address: one.address ?? '', phone: one.phone ?? '' },
    }));
}

function listValues(layout: FormLayout, title: string, on: Day, lists: FormValues['lists']): FormValues {
  const empty = Object.fromEntries(Object.keys(formFields).map((field) => [field, '']));
  const texts = { ...empty, listTitle: layout.title, listNote: title, issuedOn: formatJapaneseEra(on) };
  return { texts, lists };
}

async function drawPaper(
  { library }: NoticeContext,
  layout: FormLayout,
  author: string,
  values: readonly FormValues[],
): Promise<Buffer> {
  const { fonts } = library;
  const options: PdfOptions = { title: layout.title, author, createdAt: new Date(0), paper: layout.paper, fonts };
  const pages = layOutPages(layout, values).map(({ content }) => content);
  return Buffer.concat(await Array.fromAsync(writePdf(options, pages)));
}
