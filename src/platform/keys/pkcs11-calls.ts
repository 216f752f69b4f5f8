import type koffiModule from 'koffi';
import { KeyTrouble } from './errors.ts';

/**
 * The few calls of PKCS#11 that wrapping needs (@spec OASIS PKCS #11 v2.40), over the module's list of functions. Each
 * call is made in the caller's thread and takes as long as the device takes: some milliseconds.
 */
export interface Pkcs11 {
  /** The answer of the device: 0 where it did what was asked. */
  call(name: keyof typeof functions, ...values: readonly unknown[]): number;
}

type Koffi = typeof koffiModule;

/** Places in CK_FUNCTION_LIST (version 2) and the C types of the parameters; every function answers CK_RV. */
const functions = {
  initialize: [0, ['InitializeArgs *']],
  listSlots: [4, ['uint8', '_Out_ ulong *', '_Inout_ ulong *']],
  getTokenInfo: [6, ['ulong', 'void *']],
  openSession: [12, ['ulong', 'ulong', 'void *', 'void *', '_Out_ ulong *']],
  closeSession: [13, ['ulong']],
  login: [18, ['ulong', 'ulong', 'void *', 'ulong']],
  getAttributes: [24, ['ulong', 'ulong', '_Inout_ Attribute *', 'ulong']],
  setAttributes: [25, ['ulong', 'ulong', 'Attribute *', 'ulong']],
  findBegin: [26, ['ulong', 'Attribute *', 'ulong']],
  find: [27, ['ulong', '_Out_ ulong *', 'ulong', '_Out_ ulong *']],
  findEnd: [28, ['ulong']],
  encryptBegin: [29, ['ulong', 'GcmMechanism *', 'ulong']],
  encrypt: [30, ['ulong', 'void *', 'ulong', 'void *', '_Inout_ ulong *']],
  decryptBegin: [33, ['ulong', 'GcmMechanism *', 'ulong']],
  decrypt: [34, ['ulong', 'void *', 'ulong', 'void *', '_Inout_ ulong *']],
  generateKey: [58, ['ulong', 'Mechanism *', 'Attribute *', 'ulong', '_Out_ ulong *']],
} as const satisfies Record<string, readonly [place: number, parameters: readonly string[]]>;

/** CKR_CRYPTOKI_ALREADY_INITIALIZED: another wrapper of this process was first. */
const alreadyInitialized = 0x191;
/** CKF_OS_LOCKING_OK: the module may be called from several threads. */
const osLocking = 2;

const opened = new Map<string, Promise<Pkcs11>>();

/** Opens a module once for the process; throws KeyTrouble where there is none, or where nothing can call it here. */
export async function openPkcs11(path: string): Promise<Pkcs11> {
  const known = opened.get(path) ?? load(path);
  opened.set(path, known);
  try {
    return await known;
  } catch (error) {
    opened.delete(path);
    throw error;
  }
}

async function load(path: string): Promise<Pkcs11> {
  const { default: koffi } = await import('koffi').catch(() => {
    throw new KeyTrouble('keyUnfit', '装置（PKCS#11）を呼ぶための部品 koffi が、この計算機で動きません。');
  });
  if (process.platform === 'win32') {
    throw new KeyTrouble(
      'keyUnfit',
      '装置（PKCS#11）の鍵は、Windows ではまだ使えません。鍵ファイルか環境変数を使ってください。',
    );
  }
  const module = loadModule(koffi, path);
  defineTypes(koffi);
  const list: [unknown] = [null];
  const answer = module.func('ulong C_GetFunctionList(_Out_ void **list)')(list) as number;
  if (answer !== 0) throw new KeyTrouble('keyUnfit', `${path} は PKCS#11 の部品ではありません。`);
  const prototypes = new Map(
    Object.entries(functions).map(([name, [place, parameters]]) => {
      // CK_VERSION and its padding stand before the pointers.
      const pointer: unknown = koffi.decode(list[0], 8 + place * 8, 'void *');
      return [name, { pointer, type: koffi.proto(`C_${name}_${opened.size}`, 'ulong', [...parameters]) }];
    }),
  );
  const pkcs11: Pkcs11 = {
    call(name, ...values) {
      const found = prototypes.get(name);
      if (found === undefined) throw new TypeError(`no function ${name}`);
      return Number(koffi.call(found.pointer, found.type, ...values));
    },
  };
  const begun = pkcs11.call('initialize', { flags: osLocking });
  if (begun !== 0 && begun !== alreadyInitialized) throw deviceTrouble('始める', begun);
  return pkcs11;
}

function loadModule(koffi: Koffi, path: string): ReturnType<Koffi['load']> {
  try {
    return koffi.load(path);
  } catch {
    throw new KeyTrouble(
      'keyLost',
      `装置の部品（PKCS#11）${path} を読み込めません。SESSHU_VAULT_PKCS11_MODULE と、装置のソフトウェアが入っているかを確かめてください。`,
    );
  }
}

let areTypesDefined = false;

function defineTypes(koffi: Koffi): void {
  if (areTypesDefined) return;
  areTypesDefined = true;
  koffi.struct('InitializeArgs', {
    ...{ createMutex: 'void *', destroyMutex: 'void *', lockMutex: 'void *', unlockMutex: 'void *' },
    ...{ flags: 'ulong', reserved: 'void *' },
  });
  koffi.struct('Attribute', { type: 'ulong', value: 'void *', length: 'ulong' });
  koffi.struct('Mechanism', { mechanism: 'ulong', parameter: 'void *', length: 'ulong' });
  koffi.struct('GcmParams', {
    ...{ iv: 'void *', ivLength: 'ulong', ivBits: 'ulong', aad: 'void *', aadLength: 'ulong', tagBits: 'ulong' },
  });
  koffi.struct('GcmMechanism', { mechanism: 'ulong', parameter: 'GcmParams *', length: 'ulong' });
}

/** What the device refused, with its own number for whoever reads its handbook. */
export function deviceTrouble(doing: string, answer: number): KeyTrouble {
  const code = `0x${answer.toString(16)}`;
  if (answer === 0xa0)
    return new KeyTrouble('keyUnfit', '装置（PKCS#11）の PIN が違います。誤りが続くと装置が閉じます。');
  if (answer === 0xa4)
    return new KeyTrouble('keyUnfit', '装置（PKCS#11）の PIN が閉じられています。装置の管理者に知らせてください。');
  return new KeyTrouble(
    'keyUnfit',
    `装置（PKCS#11）が「${doing}」を断りました（${code}）。装置の状態と説明書を確かめてください。`,
  );
}
