/** FNV-1a over names and texts in the order given, twice with different seeds: 64 bits are enough to key a cache. */
export function digestTables(texts: ReadonlyMap<string, string>): string {
  const text = [...texts].map(([name, body]) => `${name}\n${body}`).join('\n');
  return [0x811c9dc5, 0x01000193].map((seed) => fnv(text, seed).toString(16).padStart(8, '0')).join('');
}

function fnv(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
