import type { Tx } from '#platform/postgres';
import { countInquiries } from './inquiry-store.ts';
import { countWork } from './pages/list-page.ts';

/** How many inquiries wait for a person: answers to compare, and those that could not be asked. */
export async function countInquiriesAtWork(tx: Tx): Promise<number> {
  return countWork(await countInquiries(tx));
}
