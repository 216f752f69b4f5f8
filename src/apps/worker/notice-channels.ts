import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ElectronicNotice, NoticeChannels } from '#ledger/notices';
import { ledgerPortalPath, ledgerPortalVersion, type PortalNotice, readFromPortal } from '#messages';
import type { Clock } from '#platform/clock';
import { CallFailed, callSystem, readPeerKey, type SystemKey } from '#platform/exchange';
import { sendMail } from './send-mail.ts';

/** Where electronic notices leave the office. */
export interface ChannelOptions {
  /** `smtps://user:password@host:port` of the mail server (`SESSHU_SMTP_URL`); null where none is named. */
  readonly smtpUrl: string | null;
  /** SESSHU_HOME: `portal.json` there says where the portal is and by which key it answers. */
  readonly home: string;
  /** The office's own key, with which it signs. */
  readonly key: SystemKey;
  readonly clock: Clock;
}

/** E-mail goes by SMTP, notices of the portal as signed messages to the system that `portal.json` names. */
export function openNoticeChannels(options: ChannelOptions): NoticeChannels {
  return {
    sendEmail: (notice) => sendByMail(options.smtpUrl, notice),
    putOnPortal: (notice) => tellPortal(options, notice),
  };
}

async function sendByMail(smtpUrl: string | null, notice: ElectronicNotice): Promise<void> {
  const { to, from, subject, text, lgCode, noticeMessageId } = notice;
  if (smtpUrl === null || from === null || to === null) throw new MailNotConfigured();
  const messageId = `<notice-${lgCode}-${noticeMessageId}@sesshu.invalid>`;
  await sendMail(smtpUrl, { from, to, subject, text, messageId });
}

/** Neither `SESSHU_SMTP_URL` nor a sender in `mail.json`: the notice stays failed until somebody names them. */
class MailNotConfigured extends Error {
  override readonly name = 'MailNotConfigured';
}

/** No `portal.json`: the notice stays failed until somebody names a portal. Nothing counts as told that went nowhere. */
class PortalNotConfigured extends Error {
  override readonly name = 'PortalNotConfigured';
}

async function tellPortal({ home, key, clock }: ChannelOptions, notice: ElectronicNotice): Promise<void> {
  const { origin, publicKey } = await readPortal(home);
  const { lgCode, noticeMessageId, municipalityName, subject, text } = notice;
  const frame = { version: ledgerPortalVersion, lgCode, noticeId: noticeMessageId } as const;
  const message: PortalNotice = { ...frame, kind: 'notice', municipalityName, subject, text };
  const call = { origin, path: ledgerPortalPath, key, peer: readPeerKey(publicKey), clock };
  const taken = readFromPortal(await callSystem(call, JSON.stringify(message)));
  if (taken.lgCode !== lgCode || taken.noticeId !== noticeMessageId) {
    throw new CallFailed('the portal has taken another notice');
  }
}

async function readPortal(home: string): Promise<{ readonly origin: string; readonly publicKey: string }> {
  const text = await readFile(join(home, 'portal.json'), 'utf8').catch((error: unknown) => {
    if ((error as { code?: string }).code === 'ENOENT') return '{}';
    throw error;
  });
  const { origin, publicKey } = JSON.parse(text) as { readonly origin?: unknown; readonly publicKey?: unknown };
  if (typeof origin !== 'string' || typeof publicKey !== 'string') throw new PortalNotConfigured();
  return { origin, publicKey };
}
