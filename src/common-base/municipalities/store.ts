import type { LgCode } from '#kernel';
import type { Database, Tx } from '#platform/postgres';
import type { Municipality, SettingsChange, SettingsInForce } from './types.ts';

interface MunicipalityRow {
  readonly lg_code: LgCode;
  readonly name: string;
  readonly prefecture: string;
  readonly is_demonstration: boolean;
}

/** Registers the municipality or brings its names up to date; answers whether it is new. */
export async function upsertMunicipality(tx: Tx, municipality: Municipality): Promise<boolean> {
  const { rows } = await tx.client.query<{ created: boolean }>(
    `INSERT INTO municipalities (lg_code, name, prefecture, is_demonstration) VALUES ($1, $2, $3, $4)
     ON CONFLICT (lg_code) DO UPDATE SET name = EXCLUDED.name, prefecture = EXCLUDED.prefecture,
       is_demonstration = EXCLUDED.is_demonstration
     RETURNING xmax = 0 AS created`,
    [tx.lgCode, municipality.name, municipality.prefecture, municipality.isDemonstration],
  );
  return rows[0]?.created === true;
}

/** The municipality of this transaction, undefined when it was never registered. */
export async function findMunicipalityRow(tx: Tx): Promise<Municipality | undefined> {
  const { rows } = await tx.client.query<MunicipalityRow>(
    'SELECT lg_code, name, prefecture, is_demonstration FROM municipalities WHERE lg_code = $1',
    [tx.lgCode],
  );
  return rows[0] === undefined ? undefined : toMunicipality(rows[0]);
}

/** Every municipality of the installation, by the one function that may answer across them. */
export async function listMunicipalityRows(db: Database): Promise<Municipality[]> {
  const { rows } = await db.app.query<MunicipalityRow>('SELECT * FROM list_municipalities()');
  return rows.map(toMunicipality);
}

/** The newest version of every settings document. */
export async function loadSettingsInForce(tx: Tx): Promise<SettingsInForce> {
  const { rows } = await tx.client.query<{ path: string; version: number; digest: string }>(
    `SELECT DISTINCT ON (path) path, version, digest FROM settings_documents WHERE lg_code = $1 ORDER BY path, version DESC`,
    [tx.lgCode],
  );
  return new Map(rows.map(({ path, version, digest }) => [path, { version, digest }]));
}

/** The text of `settings/<municipality>/<path>` as last loaded; undefined when there is none or it was withdrawn. */
export async function findSettings(tx: Tx, path: string): Promise<string | undefined> {
  const { rows } = await tx.client.query<{ content: string | null }>(
    'SELECT content FROM settings_documents WHERE lg_code = $1 AND path = $2 ORDER BY version DESC LIMIT 1',
    [tx.lgCode, path],
  );
  return rows[0]?.content ?? undefined;
}

/** Appends versions; nothing of what was in force before is touched. */
export async function appendSettings(tx: Tx, changes: readonly SettingsChange[]): Promise<void> {
  for (const { path, version, digest, content } of changes) {
    await tx.client.query(
      'INSERT INTO settings_documents (lg_code, path, version, digest, content) VALUES ($1, $2, $3, $4, $5)',
      [tx.lgCode, path, version, digest, content],
    );
  }
}

function toMunicipality(row: MunicipalityRow): Municipality {
  return { lgCode: row.lg_code, name: row.name, prefecture: row.prefecture, isDemonstration: row.is_demonstration };
}
