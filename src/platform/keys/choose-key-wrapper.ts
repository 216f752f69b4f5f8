import { parseSecret } from './key-text.ts';
import { localKeyWrapper } from './local-key.ts';
import type { KeyWrapper } from './types.ts';
import { fileKeyWrapper } from './wrapping-key-file.ts';

/** The variable of the environment that may hold the wrapping key in place of the file. */
const secretVariable = 'SESSHU_VAULT_KEY';

/** The wrapper over a secret that the environment brings: several machines, a container, a store of secrets. */
export function secretKeyWrapper(secret: string): KeyWrapper {
  return localKeyWrapper(`環境変数 ${secretVariable} `, () => Promise.resolve(parseSecret(secret, secretVariable)));
}

/** The wrapper of an installation: the secret of the environment where one is given, else the key file. */
export function chooseKeyWrapper(
  home: string,
  environment: Readonly<Record<string, string | undefined>>,
): KeyWrapper & { readonly isFile: boolean } {
  const secret = environment[secretVariable];
  if (secret === undefined || secret.trim() === '') return { ...fileKeyWrapper(home), isFile: true };
  return { ...secretKeyWrapper(secret), isFile: false };
}
