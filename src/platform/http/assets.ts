import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** The built files of the pages: source name (as the manifest calls it) to the address with the digest in its name. */
export interface AssetManifest {
  /** The address of an entry; a name that was not built is a programmer's error. */
  addressOf(entry: string): string;
  /** The addresses of the style sheets that belong to an entry. */
  stylesOf(entry: string): readonly string[];
  readonly entries: readonly string[];
}

interface ManifestEntry {
  readonly file: string;
  readonly css?: readonly string[];
}

/** Reads `manifest.json` of the built assets. */
export async function readAssetManifest(assetsDir: string): Promise<AssetManifest> {
  const text = await readFile(join(assetsDir, 'manifest.json'), 'utf8');
  const manifest = new Map(Object.entries(JSON.parse(text) as Record<string, ManifestEntry>));
  const get = (entry: string): ManifestEntry => {
    const found = manifest.get(entry);
    if (found === undefined) throw new TypeError(`the asset ${entry} was not built`);
    return found;
  };
  return {
    addressOf: (entry) => `/assets/${get(entry).file}`,
    stylesOf: (entry) => (get(entry).css ?? []).map((file) => `/assets/${file}`),
    entries: [...manifest.keys()],
  };
}

/** Serves the built assets below `/assets/`; their names change with their content, so browsers keep them a year. */
export async function registerAssets(server: FastifyInstance, assetsDir: string): Promise<void> {
  await server.register(fastifyStatic, {
    root: resolve(assetsDir),
    prefix: '/assets/',
    index: false,
    dotfiles: 'ignore',
    decorateReply: false,
    cacheControl: false,
    setHeaders: (response, path) => {
      const isManifest = path.endsWith('manifest.json');
      response.header('cache-control', isManifest ? 'no-cache' : 'public, max-age=31536000, immutable');
    },
  });
}
