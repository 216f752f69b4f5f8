import { mailAccountNotices } from '#common-base/access';
import { findSettings, listMunicipalities } from '#common-base/municipalities';
import type { Clock } from '#platform/clock';
import type { RepeatedTask } from '#platform/jobs';
import { sendMail } from './send-mail.ts';

const everyMs = 60_000;

/**
 * Each minute, where a mail server and the municipality's addresses are named (`accountMail`): whoever's means of signing
 * in were changed is told by mail. A server that fails is tried again; nobody else's notices wait for it.
 */
export function createAccountMail(clock: Clock, smtpUrl: string | null): RepeatedTask {
  return {
    name: 'access.accountMail',
    everyMs,
    async run({ db, log, signal }) {
      if (smtpUrl === null) return;
      for (const { lgCode, name } of await listMunicipalities(db)) {
        if (signal.aborted) return;
        const place = { db, lgCode, municipalityName: name, at: clock.now() };
        const findAccessSettings = (tx: Parameters<typeof findSettings>[0]) => findSettings(tx, 'access.json');
        await mailAccountNotices({ ...place, findAccessSettings }, (mail) => sendMail(smtpUrl, mail)).catch(
          (error: unknown) =>
            log.warn(
              { ...describeMailError(error), lgCode },
              'a mail about an account could not be sent; trying again',
            ),
        );
      }
    },
  };
}

/** What of a failed mail may be logged: a server's sentence quotes the mailbox. */
function describeMailError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { kind: typeof error };
  const { code, command, responseCode } = error as Error & Record<string, unknown>;
  return { kind: error.name, code, command, responseCode };
}
