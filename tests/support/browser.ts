import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { watchAnswer } from './number-watch.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** What to do where no browser is found: the reason under which the stories are skipped. */
export const browserMissing =
  'ブラウザー (Chromium) がありません。chromium を入れるか、SESSHU_BROWSER にその場所を書いてください。この筋書きは動かしていません。';

/** The browser of the stories: SESSHU_BROWSER, else a Chromium on the PATH; undefined where there is none. */
export function findBrowserPath(): string | undefined {
  const named = process.env['SESSHU_BROWSER'];
  if (named !== undefined && named !== '') return existsSync(named) ? named : undefined;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

/** A desk's window, that of a phone, and that of a tablet held upright. */
export const windowSizes = {
  desk: { width: 1366, height: 900 },
  phone: { width: 390, height: 844 },
  tablet: { width: 820, height: 1180 },
} as const;

/** Starts the browser; root needs it without its own sandbox. */
export function startBrowser(): Promise<Browser> {
  const executablePath = findBrowserPath();
  if (executablePath === undefined) throw new Error(browserMissing);
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({ executablePath, args: isRoot ? ['--no-sandbox'] : [] });
}

/** A person's window: what went wrong in it is collected, and nothing may have at the end. */
export interface Window {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly troubles: readonly string[];
}

/** Opens a window of its own, as a person at a desk in Japan has it. */
export async function openWindow(
  browser: Browser,
  baseURL: string,
  options: { readonly hasScripts?: boolean; readonly size?: keyof typeof windowSizes } = {},
): Promise<Window> {
  const context = await browser.newContext({
    baseURL,
    viewport: windowSizes[options.size ?? 'desk'],
    locale: 'ja-JP',
    timezoneId: 'Asia/Tokyo',
    javaScriptEnabled: options.hasScripts ?? true,
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(`script: ${error.message}`));
  page.on('console', (message) => {
    // A page that refuses with 4xx is told by the browser as an error of its own; only our faults count.
    if (message.type() === 'error' && !/status of 4\d\d/u.test(message.text())) troubles.push(message.text());
  });
  page.on('response', async (response) => {
    const body = await response.body().catch(() => Buffer.alloc(0));
    const watched = watchAnswer({ url: response.url(), headers: response.headers(), body });
    await watched.catch((error: unknown) => troubles.push(String(error)));
  });
  page.on('response', (response) => {
    if (response.status() >= 500) troubles.push(`${response.status()} ${response.url()}`);
  });
  return { context, page, troubles };
}

/**
 * Opens a closed part (details) by the keyboard. A click lands where the part was: on a busy machine the letters of the page
 * may come between the button's going down and up, and the part moves away under it.
 */
export async function openPart(page: Page, name: string): Promise<void> {
  const summary = page.locator('summary', { hasText: name });
  await summary.press('Enter');
  await page.locator('details[open] > summary', { hasText: name }).waitFor();
}

/** Holds the page shown to axe (no violation) and to a phone's width (nothing beyond the edge). */
export async function checkPage(page: Page): Promise<void> {
  await checkAxe(page);
  await page.setViewportSize(windowSizes.phone);
  const beyond = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
  await page.setViewportSize(windowSizes.desk);
  assert.ok(Number(beyond) <= 0, `${String(beyond)} pixels beyond the edge of a phone: ${await placeOf(page)}`);
}

/**
 * Holds the page as it stands in its window to axe: no violation of any rule. In the mode for pages without frames of other
 * origins, which ours never have: the other one opens a second page for every check.
 */
export async function checkAxe(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  const found = violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html ?? ''}`);
  assert.deepEqual(found, [], `axe: ${await placeOf(page)}`);
}

async function placeOf(page: Page): Promise<string> {
  return `${new URL(page.url()).pathname} 「${await page.title()}」`;
}
