import type { Day, LgCode } from '#kernel';
import { createLog } from '#platform/log';
import { openPools, withMunicipality } from '#platform/postgres';
import { serveThread } from '#platform/threads';
import { parseRules } from '#schedule';
import { createComparer } from './derive-changes.ts';
import { type TrialPage, tryPage } from './try-page.ts';

/** What a thread of a trial is prepared with. */
export interface TrialThreadData {
  readonly appUrl: string;
  readonly lgCode: LgCode;
  readonly trialId: number;
  readonly asOf: Day;
  /** The tables by file. */
  readonly base: ReadonlyMap<string, string>;
  readonly proposed: ReadonlyMap<string, string>;
}

/** One thread of a trial: pages of people in, counts out, on a connection of its own. */
await serveThread(async ({ appUrl, lgCode, trialId, asOf, base, proposed }: TrialThreadData) => {
  const compare = createComparer(parseRules(base), parseRules(proposed), asOf);
  const db = openPools({ app: appUrl }, createLog('trial', 'warn'), { app: 1, vault: 1, disposal: 1, read: 1 });
  return (page: TrialPage) => withMunicipality(db, lgCode, (tx) => tryPage(tx, compare, { trialId, asOf }, page));
});
