import { createHash } from 'node:crypto';
import type { LgCode } from '#kernel';
import { type Database, withMunicipality } from '#platform/postgres';

/** Puts one file into the settings of a municipality as `init` does, as its newest version; null takes it away. */
export async function setSettingsFile(
  db: Database,
  lgCode: LgCode,
  path: string,
  content: string | null,
): Promise<void> {
  const digest = createHash('sha256')
    .update(content ?? '')
    .digest('hex');
  await withMunicipality(db, lgCode, ({ client }) =>
    client.query(
      `INSERT INTO settings_documents (lg_code, path, version, digest, content)
       SELECT $1, $2, 1 + coalesce(max(version), 0), $3, $4 FROM settings_documents WHERE lg_code = $1 AND path = $2`,
      [lgCode, path, digest, content],
    ),
  );
}
