import { randomBytes } from 'node:crypto';
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

/** Lends a data key in the clear for one piece of work and overwrites it with zeros when the work is over. */
export async function withDataKey<T>(
  wrapper: KeyWrapper,
  wrapped: WrappedKey,
  context: SealContext,
  work: (key: Buffer) => Promise<T>,
): Promise<T> {
  const key = await wrapper.unwrap(wrapped, context);
  try {
    return await work(key);
  } finally {
    key.fill(0);
  }
}
