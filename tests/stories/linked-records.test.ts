import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { importIndividualNumbers } from '#addressees/numbers';
import { importResidents } from '#addressees/persons';
import { parseIsoDay } from '#kernel';
import { residentFeed, testActor, testContext } from '../support/addressees.ts';
import { browserMissing, checkPage, findBrowserPath, startBrowser, type Window } from '../support/browser.ts';
import { headingOf, openSignedIn } from '../support/desk.ts';
import { handMadeNumbers } from '../support/hand-made-numbers.ts';
import { numberFeed, vaultContext } from '../support/numbers.ts';
import { openTestOffice, type TestOffice } from '../support/office.ts';

const skip = findBrowserPath() === undefined ? browserMissing : false;

const girl = { 氏名カナ: 'アオタ　ヒナ', 氏名漢字: '青田　陽菜', 生年月日: '20240720', 性別: '2', 続柄区分: '20' };
/** Moved away under one number and came back under another, after the mother married: the family name differs. */
const before2025 = { ...girl, 整理番号: '0000000201', 世帯番号: '000000201', 住民でなくなった日: '20250401' };
const since2026 = {
  ...girl,
  整理番号: '0000000202',
  氏名カナ: 'キノシタ　ヒナ',
  氏名漢字: '木下　陽菜',
  世帯番号: '000000202',
  住民となった日: '20260301',
};
const twin = { ...girl, 整理番号: '0000000203', 氏名カナ: 'アオタ　ユメ', 氏名漢字: '青田　夢', 世帯番号: '000000201' };

describe('同じ人の二つの記録を、二人で結び付ける', { skip }, () => {
  let office: TestOffice;
  let browser: Browser;
  const windows: Window[] = [];

  before(async () => {
    office = await openTestOffice('2026-11-16T09:00:00+09:00');
    const { db, lgCode } = office.database;
    const context = testContext(db, testActor(lgCode, ['persons.import']));
    const feed = residentFeed([before2025, since2026, twin]);
    await importResidents(context, feed, { isChanges: false, asOf: parseIsoDay('2026-11-16') });
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

  /** The person's page by number, with the reason for working given where it is asked. */
  async function openPerson(page: Page, number: string): Promise<void> {
    await page.goto('/persons');
    if ((await page.getByRole('heading', { level: 1 }).innerText()) === '処理事由を選ぶ') {
      await page.getByLabel('窓口での相談・申請の対応').check();
      await page.getByRole('button', { name: 'この事由で進む' }).click();
    }
    await page.getByRole('heading', { level: 1, name: '人をさがす' }).waitFor();
    await page.getByRole('searchbox').first().fill(number);
    await page.locator('main a.person-link').first().click();
    await page.locator('.identity').waitFor();
  }

  test('担当が候補とくらべて申請し、係長が承認すると、どちらの画面にも両方の記録が出る', async () => {
    const clerk = await signIn('tantou');
    await openPerson(clerk, '0000000202');
    await clerk.getByRole('link', { name: '同じ人の記録' }).click();
    await clerk.getByRole('heading', { level: 2, name: '同じ人かもしれない記録' }).waitFor();
    await checkPage(clerk);
    const candidate = clerk.getByRole('row', { name: /青田\s陽菜/u });
    // 名のカナ 20 + 生年月日 40 + 住所 20 + 電話 15 + 性別 5
    assert.match(await candidate.innerText(), /100/u);
    assert.match(await candidate.innerText(), /名のカナが同じ 20点/u);
    assert.match(await candidate.innerText(), /生年月日が同じ 40点/u);
    await candidate.getByRole('link', { name: /くらべる/u }).click();
    await headingOf(clerk, '二つの記録をくらべる');
    await checkPage(clerk);
    await clerk.getByLabel('0000000202').check();
    await clerk.getByLabel('同じ人だと分かった理由').fill('転入の手続きで本人確認書類により確認した');
    await clerk.getByRole('button', { name: '結び付けを申請する' }).click();
    await headingOf(clerk, '申請と承認');
    const chief = await signIn('kakaricho');
    await chief.goto('/approvals');
    await chief.getByRole('link', { name: '同一人の記録の結び付け' }).last().click();
    await chief.getByText('0000000201 青田　陽菜').waitFor();
    await checkPage(chief);
    await chief.getByRole('button', { name: '承認する' }).click();
    await chief.getByText('承認・実行済み').first().waitFor();
    await openPerson(clerk, '0000000201');
    await clerk.getByText('この記録は、同じ人の別の記録に結び付いています').waitFor();
    await checkPage(clerk);
    await clerk.getByRole('link', { name: '代表の記録' }).click();
    await clerk.getByText('キノシタ').first().waitFor();
  });

  test('解除も二人で行い、これまでのことは残る', async () => {
    const clerk = await signIn('tantou');
    await openPerson(clerk, '0000000201');
    await clerk.getByRole('link', { name: '同じ人の記録' }).click();
    await clerk.getByLabel('解除する理由').fill('戸籍で別の人と確認した');
    await checkPage(clerk);
    await clerk.getByRole('button', { name: '解除を申請する' }).click();
    await headingOf(clerk, '申請と承認');
    const chief = await signIn('kakaricho');
    await chief.goto('/approvals');
    await chief.getByRole('link', { name: '同一人の結び付けの解除' }).last().click();
    await chief.getByRole('button', { name: '承認する' }).click();
    await chief.getByText('承認・実行済み').first().waitFor();
    await openPerson(clerk, '0000000201');
    await clerk.getByRole('link', { name: '同じ人の記録' }).click();
    const facts = await clerk.getByRole('table', { name: 'これまでの結び付けと解除' }).innerText();
    assert.match(facts, /解除した[\s\S]*結び付けた/u);
    assert.match(facts, /佐藤 みどり（承認 高橋 直樹）/u);
  });

  test('同じ個人番号の二つの記録は確かめるまで取り込まれず、一覧からくらべて、確かめたことを残せる', async () => {
    const { db, lgCode } = office.database;
    const [number] = handMadeNumbers;
    const feed = numberFeed([
      ['0000000201', number],
      ['0000000203', number],
    ]);
    await importIndividualNumbers(vaultContext(db, lgCode), feed);
    const clerk = await signIn('tantou');
    await openPerson(clerk, '0000000201');
    await clerk.goto('/numbers/questions');
    await headingOf(clerk, '要確認の個人番号');
    await checkPage(clerk);
    assert.doesNotMatch(await clerk.content(), new RegExp(number, 'u'));
    const row = clerk.getByRole('row', { name: /同じ個人番号が、このファイルの別の/u }).first();
    await row.getByLabel(/について確かめたこと/u).fill('番号連携の誤りと担当課に確認した');
    await row.getByRole('button', { name: '済み' }).click();
    await headingOf(clerk, '要確認の個人番号');
    assert.equal(await clerk.getByRole('button', { name: '済み' }).count(), 1);
    await clerk.getByRole('link', { name: 'くらべる' }).click();
    await headingOf(clerk, '二つの記録をくらべる');
  });

  test('どの窓も、まちがいを起こしていない', () => {
    assert.deepEqual(
      windows.flatMap((window) => window.troubles),
      [],
    );
  });
});
