import type pg from 'pg';

/** The functions of large objects, which PostgreSQL gives to everybody, that everybody still has. */
const openFunctions = `
  SELECT format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS signature
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE n.nspname = 'pg_catalog' AND p.proname ~ '^(lo_|loread$|lowrite$)'
    AND (p.proacl IS NULL OR EXISTS (SELECT 1 FROM aclexplode(p.proacl) a WHERE a.grantee = 0))`;

/**
 * Takes large objects (lo_create and the like) from everybody: nothing here is kept in them, and what one of our roles
 * wrote there would stand outside of tables, grants and backups. `admin` is connected to the database itself; only a
 * superuser can do it, so at a managed service it is left as it is (docs/guides/install.md).
 */
export async function closeLargeObjects(admin: pg.ClientBase): Promise<void> {
  const { rows } = await admin.query<{ is_super: boolean }>(
    'SELECT rolsuper AS is_super FROM pg_roles WHERE rolname = current_user',
  );
  if (rows[0]?.is_super !== true) return;
  const { rows: open } = await admin.query<{ signature: string }>(openFunctions);
  if (open.length === 0) return;
  await admin.query(`REVOKE EXECUTE ON FUNCTION ${open.map(({ signature }) => signature).join(', ')} FROM PUBLIC`);
}
