import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { browserMissing, checkPage, findBrowserPath, startBrowser, type Window } from '../support/browser.ts';
import { headingOf, openDesk, registerPeople } from '../support/desk.ts';
import { contractClinic, contractedClinic, intakeContext } from '../support/intake.ts';
import { issueTestForms } from '../support/issued-forms.ts';
import { openTestOffice, type TestOffice } from '../support/office.ts';

const skip = findBrowserPath() === undefined ? browserMissing : false;

const count = 40;
const children = Array.from({ length: count }, (_, i) => ({
  整理番号: String(i + 1).padStart(10, '0'),
  氏名カナ: 'シケン　ハナ',
  氏名漢字: '試験　花',
  生年月日: '20260110',
  住民となった日: '20260110',
}));

describe('紙の予診票が届いてから台帳に入るまで', { skip }, () => {
  let office: TestOffice;
  let browser: Browser;
  let clerk: Window;
  let numbers: readonly string[];

  before(async () => {
    office = await openTestOffice('2026-11-21T10:00:00+09:00');
    const { db, lgCode } = office.database;
    await contractClinic(intakeContext(db, lgCode));
    numbers = await issueTestForms(db, lgCode, await registerPeople(office, children));
    browser = await startBrowser();
    clerk = await openDesk(browser, office, 'tantou');
  });
  after(async () => {
    await browser?.close();
    await office?.close();
  });

  test('契約中の医療機関の束を用意し、届かない束は遅れとして見え、受け取ると入力を待つ', async () => {
    const { page } = clerk;
    await page.goto('/bundles?month=2026-10');
    await page.getByRole('form', { name: '月の用意' }).getByLabel('届くはずの日').fill('R8.11.10');
    await page.getByRole('button', { name: '契約中の医療機関の束を用意する' }).click();
    await page
      .getByRole('row', { name: /試験医院/u })
      .getByText('届いていません')
      .waitFor();
    await checkPage(page);
    await page.getByRole('link', { name: '試験医院' }).click();
    await page.getByLabel('どのように督促したか').fill('電話');
    await page.getByRole('button', { name: '督促を記録する' }).click();
    await page.getByRole('row', { name: /督促した/u }).waitFor();
    await page.getByLabel('数えた枚数').fill(String(count));
    await page.getByRole('button', { name: '受け取った', exact: true }).click();
    await page.getByText('入力を待つ').waitFor();
    await checkPage(page);
  });

  test('40枚を、マウスを使わずに入力する。バーコードがあれば一枚25打鍵までで済む', async () => {
    const { page } = clerk;
    await page.getByRole('link', { name: '予診票を入力する' }).click();
    let keys = 0;
    let scanned = 0;
    const type = async (text: string): Promise<void> => {
      keys += text.length + 1;
      await page.keyboard.type(text);
      await page.keyboard.press('Enter');
    };
    const began = performance.now();
    for (const [i, number] of numbers.entries()) {
      await headingOf(page, new RegExp(`^${i + 1}枚目`, 'u'));
      scanned += number.length + 1;
      await page.keyboard.type(number);
      await page.keyboard.press('Enter');
      await page.locator('#form-check').getByText('シケン　ハナ').waitFor();
      if (i === 0) {
        // The first form of the bundle brings what all the others take over.
        for (const value of ['366', '03', 'a726b', '0.5', '試験', '080415']) await type(value);
      } else await type('366');
    }
    await headingOf(page, /^41枚目/u);
    const seconds = (performance.now() - began) / 1000;
    const perForm = (keys + scanned) / count;
    assert.ok(perForm <= 25, `${perForm} keystrokes per form, the scanner's among them`);
    process.stdout.write(
      `# ${count} forms: ${(keys / count).toFixed(1)} keystrokes by hand and ${scanned / count} by the scanner per form, ${seconds.toFixed(0)} s by script\n`,
    );
    await checkPage(page);
  });

  test('読み違えた番号、暦にない日は、その場で断る', async () => {
    const { page } = clerk;
    await page.getByLabel('発行番号').fill('123456789012');
    await page.getByLabel('接種年月日').fill('081345');
    await page.getByRole('button', { name: 'この予診票を登録して次へ' }).click();
    await page.getByRole('link', { name: /発行番号は12桁/u }).waitFor();
    await page.getByRole('link', { name: /日付を 080415/u }).waitFor();
    await checkPage(page);
  });

  test('束は受付へ回り、問題のない40行が台帳に入ると、束の枚数がそろう', async () => {
    const { page } = clerk;
    await page.goto('/bundles?month=2026-10');
    await page.getByRole('link', { name: '試験医院' }).click();
    await page.getByRole('link', { name: '入力した予診票を見る' }).click();
    await headingOf(page, '入力の突き合わせ');
    await checkPage(page);
    await page.goBack();
    await page.getByRole('button', { name: '受付へ回す' }).click();
    await page.waitForURL(/\/intake\/\d+$/u);
    await page.goto(`${page.url()}/commit`);
    await page.getByRole('button', { name: /登録/u }).click();
    await page.waitForURL(/\/intake\/\d+$/u);
    await page.goto('/bundles?month=2026-10');
    const row = page.getByRole('row', { name: /試験医院/u });
    await row.getByText('台帳に登録').waitFor();
    assert.match((await row.innerText()).replaceAll(/\s+/gu, ' '), /40 40 40/u);
    assert.equal(await row.getByText(contractedClinic).count(), 0);
    assert.deepEqual([...clerk.troubles], []);
  });

  test('二人で入力する束は、違うところだけを一つずつ決め、決めるまで受付へ回らない', async () => {
    const { page } = clerk;
    const { page: other, troubles } = await openDesk(browser, office, 'kakaricho');
    await page.goto('/bundles?month=2026-11');
    const month = page.getByRole('form', { name: '月の用意' });
    await month.getByLabel('届くはずの日').fill('2026-12-10');
    await month.getByLabel('二人で入力して突き合わせる').check();
    await page.getByRole('button', { name: '契約中の医療機関の束を用意する' }).click();
    await page.getByRole('link', { name: '試験医院' }).click();
    await page.getByLabel('数えた枚数').fill('1');
    await page.getByRole('button', { name: '受け取った', exact: true }).click();
    await page.getByText('入力を待つ').waitFor();
    const bundle = page.url();
    // Without a barcode: number and birth date, each person in another way of writing the same day.
    const type = async (on: typeof page, birthDate: string, lot: string): Promise<void> => {
      await headingOf(on, /^1枚目/u);
      for (const text of ['', '1', birthDate]) {
        await on.keyboard.type(text);
        await on.keyboard.press('Enter');
      }
      await on.locator('#form-check').getByText('シケン　ハナ').waitFor();
      for (const text of ['366', '24', '2', '03', lot, '0.5', '試験', '081102']) {
        await on.keyboard.type(text);
        await on.keyboard.press('Enter');
      }
    };
    await page.goto(`${bundle}/forms?pass=1`);
    await type(page, '080110', 'a726b');
    await page.getByText('受け取った1枚をすべて入力しました').waitFor();
    await other.goto(`${bundle}/forms?pass=2`);
    assert.equal(await other.getByLabel('ロット番号').inputValue(), '', 'the first typing is not shown');
    await type(other, 'R8.1.10', 'a728b');
    await other.getByText('1枚目を登録しました').waitFor();
    await page.goto(bundle);
    await page.getByText('1枚のうち1枚は、二人の入力がそろっていないか違っています').waitFor();
    await page.goto(`${bundle}/comparison`);
    await page.getByText('一人目「A726B」　二人目「A728B」').waitFor();
    await page.getByRole('link', { name: '1枚目を決める' }).click();
    await headingOf(page, /突き合わせて決める/u);
    const lot = page.getByLabel('ロット番号');
    // The cursor stands where the two differ.
    await page.locator('#lotNumber:focus').waitFor();
    await page.getByText('一人目「A726B」　二人目「A728B」').waitFor();
    await checkPage(page);
    await lot.fill('A728B');
    await page.getByRole('button', { name: 'この予診票を登録して次へ' }).click();
    await page.getByText('二人の入力が違うもの 0枚').waitFor();
    await page.goto(bundle);
    await page.getByRole('button', { name: '受付へ回す' }).click();
    await page.waitForURL(/\/intake\/\d+$/u);
    await page.getByText('1行').first().waitFor();
    assert.deepEqual([[...clerk.troubles], [...troubles]], [[], []]);
  });
});
