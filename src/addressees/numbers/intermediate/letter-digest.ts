import { createHash } from 'node:crypto';

/** SHA-256 of a letter's bytes in UTF-8, in hexadecimal: whoever writes and whoever reads a letter counts it alike. */
export function letterDigest(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
