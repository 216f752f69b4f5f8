import { parseSecret } from './key-text.ts';
import { type LocalKeys, localKeyWrapper } from './local-key.ts';
import type { KeyRing } from './types.ts';
import { fileKeyRing, readKeyFile, wrappingKeyPath } from './wrapping-key-file.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The variable of the environment that may hold the wrapping key in place of the file. */
const secretVariable = 'SESSHU_VAULT_KEY';
/** Keys that only open what they wrapped before, separated by commas: while a key is exchanged. */
const alsoVariable = 'SESSHU_VAULT_KEY_ALSO';

/** The wrapper over a secret that the environment brings: several machines, a container, a store of secrets. */
export function secretKeyWrapper(secret: string): LocalKeys {
  return localKeyWrapper(`環境変数 ${secretVariable} `, () => Promise.resolve([parseSecret(secret, secretVariable)]));
}

/**
 * The wrapping keys of an installation: the secret of the environment where one is given, else the key file. With a
 * secret, `SESSHU_VAULT_KEY_ALSO` and a key file that is there go on opening what they wrapped.
 */
export function chooseKeyWrapper(home: string, environment: Environment): KeyRing {
  if (textOf(environment, secretVariable) === '') return fileKeyRing(home);
  return {
    ...localKeyWrapper(`環境変数 ${secretVariable} `, async () => [
      parseSecret(textOf(environment, secretVariable), secretVariable),
      ...(await readOtherKeys(home, environment)),
    ]),
    makeFirst: null,
    renew: null,
    retireOthers: async () => await tellOthers(home, environment),
  };
}

/** Keys beside the one that wraps: of the environment, and of a key file where there is one. */
async function readOtherKeys(home: string, environment: Environment): Promise<Buffer[]> {
  const also = listAlso(environment).map((text) => parseSecret(text, alsoVariable));
  return [...also, ...((await readFileIfThere(home)) ?? [])];
}

/** What this process cannot put away itself, the operator is told to. */
async function tellOthers(home: string, environment: Environment): Promise<string[]> {
  const lines: string[] = [];
  if (listAlso(environment).length > 0) {
    lines.push(
      `環境変数 ${alsoVariable} の鍵で閉じたものは、もうありません。すべての計算機の環境から取り除いてください。`,
    );
  }
  const keys = await readFileIfThere(home);
  if (keys !== undefined) {
    for (const key of keys) key.fill(0);
    lines.push(
      `鍵ファイル ${wrappingKeyPath(home)} の鍵で閉じたものは、もうありません。古いバックアップのために保管する控えを残して、この計算機から外してください。`,
    );
  }
  return lines;
}

async function readFileIfThere(home: string): Promise<Buffer[] | undefined> {
  return await readKeyFile(home).catch((error: unknown) => {
    if (error instanceof Error && 'kind' in error && error.kind === 'keyLost') return undefined;
    throw error;
  });
}

function listAlso(environment: Environment): string[] {
  return textOf(environment, alsoVariable)
    .split(',')
    .filter((text) => text.trim() !== '');
}

function textOf(environment: Environment, variable: string): string {
  return environment[variable]?.trim() ?? '';
}
