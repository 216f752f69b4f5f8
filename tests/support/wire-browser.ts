/** What a browser got; undefined where the line broke before an answer. */
export interface Answered {
  readonly status: number;
  readonly location: string;
  readonly text: string;
}

/** A browser over a real connection: its cookies and the proof that its forms carry. It outlives the server. */
export class WireBrowser {
  readonly #origin: string;
  readonly #cookies = new Map<string, string>();
  #csrfToken = '';

  constructor(origin: string) {
    this.#origin = origin;
  }

  async signIn(lgCode: string, accountName: string, password: string): Promise<void> {
    await this.send(`/m/${lgCode}`);
    await this.send('/sign-in');
    const answer = await this.send('/sign-in', { accountName, password });
    if (answer?.status !== 303) throw new Error(`${accountName} could not sign in: ${answer?.status}`);
    await this.send('/');
  }

  async send(path: string, fields?: Readonly<Record<string, string>>): Promise<Answered | undefined> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    try {
      const response = await fetch(`${this.#origin}${path}`, {
        redirect: 'manual',
        headers: { cookie },
        ...(fields === undefined
          ? {}
          : { method: 'POST', body: new URLSearchParams({ csrfToken: this.#csrfToken, ...fields }) }),
      });
      const text = await response.text();
      for (const line of response.headers.getSetCookie()) this.#keep(line);
      this.#csrfToken = /name="csrfToken" value="([\w-]{43})"/u.exec(text)?.[1] ?? this.#csrfToken;
      return { status: response.status, location: response.headers.get('location') ?? '', text };
    } catch {
      return undefined;
    }
  }

  #keep(line: string): void {
    const [pair = ''] = line.split(';');
    const [name = '', value = ''] = pair.split('=');
    if (value === '') this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}
