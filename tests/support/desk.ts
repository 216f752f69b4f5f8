import type { Browser, Page } from 'playwright-core';
import { findPersonIdByAddresseeNumber, importResidents } from '#addressees/persons';
import { getDay, type PersonId } from '#kernel';
import { withMunicipality } from '#platform/postgres';
import { residentFeed, type TestResident, testActor, testContext } from './addressees.ts';
import { openWindow, type Window } from './browser.ts';
import type { TestOffice } from './office.ts';

/** A member of staff in a window of a story, signed in; a 処理事由 is not chosen yet. */
export async function openSignedIn(
  browser: Browser,
  office: TestOffice,
  accountName: string,
  options: Parameters<typeof openWindow>[2] = {},
): Promise<Window> {
  const window = await openWindow(browser, office.address, options);
  const { page } = window;
  const account = office.accounts.find((one) => one.accountName === accountName);
  await page.goto(`/m/${office.database.lgCode}`);
  await page.getByLabel('アカウント名').fill(accountName);
  await page.getByLabel('パスワード').fill(account?.password ?? '');
  await page.getByRole('button', { name: 'サインイン' }).click();
  await headingOf(page, '今日の仕事');
  return window;
}

/** A member of staff at a desk of a story: signed in, with a 処理事由 for what asks for one. */
export async function openDesk(...asked: Parameters<typeof openSignedIn>): Promise<Window> {
  const window = await openSignedIn(...asked);
  const { page } = window;
  await page.goto('/reason');
  await page.getByLabel('接種記録の登録・訂正').check();
  await page.getByRole('button', { name: 'この事由で進む' }).click();
  await page.waitForURL((url) => url.pathname !== '/reason');
  return window;
}

/** Waits until a page with that heading stands. */
export async function headingOf(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole('heading', { level: 1, name }).waitFor();
}

/** Puts people into the register of the office by a feed, as a municipality does; answers their ids in order. */
export async function registerPeople(office: TestOffice, people: readonly TestResident[]): Promise<PersonId[]> {
  const { db, lgCode } = office.database;
  const context = testContext(db, testActor(lgCode, ['persons.import']));
  await importResidents(context, residentFeed(people), { isChanges: false, asOf: getDay(2026, 11, 21) });
  return await withMunicipality(db, lgCode, async (tx) => {
    const ids: PersonId[] = [];
    for (const { 整理番号: number } of people) {
      const id = await findPersonIdByAddresseeNumber(tx, number);
      if (id === undefined) throw new Error(`${number} was not taken in`);
      ids.push(id);
    }
    return ids;
  });
}
