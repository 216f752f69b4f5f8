import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import type { PersonId } from '#kernel';
import { browserMissing, checkPage, findBrowserPath, startBrowser, type Window } from '../support/browser.ts';
import { headingOf, openDesk, registerPeople } from '../support/desk.ts';
import { openTestOffice, type TestOffice } from '../support/office.ts';

const skip = findBrowserPath() === undefined ? browserMissing : false;

const child = {
  整理番号: '0000000001',
  氏名カナ: 'シケン　ハナ',
  氏名漢字: '試験　花',
  生年月日: '20250810',
  住民となった日: '20250810',
};

describe('接種のほかの事実', { skip }, () => {
  let office: TestOffice;
  let browser: Browser;
  let clerk: Window;
  let personId: PersonId;

  before(async () => {
    office = await openTestOffice('2026-11-21T10:00:00+09:00');
    [personId = 0 as PersonId] = await registerPeople(office, [child]);
    browser = await startBrowser();
    clerk = await openDesk(browser, office, 'tantou', { hasScripts: false });
  });
  after(async () => {
    await browser?.close();
    await office?.close();
  });

  test('罹患歴を登録すると、その病気の接種が「次に受けるもの」から消える。スクリプトなしで', async () => {
    const { page } = clerk;
    await page.goto(`/persons/${personId}`);
    await page.locator('.due-list').getByText('水痘').first().waitFor();
    await page.getByRole('link', { name: '登録・訂正', exact: true }).click();
    await headingOf(page, '罹患歴・抗体検査・特例・禁忌');
    await page.getByRole('link', { name: '罹患歴（かかった病気）' }).click();
    await page.getByRole('button', { name: '登録する' }).click();
    await page.getByRole('link', { name: '病気を選んでください。' }).waitFor();
    await page.getByLabel('病気', { exact: true }).selectOption({ label: '水痘' });
    await page.getByLabel('かかった日', { exact: true }).fill('R8.9.1');
    await page.getByRole('button', { name: '登録する' }).click();
    await page
      .getByRole('row', { name: /罹患歴/u })
      .getByText('有効')
      .waitFor();
    await page.goto(`/persons/${personId}`);
    assert.equal(await page.locator('.due-list').getByText('水痘').count(), 0);
    await page.getByText('罹患歴（かかった病気）').waitFor();
    await page.getByText('かかった日 2026年9月1日').waitFor();
  });

  test('禁忌を登録すると、受けられる時期でも「禁忌の記録あり」になり、予診票を勧めない', async () => {
    const { page } = clerk;
    await page.goto(`/persons/${personId}`);
    const line = page.locator('.due-list li').filter({ hasText: '麻しん風しん' });
    await line.getByText('受けられます').waitFor();
    await page.goto(`/persons/${personId}/facts?kind=contraindication`);
    await page.getByLabel('予防接種', { exact: true }).selectOption({ label: '麻しん風しん' });
    await page.getByLabel('わかった日').fill('R8.9.1');
    await page.getByRole('button', { name: '登録する' }).click();
    await page.getByRole('row', { name: /禁忌/u }).getByText('有効').waitFor();
    await page.goto(`/persons/${personId}`);
    await line.getByText('禁忌の記録あり').waitFor();
    assert.equal(await line.getByText('受けられます').count(), 0);
    assert.equal(await line.getByRole('link', { name: '予診票' }).count(), 0);
  });

  test('担当は事実を訂正し、取り消せる。理由がなければ断る', async () => {
    const { page } = clerk;
    await page.goto(`/persons/${personId}/facts`);
    await page.getByRole('link', { name: '罹患歴（かかった病気）' }).first().click();
    await page.getByRole('form', { name: '訂正' }).getByLabel('かかった日').fill('R8.9.2');
    await page.getByRole('form', { name: '訂正' }).getByLabel('訂正の理由').fill('　');
    await page.getByRole('button', { name: '訂正する' }).click();
    await page.getByText('理由を書いてください').first().waitFor();
    await page.getByRole('form', { name: '訂正' }).getByLabel('訂正の理由').fill('母子健康手帳のとおり');
    await page.getByRole('button', { name: '訂正する' }).click();
    const corrected = page.getByRole('row').filter({ hasText: '母子健康手帳のとおり' });
    await corrected.getByText('2026年9月2日').waitFor();
    assert.deepEqual([...clerk.troubles], []);
  });

  test('画面は、電話の幅でも読み上げでも使える', async () => {
    const { page } = await openDesk(browser, office, 'kakaricho');
    for (const path of ['', '/facts', '/facts?kind=exceptionGranted', '/facts?kind=antibodyTest', '/facts/2']) {
      await page.goto(`/persons/${personId}${path}`);
      await checkPage(page);
    }
  });
});
