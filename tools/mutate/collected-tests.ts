/** Stands in the place of `node:test` while mutants are tried: the tests of a file are gathered and run by who asks. */
export interface CollectedTest {
  readonly name: string;
  readonly run: (told: { readonly diagnostic: (message: string) => void }) => unknown;
}

let collected: CollectedTest[] = [];

/** Gathers a test of the file that is being read. */
export function test(name: string, run: CollectedTest['run']): void {
  collected.push({ name, run });
}

/** The tests gathered since the last time. */
export function takeTests(): readonly CollectedTest[] {
  const taken = collected;
  collected = [];
  return taken;
}
