import { isThisMachine } from '#platform/http';

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

/**
 * Hands a message to the mail server of `SESSHU_SMTP_URL` and waits until it has taken it. With `smtp:` to another machine
 * nothing goes out before STARTTLS has succeeded with a certificate of that name, unless the address says
 * `?requireTLS=false`: whoever stands in between could take the offer of STARTTLS away and read the password.
 */
export async function sendMail(smtpUrl: string, mail: Mail): Promise<void> {
  const milliseconds = secondsMax * 1000;
  const options = { connectionTimeout: milliseconds, greetingTimeout: milliseconds, socketTimeout: milliseconds };
  // Loaded for the first letter: most starts of the office send none.
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({ url: smtpUrl, ...options, requireTLS: needsTls(smtpUrl) });
  try {
    await transport.sendMail({ ...mail });
  } finally {
    transport.close();
  }
}

/**
 * Whether STARTTLS must succeed where the address does not say; `smtps:` is TLS from the first byte and needs none. What
 * the address says goes before this option.
 */
function needsTls(smtpUrl: string): boolean {
  const url = new URL(smtpUrl);
  return url.protocol === 'smtp:' && !isThisMachine(url);
}
