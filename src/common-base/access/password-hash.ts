import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';

/** Argon2id with the first of OWASP's recommended settings: 19 MiB, two passes, one lane. */
const parameters = { memoryKib: 19_456, passes: 2, parallelism: 1 } as const;

/** Hashes a password as typed; the text is in the PHC form, with its parameters and a fresh salt of 128 bits. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const tag = await derive(password, salt, 32, parameters);
  const { memoryKib, passes, parallelism } = parameters;
  return `$argon2id$v=19$m=${memoryKib},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(tag)}`;
}

/** Whether a password belongs to a hash; hashes with older parameters go on working. */
export async function isPasswordOf(password: string, hash: string): Promise<boolean> {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/u.exec(hash);
  if (match === null) throw new TypeError('a stored password hash is not in the PHC form of Argon2id');
  const [, memory, passes, parallelism, salt = '', tag = ''] = match;
  const expected = Buffer.from(tag, 'base64');
  const actual = await derive(password, Buffer.from(salt, 'base64'), expected.length, {
    memoryKib: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
  });
  return timingSafeEqual(actual, expected);
}

/** Whether a hash was made with weaker settings than today's and should be made anew at the next sign-in. */
export function isOutdatedHash(hash: string): boolean {
  const { memoryKib, passes, parallelism } = parameters;
  return !hash.startsWith(`$argon2id$v=19$m=${memoryKib},t=${passes},p=${parallelism}$`);
}

interface Cost {
  readonly memoryKib: number;
  readonly passes: number;
  readonly parallelism: number;
}

function derive(password: string, salt: Buffer, tagLength: number, cost: Cost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const input = {
      message: Buffer.from(password, 'utf8'),
      nonce: salt,
      tagLength,
      memory: cost.memoryKib,
      passes: cost.passes,
      parallelism: cost.parallelism,
    };
    argon2('argon2id', input, (error, tag) => (error === null ? resolve(tag) : reject(error)));
  });
}

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/u, '');
}
