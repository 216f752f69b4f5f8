import type { SettingsChange, SettingsFile, SettingsInForce } from './types.ts';

/** The versions to append: new and changed files, and withdrawals of files that the folder no longer has. */
export function decideSettingsChanges(files: readonly SettingsFile[], inForce: SettingsInForce): SettingsChange[] {
  const present = new Set(files.map(({ path }) => path));
  const written = files.flatMap(({ path, content, digest }) => {
    const known = inForce.get(path);
    return known?.digest === digest ? [] : [{ path, version: (known?.version ?? 0) + 1, digest, content }];
  });
  const withdrawn = [...inForce]
    .filter(([path, { digest }]) => digest !== '' && !present.has(path))
    .map(([path, { version }]) => ({ path, version: version + 1, digest: '', content: null }));
  return [...written, ...withdrawn];
}
