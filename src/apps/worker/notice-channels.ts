import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import type { ElectronicNotice, NoticeChannels } from '#ledger/notices';

/** Where electronic notices leave the office. */
export interface ChannelOptions {
  /** `smtps://user:password@host:port` of the mail server (`SESSHU_SMTP_URL`); null where none is named. */
  readonly smtpUrl: string | null;
  /** The folder of the portal's stand-in: a notice becomes a file there, for demonstration and tests only. */
  readonly portalFolder: string;
}

const secondsMax = 20;

/** E-mail goes by SMTP; the portal is a stand-in that keeps what it would show to the person. */
export function openNoticeChannels({ smtpUrl, portalFolder }: ChannelOptions): NoticeChannels {
  return {
    sendEmail: (notice) => sendByMail(smtpUrl, notice),
    putOnPortal: (notice) => keepForPortal(portalFolder, notice),
  };
}

async function sendByMail(smtpUrl: string | null, notice: ElectronicNotice): Promise<void> {
  const { to, from, subject, text, lgCode, noticeMessageId } = notice;
  if (smtpUrl === null || from === null || to === null) throw new MailNotConfigured();
  const milliseconds = secondsMax * 1000;
  const options = { connectionTimeout: milliseconds, greetingTimeout: milliseconds, socketTimeout: milliseconds };
  const transport = createTransport({ url: smtpUrl, ...options });
  try {
    // The same notice has the same id, should a server see it twice.
    await transport.sendMail({
      from,
      to,
      subject,
      text,
      messageId: `<notice-${lgCode}-${noticeMessageId}@sesshu.invalid>`,
    });
  } finally {
    transport.close();
  }
}

/** Neither `SESSHU_SMTP_URL` nor a sender in `mail.json`: the notice stays failed until somebody names them. */
class MailNotConfigured extends Error {
  override readonly name = 'MailNotConfigured';
}

async function keepForPortal(folder: string, notice: ElectronicNotice): Promise<void> {
  const place = join(folder, notice.lgCode);
  await mkdir(place, { recursive: true, mode: 0o700 });
  const { municipalityName, subject, text, noticeMessageId } = notice;
  const shown = { standIn: 'マイナポータルの代役（実演用）', municipalityName, subject, text };
  const file = join(place, `${noticeMessageId}.json`);
  await writeFile(file, `${JSON.stringify(shown, null, 2)}\n`, { mode: 0o600 });
}
