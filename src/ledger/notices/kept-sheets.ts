import { gunzipSync, gzipSync } from 'node:zlib';
import { type FontSet, type PdfOptions, readPng, writePdf } from '#platform/pdf';
import { type BundlePage, type Insert, layOutBundle } from './lay-out-pages.ts';
import type { FormLayout, FormValues } from './layout-types.ts';

/** Everything from which the pages of a file were drawn (再印刷用の控え). */
export interface KeptSheets {
  readonly layout: FormLayout;
  readonly title: string;
  readonly author: string;
  readonly createdAt: Date;
  /** The values of each sheet in the order of the pages. */
  readonly sheets: readonly FormValues[];
  /** What goes behind single sheets; left out in files printed before there was such a thing. */
  readonly bundle?: { readonly layouts: readonly FormLayout[]; readonly inserts: readonly Insert[] };
}

/** The pages of a file in their order, drawn when they are taken. */
export function layOutKept({ layout, sheets, bundle }: KeptSheets): Generator<BundlePage> {
  return layOutBundle(layout, sheets, bundle ?? { layouts: [], inserts: [] });
}

/** What was printed on the pages of a file, by page (first = 1); what stands behind a sheet is left out. */
export function sheetsByPage(kept: KeptSheets): Map<number, FormValues> {
  const printed = new Map<number, FormValues>();
  let page = 0;
  for (const { sheet, isInsert } of layOutKept(kept)) {
    page += 1;
    const values = kept.sheets[sheet];
    if (!isInsert && values !== undefined) printed.set(page, values);
  }
  return printed;
}

/** The bytes under which the sheets of a file are kept beside it. */
export function packSheets(kept: KeptSheets): Buffer {
  const seal = kept.layout.seal?.file.toString('base64') ?? null;
  const bundle = kept.bundle && { ...kept.bundle, layouts: kept.bundle.layouts.map((one) => ({ ...one, seal: null })) };
  const createdAt = kept.createdAt.getTime();
  return gzipSync(JSON.stringify({ ...kept, createdAt, layout: { ...kept.layout, seal }, bundle }));
}

/** Reads what `packSheets` wrote. */
export function unpackSheets(bytes: Uint8Array): KeptSheets {
  const kept = JSON.parse(gunzipSync(bytes).toString('utf8')) as Omit<KeptSheets, 'createdAt'> & {
    readonly createdAt: number;
    readonly layout: { readonly seal: string | null };
  };
  const { seal } = kept.layout as { readonly seal: string | null };
  const layout = { ...kept.layout, seal: seal === null ? null : readPng(Buffer.from(seal, 'base64')) };
  return { ...kept, createdAt: new Date(kept.createdAt), layout };
}

/**
 * Draws a range of the pages of a file once more, first and last included: the same range gives the same bytes, and
 * the whole range the bytes of the file itself, as long as the fonts are the same.
 */
export async function redrawPages(kept: KeptSheets, fonts: FontSet, from: number, to: number): Promise<Buffer> {
  const { layout, title, author, createdAt } = kept;
  const options: PdfOptions = { title, author, createdAt, paper: layout.paper, fonts };
  const pages = layOutKept(kept)
    .take(to)
    .drop(from - 1);
  return Buffer.concat(
    await Array.fromAsync(
      writePdf(
        options,
        pages.map(({ content }) => content),
      ),
    ),
  );
}
