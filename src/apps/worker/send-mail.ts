/** One message of plain text. */
export interface Mail {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** The same message has the same id, should a server see it twice. */
  readonly messageId: string;
}

const secondsMax = 20;

/** Hands a message to the mail server of `SESSHU_SMTP_URL` and waits until it has taken it. */
export async function sendMail(smtpUrl: string, mail: Mail): Promise<void> {
  const milliseconds = secondsMax * 1000;
  const options = { connectionTimeout: milliseconds, greetingTimeout: milliseconds, socketTimeout: milliseconds };
  // Loaded for the first letter: most starts of the office send none.
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({ url: smtpUrl, ...options });
  try {
    await transport.sendMail({ ...mail });
  } finally {
    transport.close();
  }
}
