import { findSettings } from '#common-base/municipalities';
import { UnreadableInput } from '#kernel';
import type { Tx } from '#platform/postgres';
import { type Partner, parsePartners } from './parse-partners.ts';

const partnerFile = 'mutual-agreement.csv';

/** The municipalities of the mutual agreement; none without the list. */
export async function loadPartners(tx: Tx): Promise<readonly Partner[]> {
  const text = await findSettings(tx, partnerFile);
  if (text === undefined) return [];
  try {
    return parsePartners(text);
  } catch (error) {
    const place = error instanceof Error ? error.message : '';
    throw new UnreadableInput(`設定ファイル ${partnerFile} を読み取れません（${place}）。`);
  }
}
