import type { Office } from '#common-base/access';
import { findSettings, listMunicipalities } from '#common-base/municipalities';
import type { LgCode } from '#kernel';
import { type Database, withMunicipality } from '#platform/postgres';

/** The municipalities of the installation, and whose pages a host name stands for. */
export interface OfficeDirectory {
  readonly listOffices: () => Promise<readonly Office[]>;
  /** By `hostNames` of `municipality.json`, as read with the last list. */
  readonly lgCodeOfHost: (host: string) => LgCode | undefined;
}

/** Opens the directory; the host names are read again whenever the list is. */
export function openOfficeDirectory(db: Database): OfficeDirectory {
  let hosts: ReadonlyMap<string, LgCode> = new Map();
  return {
    async listOffices() {
      const offices = await listMunicipalities(db);
      const named = await Promise.all(
        offices.map(async ({ lgCode }) => {
          const text = await withMunicipality(db, lgCode, (tx) => findSettings(tx, 'municipality.json'));
          return readHostNames(text).map((host) => [host, lgCode] as const);
        }),
      );
      hosts = new Map(named.flat());
      return offices;
    },
    lgCodeOfHost: (host) => hosts.get(host.toLowerCase()),
  };
}

/** The host names that a municipality's settings give; none where the document says nothing of the kind. */
function readHostNames(text: string | undefined): string[] {
  if (text === undefined) return [];
  const { hostNames } = JSON.parse(text) as { hostNames?: unknown };
  if (!Array.isArray(hostNames)) return [];
  return hostNames.filter((name) => typeof name === 'string').map((name) => name.toLowerCase());
}
