/**
 * The environment of the embedded server's processes: without this program's own variables, which may hold secrets (the
 * key of the vault, connection strings). Whoever looks into the server's process finds none of them.
 */
export function serverEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  own: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const kept = Object.entries(environment).filter(([name]) => !name.startsWith('SESSHU_') && name !== 'DATABASE_URL');
  return { ...Object.fromEntries(kept), ...own, LC_ALL: 'C', TZ: 'UTC' };
}
