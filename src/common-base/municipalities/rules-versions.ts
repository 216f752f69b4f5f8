import { createHash } from 'node:crypto';
import { Conflict, NotFound } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { RuleSet } from '#schedule';

/** A version of the rules that judged here, without its texts. */
export interface RulesVersion {
  readonly version: string;
  readonly firstUsedAt: Date;
  /** The process or person, as named then. */
  readonly firstUsedBy: string;
}

/**
 * Keeps the texts of a version before anything is judged by it; nothing happens where it is kept already. Another text
 * under the same version (which has 64 bits only) is a Conflict: nobody could say later what was meant.
 */
export async function keepRulesVersion(tx: Tx, rules: RuleSet, usedBy: string): Promise<void> {
  const digest = digestOf(rules.texts);
  const { rowCount } = await tx.client.query(
    `INSERT INTO rules_versions (lg_code, rules_version, digest, texts, first_used_by) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (lg_code, rules_version) DO NOTHING`,
    [tx.lgCode, rules.version, digest, JSON.stringify(Object.fromEntries(rules.texts)), usedBy],
  );
  if (rowCount === 1) return;
  const { rows } = await tx.client.query<{ digest: string }>(
    'SELECT digest FROM rules_versions WHERE lg_code = $1 AND rules_version = $2',
    [tx.lgCode, rules.version],
  );
  if (rows[0]?.digest !== digest) {
    throw new Conflict(`きまりの版 ${rules.version} は、別の内容で使われています。表の備考を一字変えてください。`);
  }
}

/** Every version that judged here, newest first. */
export async function listRulesVersions(tx: Tx): Promise<RulesVersion[]> {
  const { rows } = await tx.client.query<RulesVersion>(
    `SELECT rules_version AS version, first_used_at AS "firstUsedAt", first_used_by AS "firstUsedBy"
     FROM rules_versions WHERE lg_code = $1 ORDER BY first_used_at DESC, rules_version`,
    [tx.lgCode],
  );
  return rows;
}

/** The texts of a version by file, held against their digest; throws NotFound for one that never judged here. */
export async function getRulesTexts(tx: Tx, version: string): Promise<ReadonlyMap<string, string>> {
  const { rows } = await tx.client.query<{ digest: string; texts: Readonly<Record<string, string>> }>(
    'SELECT digest, texts FROM rules_versions WHERE lg_code = $1 AND rules_version = $2',
    [tx.lgCode, version],
  );
  const [row] = rows;
  if (row === undefined) throw new NotFound('この版のきまりは、ここでは使われていません。');
  const texts = new Map(Object.entries(row.texts).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  if (digestOf(texts) !== row.digest) throw new Error(`the texts of the rules ${version} are not those that were kept`);
  return texts;
}

function digestOf(texts: ReadonlyMap<string, string>): string {
  const sorted = [...texts].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}
