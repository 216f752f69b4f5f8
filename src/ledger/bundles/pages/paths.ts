/** 予診票の束: what is expected, received, entered and in the ledger. */
export const bundlesPath = '/bundles';

/** One bundle. */
export function bundlePath(bundleId: number): string {
  return `${bundlesPath}/${bundleId}`;
}

/** The screen on which the forms of a bundle are typed; `pass` 2 is the second person's. */
export function keyingPath(bundleId: number, pass: 1 | 2 | 3 = 1, ordinal: number | null = null): string {
  const query = new URLSearchParams({ pass: String(pass), ...(ordinal === null ? {} : { ordinal: String(ordinal) }) });
  return `${bundlePath(bundleId)}/forms?${query.toString()}`;
}

/** Where the two typings of a bundle are compared. */
export function comparisonPath(bundleId: number): string {
  return `${bundlePath(bundleId)}/comparison`;
}
