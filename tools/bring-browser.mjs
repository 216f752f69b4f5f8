// The browser of the stories (tests/stories) and the font of rare kanji: found, or brought from Debian's packages.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const places = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];
const packages = ['chromium', 'fonts-ipamj-mincho'];
const limitMs = 5 * 60_000;

/**
 * The path of a Chromium: SESSHU_BROWSER, one that is installed, or one brought now where this process may install
 * Debian's packages. Undefined where there is none; why is said on standard error.
 */
export function bringBrowser() {
  const found = findBrowser();
  if (found !== undefined) return found;
  if (process.getuid?.() !== 0 || !isOnPath('apt-get')) {
    process.stderr.write(
      'ブラウザー (Chromium) がありません。Debian・Ubuntu では「apt-get install chromium」、ほかでは Chromium か Chrome を入れ、SESSHU_BROWSER にその場所を書いてください。\n',
    );
    return undefined;
  }
  process.stderr.write(`ブラウザーと字形を用意しています (最初の 1 回だけ): ${packages.join(' ')} …\n`);
  const brought =
    apt(['update', '-qq']) && apt(['install', '-y', '-qq', '--no-install-recommends', ...packages]) && findBrowser();
  if (brought) return brought;
  process.stderr.write('ブラウザーを Debian のパッケージから用意できませんでした。\n');
  return undefined;
}

function apt(args) {
  const options = { stdio: ['ignore', 'ignore', 2], timeout: limitMs, killSignal: 'SIGKILL' };
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', ['-o', 'Acquire::http::Timeout=30', ...args], { ...options, env }).status === 0;
}

function findBrowser() {
  const named = process.env.SESSHU_BROWSER;
  if (named !== undefined && named !== '') return existsSync(named) ? named : undefined;
  return names.map(onPath).find((path) => path !== undefined) ?? places.find((path) => existsSync(path));
}

function isOnPath(name) {
  return onPath(name) !== undefined;
}

function onPath(name) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}
