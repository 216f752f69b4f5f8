import type { FeedSource } from '#common-base/linkage';
import { UnreadableInput, withoutIndividualNumbers } from '#kernel';

/** A feed whose name may be stored and shown. */
export function withSafeName(source: FeedSource): FeedSource {
  return { name: withoutIndividualNumbers(source.name), open: () => source.open() };
}

/** An error whose sentence may be stored and shown: a file without header has its first number where a name stands. */
export function withSafeMessage(error: unknown): unknown {
  return error instanceof UnreadableInput ? new UnreadableInput(withoutIndividualNumbers(error.message)) : error;
}
