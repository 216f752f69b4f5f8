import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { keyBytes } from './seal.ts';
import type { KeyWrapper, SealContext, WrappedKey } from './types.ts';

/** Draws a new data key and answers it wrapped; the clear key never leaves this function. */
export async function drawDataKey(wrapper: KeyWrapper, context: SealContext): Promise<WrappedKey> {
  const key = randomBytes(keyBytes);
  try {
    return await wrapper.wrap(key, context);
  } finally {
    key.fill(0);
  }
}

/**
 * Opens a data key as an object that only node:crypto can read; its memory is cleared by the library when the object is
 * let go. The bytes that it was made from are overwritten with zeros before this function answers.
 */
export async function unwrapDataKey(
  wrapper: KeyWrapper,
  wrapped: WrappedKey,
  context: SealContext,
): Promise<KeyObject> {
  const bytes = await wrapper.unwrap(wrapped, context);
  try {
    return createSecretKey(bytes);
  } finally {
    bytes.fill(0);
  }
}
