export { chooseKeyWrapper, secretKeyWrapper } from './choose-key-wrapper.ts';
export { drawDataKey, unwrapDataKey } from './data-key.ts';
export { drawSpelledSecret } from './draw-spelled-secret.ts';
export { KeyTrouble, type KeyTroubleKind } from './errors.ts';
export { type ClearKey, indexValue, openValue, sealValue } from './seal.ts';
export { openSigningKey } from './signing-key-file.ts';
export type { KeyRing, KeyWrapper, SealContext, WrappedKey, WrappingKeyIdentity } from './types.ts';
export { fileKeyRing, makeWrappingKeyFile, wrappingKeyPath } from './wrapping-key-file.ts';
