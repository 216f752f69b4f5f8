import { createCipheriv, createDecipheriv, createHmac, type KeyObject, randomFillSync } from 'node:crypto';
import { KeyTrouble } from './errors.ts';
import type { SealContext } from './types.ts';

/** Length of every key of this room in bytes (AES-256, HMAC-SHA-256). */
export const keyBytes = 32;

/** A key in the clear: bytes for one use, an object for many (Node takes four times as long with bytes). */
export type ClearKey = Uint8Array | KeyObject;

const formatByte = 1;
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Encrypts a value with AES-256-GCM for one context: a format byte, a random nonce, the ciphertext and the tag. The
 * context is authenticated, not stored.
 */
export function sealValue(key: ClearKey, value: Uint8Array, context: SealContext): Buffer {
  const sealed = Buffer.allocUnsafe(1 + nonceBytes + value.length + tagBytes);
  sealed[0] = formatByte;
  const nonce = randomFillSync(sealed.subarray(1, 1 + nonceBytes));
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(contextBytes(context));
  cipher.update(value).copy(sealed, 1 + nonceBytes);
  cipher.final();
  cipher.getAuthTag().copy(sealed, sealed.length - tagBytes);
  return sealed;
}

/**
 * Decrypts what `sealValue` made for the same key and context; the caller zeroes the answer after use. Throws
 * KeyTrouble (tampered) for a changed, cut or moved value, and for another key: the two cannot be told apart.
 */
export function openValue(key: ClearKey, sealed: Uint8Array, context: SealContext): Buffer {
  if (sealed.length < 1 + nonceBytes + tagBytes || sealed[0] !== formatByte) throw tampered();
  const end = sealed.length - tagBytes;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 1 + nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(contextBytes(context));
  decipher.setAuthTag(sealed.subarray(end));
  const value = decipher.update(sealed.subarray(1 + nonceBytes, end));
  try {
    decipher.final();
    return value;
  } catch {
    value.fill(0);
    throw tampered();
  }
}

/**
 * A keyed fingerprint (HMAC-SHA-256) by which equal values of one municipality and purpose are found without opening
 * any. Its key is never an encryption key.
 */
export function indexValue(key: ClearKey, value: string, context: Omit<SealContext, 'subject'>): Buffer {
  return createHmac('sha256', key)
    .update(JSON.stringify([context.lgCode, context.purpose, value]))
    .digest();
}

/** A context as it is authenticated. JSON of an array: no two different contexts have the same bytes. */
export function contextBytes({ lgCode, purpose, subject }: SealContext): Buffer {
  return Buffer.from(JSON.stringify([lgCode, purpose, subject]), 'utf8');
}

function tampered(): KeyTrouble {
  return new KeyTrouble(
    'tampered',
    '暗号化された値を開けません。値が書き換えられたか、別の人・別の用途のものです。データベースの管理者に知らせ、監査ログとバックアップを確かめてください。',
  );
}
