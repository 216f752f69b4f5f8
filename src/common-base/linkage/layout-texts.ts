import { hash } from 'node:crypto';
import type { Tx } from '#platform/postgres';
import { loadItemCatalogue } from './item-catalogue.ts';
import { type LayoutShape, readLayoutShape, withoutUndeclared } from './layout-shape.ts';
import { findLayoutText, getLayoutText, readLayout } from './load-layout.ts';
import type { Layout } from './types.ts';

/** A layout that is about to read a file, with the digest under which its text is kept. */
export interface LayoutInUse {
  readonly layout: Layout;
  readonly digest: string;
}

/**
 * Loads a layout as `loadLayout` does and keeps its text for good, so that what is read by it can be shown by it whatever
 * becomes of it. In a transaction of its own: a reception of hours would make all others with the same new text wait.
 */
export async function loadLayoutInUse(tx: Tx, name: string): Promise<LayoutInUse> {
  const text = await getLayoutText(tx, name);
  const layout = await readLayout(tx, name, text);
  const digest = digestOf(text);
  await tx.client.query(
    'INSERT INTO layout_texts (lg_code, digest, content) VALUES ($1, $2, $3) ON CONFLICT (lg_code, digest) DO NOTHING',
    [tx.lgCode, digest, text],
  );
  return { layout, digest };
}

/** The shape of the layout by which rows were read, and how it stands to the one that has its name today. */
export interface FormerLayout {
  readonly shape: LayoutShape;
  /** `same`: today's is the same; `changed`: today's is another one or gone; `unknown`: what was read by was not kept. */
  readonly since: 'same' | 'changed' | 'unknown';
}

/**
 * The shape of the layout that was in use, by its digest; where none was kept, of today's layout of that name. Undefined
 * where neither can be found. Items that the municipality does not declare any more are left out.
 */
export async function findFormerLayout(
  tx: Tx,
  used: { readonly name: string; readonly digest: string | null },
): Promise<FormerLayout | undefined> {
  const today = await findLayoutText(tx, used.name);
  const text = used.digest === null ? today : await findKeptText(tx, used.digest);
  const shape = text === undefined ? undefined : readLayoutShape(text);
  if (shape === undefined) return undefined;
  return {
    shape: withoutUndeclared(shape, await loadItemCatalogue(tx)),
    since: used.digest === null ? 'unknown' : text === today ? 'same' : 'changed',
  };
}

async function findKeptText(tx: Tx, digest: string): Promise<string | undefined> {
  const { rows } = await tx.client.query<{ content: string }>(
    'SELECT content FROM layout_texts WHERE lg_code = $1 AND digest = $2',
    [tx.lgCode, digest],
  );
  return rows[0]?.content;
}

function digestOf(text: string): string {
  return hash('sha256', text, 'hex');
}
