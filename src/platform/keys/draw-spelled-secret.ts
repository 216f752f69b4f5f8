import { randomInt } from 'node:crypto';

/** Letters and digits that nobody confuses on paper or by telephone. */
const characters = 'abcdefghjkmnpqrstuvwxyz23456789';

/**
 * A secret that people read and type: 28 characters in groups of four, 138 random bits.
 * @spec OWASP ASVS 5.0.0, 11.5.1 (128 bits)
 */
export function drawSpelledSecret(): string {
  const draw = (): string => Array.from({ length: 4 }, () => characters[randomInt(characters.length)]).join('');
  return Array.from({ length: 7 }, draw).join('-');
}
