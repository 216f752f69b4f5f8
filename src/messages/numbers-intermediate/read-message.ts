import { messageReader } from '../message-reader.ts';
import { type ToIntermediate, toIntermediate } from './to-intermediate.ts';
import { type ToNumbers, toNumbers } from './to-numbers.ts';

const intermediateReader = messageReader(toIntermediate);
const numbersReader = messageReader(toNumbers);

/** What the office says to the intermediate server; throws UnreadableInput for whatever no schema names. */
export function readToIntermediate(text: string): ToIntermediate {
  return intermediateReader(text);
}

/** What the intermediate server answers; throws UnreadableInput for whatever no schema names. */
export function readToNumbers(text: string): ToNumbers {
  return numbersReader(text);
}
