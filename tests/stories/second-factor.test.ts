import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { listActs } from '#common-base/audit';
import { withClient, withMunicipality } from '#platform/postgres';
import {
  browserMissing,
  checkPage,
  findBrowserPath,
  openWindow,
  startBrowser,
  type Window,
} from '../support/browser.ts';
import { openTestOffice, type TestOffice } from '../support/office.ts';

const skip = findBrowserPath() === undefined ? browserMissing : false;

describe('二要素でのサインイン', { skip }, () => {
  let office: TestOffice;
  let browser: Browser;
  let desk: Window;
  let devtools: CDPSession;
  let authenticatorId: string;

  before(async () => {
    office = await openTestOffice('2026-11-16T09:00:00+09:00');
    browser = await startBrowser();
    // Browsers make passkeys for names only, not for addresses of numbers.
    desk = await openWindow(browser, office.address.replace('127.0.0.1', 'localhost'));
    devtools = await desk.context.newCDPSession(desk.page);
    await devtools.send('WebAuthn.enable');
    const options = { protocol: 'ctap2', transport: 'usb', hasUserVerification: true, isUserVerified: true } as const;
    ({ authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', { options }));
  });
  after(async () => {
    await browser?.close();
    await office?.close();
  });

  async function givePassword(page: Page): Promise<void> {
    await page.goto(`/m/${office.database.lgCode}`);
    await page.getByLabel('アカウント名').fill('kakaricho');
    await page.getByLabel('パスワード').fill(office.accounts[1]?.password ?? '');
    await page.getByRole('button', { name: 'サインイン' }).click();
  }

  async function signOut(page: Page): Promise<void> {
    await desk.context.clearCookies();
    await page.goto(`/m/${office.database.lgCode}`);
  }

  const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor();

  test('係長がセキュリティキーを登録し、回復コードを控える', async () => {
    const { page } = desk;
    await givePassword(page);
    await heading(page, '今日の仕事');
    await page.goto('/account/second-factor');
    await checkPage(page);
    await page.getByRole('link', { name: 'パスキーを登録する' }).click();
    await heading(page, 'パスキーを登録する');
    await checkPage(page);
    await page.getByLabel('呼び名').fill('職員証');
    await page.getByRole('button', { name: 'パスキーを作る' }).click();
    await heading(page, '回復コード');
    await checkPage(page);
    assert.equal(await page.locator('main code').count(), 10);
    await page.getByRole('link', { name: '控えました' }).click();
    await page.getByRole('rowheader', { name: '職員証' }).waitFor();
    const { credentials } = await devtools.send('WebAuthn.getCredentials', { authenticatorId });
    assert.equal(credentials.length, 1);
    assert.equal(credentials[0]?.rpId, 'localhost');
  });

  test('次からは、パスワードのあとにそのキーで入る', async () => {
    const { page } = desk;
    await signOut(page);
    await givePassword(page);
    await heading(page, '二つ目の確認');
    await checkPage(page);
    await page.goto('/persons');
    await heading(page, '二つ目の確認');
    await page.getByRole('button', { name: 'パスキーで確かめる' }).click();
    await page.waitForURL((url) => !url.pathname.startsWith('/second-factor'));
    await page.goto('/');
    await heading(page, '今日の仕事');
    await page.getByRole('link', { name: '何が変わったかを確かめてください' }).click();
    await page.getByRole('cell', { name: /二つ目の確認（認証アプリ・パスキー）が登録されました/u }).waitFor();
    await checkPage(page);
    await page.getByRole('button', { name: '確かめました' }).click();
    await page.getByRole('link', { name: '何が変わったかを確かめてください' }).waitFor({ state: 'detached' });
  });

  test('データベースの中で替えられたパスキーは、署名が正しくても通らず、わけが記録に残る', async () => {
    const { page } = desk;
    await signOut(page);
    await givePassword(page);
    await heading(page, '二つ目の確認');
    const exchange = () =>
      withClient(office.database.db.ownerUrl ?? '', (owner) =>
        owner.query('UPDATE second_factors SET key_seal = set_byte(key_seal, 0, 255 - get_byte(key_seal, 0))'),
      );
    await exchange();
    await page.getByRole('button', { name: 'パスキーで確かめる' }).click();
    await page.getByText('パスキーを確かめられませんでした').first().waitFor();
    const { lgCode, db } = office.database;
    const { acts } = await withMunicipality(db, lgCode, (tx) => listActs(tx, { act: 'access.secondFactorRefused' }));
    assert.deepEqual(acts[0]?.details, { cause: 'passkeyAltered' });
    await exchange();
  });

  test('キーがなければ入れず、写し取られたキーの小さい署名回数は断られる', async () => {
    const { page } = desk;
    await signOut(page);
    await givePassword(page);
    await heading(page, '二つ目の確認');
    const { lgCode, db } = office.database;
    await withMunicipality(db, lgCode, async (tx) => {
      await tx.client.query('UPDATE second_factors SET sign_count = 1000000 WHERE lg_code = $1', [lgCode]);
    });
    await page.getByRole('button', { name: 'パスキーで確かめる' }).click();
    await page.getByText('パスキーを確かめられませんでした').first().waitFor();
    await page.goto('/');
    await heading(page, '二つ目の確認');
    assert.deepEqual(desk.troubles, []);
  });

  test('認証アプリの登録の画面は、だれにも読める', async () => {
    const { page } = desk;
    await signOut(page);
    await page.goto(`/m/${office.database.lgCode}`);
    await page.getByLabel('アカウント名').fill('tantou');
    await page.getByLabel('パスワード').fill(office.accounts[0]?.password ?? '');
    await page.getByRole('button', { name: 'サインイン' }).click();
    await heading(page, '今日の仕事');
    await page.goto('/account/second-factor/totp');
    await heading(page, '認証アプリを登録する');
    await checkPage(page);
    assert.equal(await page.getByRole('img', { name: '認証アプリで読み取る図' }).count(), 1);
  });
});
