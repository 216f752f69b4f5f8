import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { browserMissing, checkPage, findBrowserPath, startBrowser, type Window } from '../support/browser.ts';
import { openDesk } from '../support/desk.ts';
import { clinicHeader, clinicLine } from '../support/intake.ts';
import { openTestOffice, type TestOffice } from '../support/office.ts';

const skip = findBrowserPath() === undefined ? browserMissing : false;

const file = (lines: readonly string[]) => ({
  name: 'month.csv',
  mimeType: 'text/csv',
  buffer: Buffer.from(lines.map((line) => `${line}\r\n`).join('')),
});

describe('ファイルの並びを実際のファイルで確かめる', { skip }, () => {
  let office: TestOffice;
  let browser: Browser;
  let clerk: Window;

  before(async () => {
    office = await openTestOffice('2026-11-21T10:00:00+09:00');
    browser = await startBrowser();
    clerk = await openDesk(browser, office, 'tantou', { hasScripts: false });
  });
  after(async () => {
    await browser?.close();
    await office?.close();
  });

  test('並びを選び、列の名前を変え、変えた並びで読めるかを見る。何も取り込まれない', async () => {
    const { page } = clerk;
    await page.goto('/layouts');
    await page.getByRole('link', { name: '予診票の月次データ(医師会)', exact: true }).click();
    const text = page.getByLabel('並び（JSON）');
    const written = await text.inputValue();
    const lines = [clinicHeader, clinicLine({}), clinicLine({ 接種年月日: '20261301' })];
    await page.getByLabel('試すファイル').setInputFiles(file(lines));
    await page.getByRole('button', { name: 'この並びで読んでみる' }).click();
    await page.getByText('month.csv のはじめの2行').waitFor();
    await page.getByText('読めない行 1').waitFor();
    await page.getByRole('cell', { name: '2026-04-15' }).waitFor();
    await text.fill(written.replace('"ロット番号"', '"ロット"'));
    await page.getByLabel('試すファイル').setInputFiles(file(lines));
    await page.getByRole('button', { name: 'この並びで読んでみる' }).click();
    await page.getByText('まだ読めません').waitFor();
    await text.fill('{ "title": ');
    await page.getByLabel('試すファイル').setInputFiles(file(lines));
    await page.getByRole('button', { name: 'この並びで読んでみる' }).click();
    await page.getByText(/JSONとして読めません/u).waitFor();
    await page.goto('/intake');
    assert.equal(await page.getByText('month.csv').count(), 0);
    assert.deepEqual([...clerk.troubles], []);
  });

  test('画面は電話の幅でも読み上げでも使える', async () => {
    const { page } = await openDesk(browser, office, 'kakaricho');
    await page.goto('/layouts?name=vrs-ledger');
    await checkPage(page);
    await page
      .getByLabel('試すファイル')
      .setInputFiles(file(['21,20210601093000,20210601,0000001234,134996,市民体育館,試験　医師,ファイザー,FA5715']));
    await page.getByRole('button', { name: 'この並びで読んでみる' }).click();
    await page.getByRole('cell', { name: '0000000021' }).waitFor();
    await checkPage(page);
  });
});
