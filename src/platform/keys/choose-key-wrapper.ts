import { existsSync } from 'node:fs';
import { parseSecret } from './key-text.ts';
import { type LocalKeys, localKeyWrapper } from './local-key.ts';
import { pkcs11KeyRing, readPin } from './pkcs11-key-ring.ts';
import type { TokenPlace } from './pkcs11-token.ts';
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
 * The wrapping keys of an installation: of a device where `SESSHU_VAULT_PKCS11_MODULE` names one, else the secret of the
 * environment where one is given, else the key file. Those that do not wrap go on opening what they wrapped.
 */
export function chooseKeyWrapper(home: string, environment: Environment): KeyRing {
  const token = tokenOf(environment);
  if (token !== undefined) return ringOfToken(home, environment, token);
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

/** The device that the environment names; undefined where it names none. */
function tokenOf(environment: Environment): TokenPlace | undefined {
  const module = textOf(environment, 'SESSHU_VAULT_PKCS11_MODULE');
  if (module === '') return undefined;
  const pin = textOf(environment, 'SESSHU_VAULT_PKCS11_PIN');
  const file = textOf(environment, 'SESSHU_VAULT_PKCS11_PIN_FILE');
  return {
    module,
    token: textOf(environment, 'SESSHU_VAULT_PKCS11_TOKEN'),
    label: textOf(environment, 'SESSHU_VAULT_PKCS11_KEY') || 'sesshu-wrapping-key',
    readPin: async () => await readPin(pin, file),
  };
}

/** The device wraps; a secret and a key file that are there go on opening. */
function ringOfToken(home: string, environment: Environment, token: TokenPlace): KeyRing {
  const secret = textOf(environment, secretVariable);
  const readOutside = async (): Promise<Buffer[]> => [
    ...(secret === '' ? [] : [parseSecret(secret, secretVariable)]),
    ...(await readOtherKeys(home, environment)),
  ];
  const hasOthers = secret !== '' || listAlso(environment).length > 0 || existsSync(wrappingKeyPath(home));
  const others = hasOthers ? localKeyWrapper('装置の外の鍵', readOutside) : null;
  return pkcs11KeyRing(token, others, async () => await tellOthers(home, environment));
}

/** Keys beside the one that wraps: of the environment, and of a key file where there is one. */
async function readOtherKeys(home: string, environment: Environment): Promise<Buffer[]> {
  const also = listAlso(environment).map((text) => parseSecret(text, alsoVariable));
  return [...also, ...((await readFileIfThere(home)) ?? [])];
}

/** What this process cannot put away itself, the operator is told to. */
async function tellOthers(home: string, environment: Environment): Promise<string[]> {
  const lines: string[] = [];
  if (tokenOf(environment) !== undefined && textOf(environment, secretVariable) !== '') {
    lines.push(
      `環境変数 ${secretVariable} の鍵で閉じたものは、もうありません。すべての計算機の環境から取り除いてください。`,
    );
  }
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
