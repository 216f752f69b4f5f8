import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { browserMissing, checkPage, findBrowserPath, startBrowser, type Window } from '../support/browser.ts';
import { headingOf, openSignedIn } from '../support/desk.ts';
import { openTestOffice, type TestOffice } from '../support/office.ts';

const skip = findBrowserPath() === undefined ? browserMissing : false;

describe('二人で確かめる仕事と、席を離れたとき', { skip }, () => {
  let office: TestOffice;
  let browser: Browser;
  const windows: Window[] = [];

  before(async () => {
    office = await openTestOffice('2026-11-16T09:00:00+09:00');
    browser = await startBrowser();
  });
  after(async () => {
    await browser?.close();
    await office?.close();
  });

  async function signIn(accountName: string): Promise<Page> {
    const window = await openSignedIn(browser, office, accountName);
    windows.push(window);
    return window.page;
  }

  const passwordOf = (accountName: string) =>
    office.accounts.find((each) => each.accountName === accountName)?.password ?? '';
  test('担当が権限を申請し、係長が承認すると、担当の画面に現れる', async () => {
    const clerk = await signIn('tantou');
    await clerk.goto('/account/permissions');
    await checkPage(clerk);
    await clerk.getByLabel('必要な権限').selectOption({ label: '登録の取消' });
    await clerk.getByLabel('使う最後の日').fill('2026-11-20');
    await clerk.getByLabel('必要な理由').fill('月末の登録をやり直すため');
    await clerk.getByRole('button', { name: '申請する' }).click();
    await headingOf(clerk, '申請と承認');
    await checkPage(clerk);
    const chief = await signIn('kakaricho');
    await chief.getByRole('link', { name: /あなたの承認を待つ申請/u }).click();
    await headingOf(chief, '申請と承認');
    await chief.getByRole('link', { name: '期限つきの権限' }).last().click();
    await chief.getByText('月末の登録をやり直すため').waitFor();
    await checkPage(chief);
    await chief.getByLabel('申請した人への言葉').fill('確かめました');
    await chief.getByRole('button', { name: '承認する' }).click();
    await chief.getByText('承認・実行済み').first().waitFor();
    await chief.goto('/permissions/lent');
    await chief.getByRole('rowheader', { name: '佐藤 みどり' }).waitFor();
    await checkPage(chief);
    await chief.goto('/reviews/access');
    await checkPage(chief);
    await clerk.goto('/account/permissions');
    assert.match(await clerk.locator('main').innerText(), /2026-11-20/u);
  });

  test('監査担当は、目立つ利用を判断して署名する', async () => {
    const auditor = await signIn('kansa');
    // The log keeps the time of the database, whatever day the office of the story believes it is.
    const day = (shift: number) => new Date(Date.now() + shift * 86_400_000).toISOString().slice(0, 10);
    await auditor.goto(`/reviews/anomalies?from=${day(-2)}&to=${day(2)}`);
    await checkPage(auditor);
    for (const choice of await auditor.getByRole('combobox').all()) await choice.selectOption({ label: '問題なし' });
    await auditor.getByLabel('点検の所見').fill('筋書きの点検');
    await auditor.getByRole('button', { name: '署名して終える' }).click();
    await auditor.getByRole('cell', { name: '筋書きの点検' }).waitFor();
    await auditor.goto('/audit/person-report');
    await checkPage(auditor);
  });

  test('席を離れる人は画面をロックし、パスワードで元の仕事に戻る', async () => {
    const { page } = windows[0] ?? assert.fail('the clerk has a window');
    await page.goto('/account');
    await page.locator('summary', { hasText: '佐藤 みどり' }).click();
    await page.getByRole('button', { name: '画面をロックする' }).click();
    await headingOf(page, '画面をロックしました');
    await checkPage(page);
    await page.goBack();
    await page.goto('/persons');
    await headingOf(page, '画面をロックしました');
    await page.getByLabel('パスワード').fill(passwordOf('tantou'));
    await page.getByRole('button', { name: 'ロックを解く' }).click();
    await page.waitForURL((url) => url.pathname !== '/unlock');
    await page.goto('/account');
    await headingOf(page, '自分のアカウント');
  });

  test('だれも触らない画面は自分でロックし、見えていたものを消す', async () => {
    const { page } = windows[1] ?? assert.fail('the chief has a window');
    await page.clock.install();
    await page.goto('/account');
    await headingOf(page, '自分のアカウント');
    // The demonstration locks after half an hour.
    await page.clock.fastForward('30:10');
    await headingOf(page, '画面をロックしました');
    assert.deepEqual(
      windows.flatMap((window) => window.troubles),
      [],
    );
  });
});
