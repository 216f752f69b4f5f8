// Builds the style sheet and the islands into dist/assets with a manifest. `--if-needed` does nothing when the
// sources are those of the last build. Vite and Tailwind come with the packages: nothing is fetched.
import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const out = join(root, 'dist/assets');
const stamp = join(out, 'sources.sha256');

/** The digest of everything the files are made of: styles, islands, pages (their class names) and versions. */
function digestOfSources() {
  const hash = createHash('sha256');
  const patterns = ['src/**/*.css', 'src/**/islands/*.ts', 'src/**/*.svg', 'src/**/pages/**/*.ts', 'src/apps/**/*.ts'];
  const files = patterns.flatMap((pattern) => globSync(pattern, { cwd: root })).sort();
  for (const file of [...new Set(files), 'package-lock.json', 'tools/build-assets.mjs']) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

function isBuilt(digest) {
  try {
    return readFileSync(stamp, 'utf8') === digest;
  } catch {
    return false;
  }
}

/** Builds the files of the staff's and of the clinics' application; answers whether anything had to be done. */
export async function buildAssets({ ifNeeded = false } = {}) {
  const digest = digestOfSources();
  if (ifNeeded && isBuilt(digest)) return false;
  const [{ build }, { default: tailwindcss }] = await Promise.all([import('vite'), import('@tailwindcss/vite')]);
  mkdirSync(out, { recursive: true });
  // The manifest names every source with the address of its file: `styles.css`, `islands/main.ts`, `emblem.svg`.
  await build({
    root: join(root, 'src/apps/staff-web'),
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    base: '/assets/',
    plugins: [tailwindcss()],
    build: {
      outDir: out,
      emptyOutDir: false,
      assetsDir: '.',
      assetsInlineLimit: 0,
      manifest: 'manifest.json',
      modulePreload: { polyfill: false },
      target: 'es2022',
      rollupOptions: {
        input: {
          staff: join(root, 'src/apps/staff-web/islands/main.ts'),
          style: join(root, 'src/apps/staff-web/styles.css'),
          emblem: join(root, 'src/apps/staff-web/emblem.svg'),
          clinic: join(root, 'src/apps/clinic-web/islands/main.ts'),
          'clinic-style': join(root, 'src/apps/clinic-web/styles.css'),
        },
      },
    },
  });
  writeFileSync(stamp, digest);
  removeOldFiles();
  return true;
}

/** A server that was started before still names the files of its own build: they stay for a month. */
function removeOldFiles() {
  const manifest = Object.values(JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')));
  const named = new Set([
    'manifest.json',
    'sources.sha256',
    ...manifest.flatMap(({ file, css = [] }) => [file, ...css]),
  ]);
  const monthAgo = Date.now() - 30 * 24 * 3_600_000;
  for (const name of readdirSync(out)) {
    const path = join(out, name);
    if (!named.has(name) && statSync(path).mtimeMs < monthAgo) rmSync(path, { force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const startedAt = performance.now();
  const isDone = await buildAssets({ ifNeeded: process.argv.includes('--if-needed') });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stderr.write(isDone ? `assets built in ${seconds} s\n` : 'assets are up to date\n');
}
