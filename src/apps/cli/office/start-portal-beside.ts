import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openPortal } from '#counterparties/portal';
import type { LgCode } from '#kernel';
import { openSystemKey } from '#platform/exchange';
import type { OfficeProcess } from './keep-running.ts';

/**
 * Opens the stand-in of the portal's notices beside the demonstration and names it to the office in `portal.json`. Answers
 * where its page is and how it is closed.
 */
export async function openPortalBeside(
  { installation, around, log }: OfficeProcess,
  lgCode: LgCode,
): Promise<{ readonly origin: string; close(): Promise<void> }> {
  const { home } = installation;
  const { publicText } = await openSystemKey(home);
  const portal = await openPortal({
    ...{ home: join(home, 'portal-stand-in'), clock: around.clock, log },
    offices: new Map([[lgCode as string, publicText]]),
  });
  const named = { origin: portal.origin, publicKey: portal.publicText };
  await writeFile(join(home, 'portal.json'), `${JSON.stringify(named, null, 2)}\n`, { mode: 0o600 });
  return { origin: portal.origin, close: () => portal.close() };
}
