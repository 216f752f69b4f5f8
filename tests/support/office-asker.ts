import assert from 'node:assert/strict';
import type { LgCode } from '#kernel';
import type { TestOffice } from './office.ts';

/** What the office answered. */
export interface OfficeAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly location: string;
}

/** Somebody who asks a listening office over the network: keeps cookies, and sends forms with the last page's token. */
export class OfficeAsker {
  /** Names of fields seen on any page. */
  readonly fieldNames = new Set<string>();
  readonly #cookies = new Map<string, string>();
  readonly #office: TestOffice;
  #csrfToken = '';

  constructor(office: TestOffice) {
    this.#office = office;
  }

  /** Asks for a page, or sends a form; as an upload its fields go as multipart, with the file that `file` gives. */
  async ask(
    path: string,
    form?: Readonly<Record<string, string>>,
    upload?: { readonly file?: { readonly name: string; readonly content: string } },
  ): Promise<OfficeAnswer> {
    const headers = { cookie: [...this.#cookies].map((each) => each.join('=')).join('; ') };
    const fields = { csrfToken: this.#csrfToken, ...form };
    const body = upload === undefined ? new URLSearchParams(fields) : uploadOf(fields, upload.file);
    const sent = form === undefined ? {} : { method: 'POST', body };
    const response = await fetch(`${this.#office.address}${path}`, { ...sent, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';')[0]?.split('=') ?? [];
      assert.match(name, /^sesshu/u, 'no cookie but ours');
      this.#cookies.set(name, value);
    }
    const text = await response.text();
    for (const [, name = ''] of text.matchAll(/ name="([\w.-]+)"/gu)) this.fieldNames.add(name);
    this.#csrfToken = /name="csrfToken" value="([\w-]{43})"/u.exec(text)?.[1] ?? this.#csrfToken;
    return {
      status: response.status,
      headers: response.headers,
      text,
      location: response.headers.get('location') ?? '',
    };
  }

  /** Signs in as one of the demonstration's staff, at the office's municipality or another, and gives a 処理事由. */
  async signIn(accountName: string, lgCode: LgCode = this.#office.database.lgCode): Promise<void> {
    const account = this.#office.accounts.find((each) => each.accountName === accountName);
    await this.ask(`/m/${lgCode}`);
    await this.ask('/sign-in');
    await this.ask('/sign-in', { accountName, password: account?.password ?? '' });
    await this.ask('/reason');
    assert.equal((await this.ask('/reason', { reason: 'other', otherReason: '試験', next: '/' })).status, 303);
  }
}

function uploadOf(
  fields: Readonly<Record<string, string>>,
  file: { readonly name: string; readonly content: string } | undefined,
): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  if (file !== undefined) data.append('file', new Blob([file.content], { type: 'text/csv' }), file.name);
  return data;
}
