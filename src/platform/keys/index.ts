export { chooseKeyWrapper, secretKeyWrapper } from './choose-key-wrapper.ts';
export { drawDataKey, unwrapDataKey } from './data-key.ts';
export { KeyTrouble, type KeyTroubleKind } from './errors.ts';
export { type ClearKey, indexValue, openValue, sealValue } from './seal.ts';
export type { KeyWrapper, SealContext, WrappedKey, WrappingKeyIdentity } from './types.ts';
export { fileKeyWrapper, makeWrappingKeyFile, wrappingKeyPath } from './wrapping-key-file.ts';
